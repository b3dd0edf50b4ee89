import type { BrokerConfig } from '../config/index.ts'
import { offsetsTopic } from './group-coordinator.ts'

/** How a coordinator's topic is created. */
export interface InternalTopic {
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configs: readonly { readonly name: string; readonly value: string }[]
}

/** The topics that this broker's coordinators keep their state in, as they are created when they are first needed. Undefined: not one of them. */
export function internalTopic(name: string, { values }: BrokerConfig): InternalTopic | undefined {
  if (name !== offsetsTopic) return undefined
  return {
    numPartitions: values['offsets.topic.num.partitions'],
    replicationFactor: values['offsets.topic.replication.factor'],
    configs: [
      { name: 'cleanup.policy', value: 'compact' },
      // The coordinator compresses as it is told; what it wrote must not be compressed again.
      { name: 'compression.type', value: 'producer' },
      { name: 'segment.bytes', value: String(values['offsets.topic.segment.bytes']) },
    ],
  }
}
