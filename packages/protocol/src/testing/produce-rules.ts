import type { CodecName } from '../compression/index.ts'
import { type ProduceRules, timestampTypes } from '../records/index.ts'

const longMax = '9223372036854775807'

/** The rules of a topic with these configs, at Kafka's defaults otherwise. */
export function produceRulesOf(config: Readonly<Record<string, string>>): ProduceRules {
  const number = (key: string, otherwise: number) => {
    const value = config[key]
    if (value === undefined) return otherwise
    return value === longMax ? Number.POSITIVE_INFINITY : Number(value)
  }
  return {
    compacted: config['cleanup.policy'] === 'compact',
    timestampType:
      config['message.timestamp.type'] === 'LogAppendTime' ? timestampTypes.logAppendTime : timestampTypes.createTime,
    timestampBeforeMaxMs: number('message.timestamp.before.max.ms', Number.POSITIVE_INFINITY),
    timestampAfterMaxMs: number('message.timestamp.after.max.ms', 3_600_000),
    compressionType: (config['compression.type'] ?? 'producer') as CodecName | 'uncompressed' | 'producer',
    compressionLevel: undefined,
    batchBytesMax: number('max.message.bytes', 1_048_588),
    recordBytesMax: number('max.decompressed.message.bytes', 2_147_483_639),
  }
}
