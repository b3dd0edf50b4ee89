import type { BrokerConfig } from '../config/index.ts'
import { offsetsTopic } from './group-coordinator.ts'
import { shareStateTopic } from './share-coordinator.ts'
import { transactionsTopic } from './transaction-coordinator.ts'

/** How a coordinator's topic is created. */
export interface InternalTopic {
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configs: readonly { readonly name: string; readonly value: string }[]
}

/** The topics that this broker's coordinators keep their state in, as they are created when they are first needed. Undefined: not one of them. */
export function internalTopic(name: string, { values }: BrokerConfig): InternalTopic | undefined {
  switch (name) {
    case offsetsTopic:
      return {
        numPartitions: values['offsets.topic.num.partitions'],
        replicationFactor: values['offsets.topic.replication.factor'],
        configs: compacted(values['offsets.topic.segment.bytes']),
      }
    case transactionsTopic:
      return {
        numPartitions: values['transaction.state.log.num.partitions'],
        replicationFactor: values['transaction.state.log.replication.factor'],
        configs: [
          ...compacted(values['transaction.state.log.segment.bytes'], 'uncompressed'),
          { name: 'min.insync.replicas', value: String(values['transaction.state.log.min.isr']) },
          { name: 'unclean.leader.election.enable', value: 'false' },
        ],
      }
    case shareStateTopic:
      return {
        numPartitions: values['share.coordinator.state.topic.num.partitions'],
        replicationFactor: values['share.coordinator.state.topic.replication.factor'],
        configs: [
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'compression.type', value: 'producer' },
          { name: 'segment.bytes', value: String(values['share.coordinator.state.topic.segment.bytes']) },
          { name: 'min.insync.replicas', value: String(values['share.coordinator.state.topic.min.isr']) },
          // The coordinator clears it itself.
          { name: 'retention.ms', value: '-1' },
        ],
      }
    default:
      return undefined
  }
}

/** The coordinator compresses as it is told, or not at all; what it wrote must not be compressed again. */
function compacted(segmentBytes: number, compressionType = 'producer'): InternalTopic['configs'] {
  return [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'compression.type', value: compressionType },
    { name: 'segment.bytes', value: String(segmentBytes) },
  ]
}
