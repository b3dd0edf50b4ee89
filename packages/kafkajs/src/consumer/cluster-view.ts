/** What a partition assigner may ask of the cluster, in kafkajs's words. */
import { offsetPlaces } from '@dorsale/client'
import { apiVersionsRequest, apiVersionsResponse, metadataRequest, metadataResponse } from '@dorsale/protocol'
import { describeGroups } from '../admin/group-descriptions.ts'
import { lookUp } from '../admin/offset-questions.ts'
import { askBroker } from '../admin/requests.ts'
import type { Connection } from '../connection.ts'
import { KafkaJSBrokerNotFound, KafkaJSNotImplemented, KafkaJSTopicMetadataNotLoaded } from '../errors.ts'
import { partitionMetadataOf } from '../partition-metadata.ts'
import type { Broker, BrokerMetadata, Cluster, PartitionMetadata } from '../types.ts'

export function clusterView(connection: Connection): Cluster {
  const findTopicPartitionMetadata = (topic: string): PartitionMetadata[] => {
    const info = connection.isOpen ? connection.cluster.metadata.topic(topic) : undefined
    if (info === undefined) throw new KafkaJSTopicMetadataNotLoaded('Topic metadata not loaded', { topic })
    return partitionMetadataOf(info)
  }
  const refresh = async () => (await connection.open()).refreshed()
  const coordinatorOf = async (groupId: string) => {
    const cluster = await connection.open()
    return connection.retrying(() => cluster.coordinator({ type: 'group', key: groupId }))
  }
  return {
    getNodeIds: () => (connection.isOpen ? [...connection.cluster.metadata.brokers.keys()] : []),
    metadata: () => metadataOf(connection, null),
    // Connections come and go by themselves.
    removeBroker() {},
    isConnected: () => connection.isOpen,
    connect: async () => {
      await connection.open()
    },
    disconnect: async () => connection.close(),
    refreshMetadata: refresh,
    refreshMetadataIfNecessary: async () => {
      await connection.open()
    },
    addTargetTopic: async topic => {
      await connection.open()
      await connection.topic(topic)
    },
    addMultipleTargetTopics: async topics => {
      await connection.open()
      await Promise.all(topics.map(topic => connection.topic(topic)))
    },
    findTopicPartitionMetadata,
    findLeaderForPartitions(topic, partitions) {
      const wanted = new Set(partitions.map(Number))
      const led = findTopicPartitionMetadata(topic).filter(({ partitionId }) => wanted.has(partitionId))
      const byLeader = Map.groupBy(led, ({ leader }) => String(leader))
      return Object.fromEntries([...byLeader].map(([leader, group]) => [leader, group.map(each => each.partitionId)]))
    },
    findBroker: async ({ nodeId }) => brokerView(connection, Number(nodeId)),
    findControllerBroker: async () => {
      await refresh()
      return brokerView(connection, connection.cluster.metadata.controllerId)
    },
    findGroupCoordinator: async ({ groupId }) => brokerView(connection, (await coordinatorOf(groupId)).nodeId),
    findGroupCoordinatorMetadata: async ({ groupId }) => {
      const { nodeId, host, port } = await coordinatorOf(groupId)
      return { errorCode: 0, coordinator: { nodeId, host, port } }
    },
    defaultOffset: ({ fromBeginning }) => (fromBeginning ? offsetPlaces.earliest : offsetPlaces.latest),
    fetchTopicsOffset: questions =>
      Promise.all(
        questions.map(async ({ topic, partitions, fromBeginning, fromTimestamp }) => {
          const place = fromTimestamp ?? (fromBeginning ? offsetPlaces.earliest : offsetPlaces.latest)
          const indexes = partitions.map(({ partition }) => partition)
          return { topic, partitions: await lookUp(connection, topic, place, indexes) }
        }),
      ),
  }
}

async function metadataOf(connection: Connection, topics: readonly string[] | null): Promise<BrokerMetadata> {
  const cluster = await connection.open()
  const found = await cluster.callAny(metadataRequest, metadataResponse, {
    topics: topics?.map(name => ({ name })) ?? null,
    allowAutoTopicCreation: false,
  })
  return {
    brokers: found.brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, ...(rack && { rack }) })),
    topicMetadata: found.topics.map(({ errorCode, name, partitions }) => ({
      topicErrorCode: errorCode,
      topic: name ?? '',
      partitionMetadata: partitions.map(partition => ({
        partitionErrorCode: partition.errorCode,
        partitionId: partition.partitionIndex,
        leader: partition.leaderId,
        replicas: partition.replicaNodes,
        isr: partition.isrNodes,
        offlineReplicas: partition.offlineReplicas,
      })),
    })),
  }
}

/** A broker for an assigner to ask. What writes, reads or moves records is for the clients. */
function brokerView(connection: Connection, nodeId: number): Broker {
  const link = () => {
    const found = connection.cluster.link(nodeId)
    if (found === undefined) throw new KafkaJSBrokerNotFound(`Broker ${nodeId} not found in the cached metadata`)
    return found
  }
  const refused = (name: string) => async () => {
    throw new KafkaJSNotImplemented(`${name} is not for partition assigners: use a client`)
  }
  const broker = {
    nodeId,
    isConnected: () => link().state === 'ready',
    connect: () => link().ready(),
    disconnect: async () => {},
    apiVersions: async () => {
      const answer = await askBroker(connection, nodeId, apiVersionsRequest, apiVersionsResponse, {})
      const ranges = answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }])
      return Object.fromEntries(ranges)
    },
    metadata: (topics: string[]) => metadataOf(connection, topics),
    describeGroups: async ({ groupIds }: { groupIds: string[] }) => ({
      groups: await describeGroups(connection, groupIds),
    }),
    offsetCommit: refused('offsetCommit'),
    offsetFetch: refused('offsetFetch'),
    fetch: refused('fetch'),
    produce: refused('produce'),
    alterPartitionReassignments: refused('alterPartitionReassignments'),
    listPartitionReassignments: refused('listPartitionReassignments'),
  }
  return broker
}
