import type { TopicInfo } from '@dorsale/client/parts'
import type { PartitionMetadata } from './types.ts'

const lists = new WeakMap<TopicInfo, PartitionMetadata[]>()

/** A topic's partitions in kafkajs's words. The same list for as long as nothing has changed. */
export function partitionMetadataOf(topic: TopicInfo): PartitionMetadata[] {
  let list = lists.get(topic)
  if (list === undefined) {
    list = topic.partitions.map(({ index, leaderId, replicas, isr, offlineReplicas }) => ({
      partitionErrorCode: 0,
      partitionId: index,
      leader: leaderId,
      replicas: [...replicas],
      isr: [...isr],
      offlineReplicas: [...offlineReplicas],
    }))
    lists.set(topic, list)
  }
  return list
}
