import { configResourceTypes, type MetadataDelta, type MetadataImage } from '@dorsale/coordinate'
import { type ProduceRules, timestampTypes } from '@dorsale/protocol'
import { type BrokerConfig, resolveTopicConfig, type TopicConfig } from './config/index.ts'
import type { DynamicConfig } from './dynamic-config.ts'

/** What each topic obeys: its overrides over the broker's settings, resolved on first use and again after a change. */
export class TopicConfigs {
  readonly #config: BrokerConfig
  readonly #image: MetadataImage
  readonly #dynamic: DynamicConfig
  readonly #byTopic = new Map<string, Resolved>()

  constructor(config: BrokerConfig, image: MetadataImage, dynamic: DynamicConfig) {
    this.#config = config
    this.#image = image
    this.#dynamic = dynamic
  }

  get(topic: string): TopicConfig {
    return this.#resolve(topic).config
  }

  /** What a produce to the topic is held against. */
  produceRules(topic: string): ProduceRules {
    return this.#resolve(topic).produceRules
  }

  #resolve(topic: string): Resolved {
    let resolved = this.#byTopic.get(topic)
    if (resolved === undefined) {
      const overrides = this.#image.configsOf(configResourceTypes.TOPIC, topic)
      const config = resolveTopicConfig(this.#config, overrides, this.#dynamic.settings)
      resolved = { config, produceRules: produceRulesOf(config) }
      this.#byTopic.set(topic, resolved)
    }
    return resolved
  }

  /** Follows one step of replay; call it before whoever reads the new settings. */
  apply(delta: MetadataDelta): void {
    for (const topic of delta.removedTopics) this.#byTopic.delete(topic.name)
    for (const resource of delta.changedConfigs) {
      if (resource.type === configResourceTypes.TOPIC) this.#byTopic.delete(resource.name)
      else if (resource.type === configResourceTypes.BROKER) this.#byTopic.clear()
    }
    if (delta.fromSnapshot) this.#byTopic.clear()
  }
}

interface Resolved {
  readonly config: TopicConfig
  readonly produceRules: ProduceRules
}

function produceRulesOf(config: TopicConfig): ProduceRules {
  return {
    compacted: config.log.cleanupCompact,
    timestampType: config.timestampType === 'LogAppendTime' ? timestampTypes.logAppendTime : timestampTypes.createTime,
    timestampBeforeMaxMs: config.timestampBeforeMaxMs,
    timestampAfterMaxMs: config.timestampAfterMaxMs,
    compressionType: config.compressionType as ProduceRules['compressionType'],
    compressionLevel: config.compressionLevel,
    batchBytesMax: config.maxMessageBytes,
    recordBytesMax: config.maxDecompressedMessageBytes,
  }
}
