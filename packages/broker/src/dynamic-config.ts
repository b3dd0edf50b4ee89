import type { Logger } from '@dorsale/base'
import { type ConfigResource, configResourceTypes, type MetadataDelta, type MetadataImage } from '@dorsale/coordinate'
import {
  type BrokerConfig,
  type BrokerValues,
  brokerQuotaTable,
  brokerTable,
  type DynamicSettings,
  isDynamic,
  listenerSettingWithoutEffect,
  waitsForRestart,
  withoutListener,
} from './config/index.ts'

/**
 * The broker's settings as they are now: the static ones, over them what the cluster's metadata says for all brokers, over that what it says for this
 * one. Readers take `values` anew each time they need one, so a change takes effect at once.
 *
 * A dynamic value that does not hold (Kafka or another release wrote it) is passed over, as Kafka does, so that the broker still starts.
 */
export class DynamicConfig {
  readonly #config: BrokerConfig
  readonly #image: MetadataImage
  readonly #logger: Logger
  #values: BrokerValues
  /** Dynamic settings that have been looked at. */
  #told: ReadonlyMap<string, string> = new Map()

  constructor(options: { config: BrokerConfig; image: MetadataImage; logger: Logger }) {
    this.#config = options.config
    this.#image = options.image
    this.#logger = options.logger
    this.#values = this.resolve(this.settings)
    this.#tellEffects({ isStart: true })
  }

  /** Every key by Kafka's name, as of the last committed change. */
  get values(): BrokerValues {
    return this.#values
  }

  /** What was changed while the cluster runs, as text. */
  get settings(): DynamicSettings {
    return {
      broker: this.#image.configsOf(configResourceTypes.BROKER, String(this.#config.nodeId)),
      cluster: this.#image.configsOf(configResourceTypes.BROKER, ''),
    }
  }

  /** The text of each key that is set now, those of single listeners too. */
  get allTexts(): ReadonlyMap<string, string> {
    return this.texts(this.settings)
  }

  /** Follows one step of replay; call it before whoever reads the new values. True if they may have changed. */
  apply(delta: MetadataDelta): boolean {
    if (!delta.fromSnapshot && !delta.changedConfigs.some(resource => this.#isOurs(resource))) return false
    this.#values = this.resolve(this.settings)
    this.#tellEffects({ isStart: false })
    return true
  }

  /** The values under other dynamic settings than the present ones. */
  resolve(settings: DynamicSettings): BrokerValues {
    return brokerTable.parse(this.texts(settings), { allow: () => true }).config
  }

  /** What would not hold together under other dynamic settings, in Kafka's words; undefined: nothing. */
  conflict(settings: DynamicSettings): string | undefined {
    const problem = brokerTable.parse(this.texts(settings), { allow: () => true }).problems[0]
    if (problem === undefined) return undefined
    // Kafka checks the keys of groups in Java, the others with Scala's `require`, whose sentences begin so.
    return problem.key.startsWith('group.') ? problem.message : `requirement failed: ${problem.message}`
  }

  /** The text of each key that is set anywhere, the nearest source first; dynamic ones that do not hold are left out. */
  texts({ broker, cluster }: DynamicSettings): Map<string, string> {
    const texts = new Map(this.#config.settings)
    for (const [key, text] of [...cluster, ...broker]) {
      const base = withoutListener(key)
      if (isDynamic(base) && 'value' in brokerTable.parseValue(base, text)) texts.set(key, text)
    }
    return texts
  }

  #isOurs({ type, name }: ConfigResource): boolean {
    return type === configResourceTypes.BROKER && (name === '' || name === String(this.#config.nodeId))
  }

  /** A setting that changes nothing says so once, as at the start. */
  #tellEffects({ isStart }: { isStart: boolean }): void {
    const { broker, cluster } = this.settings
    const texts = new Map([...cluster, ...broker])
    for (const [key, text] of texts) {
      if (this.#told.get(key) === text) continue
      const notice =
        noticeOf(key, text) ?? (isStart || !waitsForRestart(key) ? undefined : `${key} takes effect at the next start`)
      if (notice !== undefined) this.#logger.warn(notice)
    }
    this.#told = texts
  }
}

function noticeOf(key: string, text: string): string | undefined {
  const row = brokerTable.row(key)
  if (row === undefined) {
    if (key.startsWith('listener.name.')) {
      const reason = listenerSettingWithoutEffect(key)
      return reason === undefined ? undefined : `${key} is set and has no effect: ${reason}`
    }
    const known = brokerQuotaTable.row(key)
    return known === undefined ? `${brokerTable.unknown(key).message}; it is kept and has no effect` : undefined
  }
  const isDefault = text === brokerTable.defaultText(key as keyof BrokerValues)
  return 'none' in row.effect && !isDefault ? `${key} is set and has no effect: ${row.effect.none}` : undefined
}
