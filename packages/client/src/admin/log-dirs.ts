/** Log directories of brokers, and the places of replicas in them. */
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  type DescribeLogDirsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, errorIn, refuse } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { indexesByTopic, rowsByPartition } from './partitions.ts'
import { toBroker } from './route.ts'

export interface ReplicaInfo extends TopicPartition {
  /** Bytes of its segments. */
  readonly size: number
  /** How far it is behind the high watermark, or, in the future, behind the replica that it will replace. */
  readonly offsetLag: number
  /** Whether it is being filled to replace the replica in another directory. */
  readonly isFuture: boolean
}

/** A log directory of a broker, with the replicas in it. */
export interface LogDirDescription {
  readonly logDir: string
  /** Why nothing is known of it: it is offline, say. */
  readonly error: ProtocolError | undefined
  readonly replicaInfos: readonly ReplicaInfo[]
  /** Of its volume; undefined from brokers older than Kafka 3.3. */
  readonly totalBytes: number | undefined
  readonly usableBytes: number | undefined
  /** Whether it takes no new replicas (KIP-1066). */
  readonly isCordoned: boolean
}

/** A replica of a partition: that of one broker. */
export interface TopicPartitionReplica extends TopicPartition {
  readonly brokerId: number
}

/** In which directory a replica is, and where it is being moved to. */
export interface ReplicaLogDirInfo {
  /** Undefined: the broker has no such replica. */
  readonly currentReplicaLogDir: string | undefined
  readonly currentReplicaOffsetLag: number
  /** Where it is being moved; undefined: nowhere. */
  readonly futureReplicaLogDir: string | undefined
  readonly futureReplicaOffsetLag: number
}

export interface ReplicaAssignment extends TopicPartitionReplica {
  /** An absolute path that the broker has in `log.dirs`. */
  readonly logDir: string
}

export interface LogDirAdmin {
  /** What is in the log directories of brokers. */
  describeLogDirs(brokerIds: readonly number[], options?: CallOptions): Itemized<number, LogDirDescription[]>
  /** In which directories replicas are. */
  describeReplicaLogDirs(
    replicas: readonly TopicPartitionReplica[],
    options?: CallOptions,
  ): Itemized<TopicPartitionReplica, ReplicaLogDirInfo>
  /** Moves replicas between the directories of their broker. */
  alterReplicaLogDirs(
    assignments: readonly ReplicaAssignment[],
    options?: CallOptions,
  ): Itemized<ReplicaAssignment, void>
}

export function logDirAdmin(core: AdminCore): LogDirAdmin {
  return {
    describeLogDirs: (brokerIds, options = {}) =>
      core.each({
        what: 'the log directories',
        keys: brokerIds,
        options,
        route: toBroker(brokerId => brokerId),
        async ask(link) {
          const value = await describe(core, link, null)
          return () => ({ value })
        },
      }),

    describeReplicaLogDirs: (replicas, options = {}) =>
      core.each<TopicPartitionReplica, ReplicaLogDirInfo>({
        what: 'the log directories of replicas',
        keys: replicas,
        options,
        route: toBroker(({ brokerId }) => brokerId),
        async ask(link, keys) {
          const dirs = await describe(core, link, keys)
          return key => ({ value: placeOf(key, dirs) })
        },
      }),

    alterReplicaLogDirs: (assignments, options = {}) =>
      core.each<ReplicaAssignment, void>({
        what: 'the move of replicas',
        keys: assignments,
        options,
        route: toBroker(({ brokerId }) => brokerId),
        async ask(link, keys) {
          const dirs = [...Map.groupBy(keys, ({ logDir }) => logDir)].map(([path, group]) => ({
            path,
            topics: indexesByTopic(group).map(({ name, indexes }) => ({ name, partitions: indexes })),
          }))
          const response = await core.request(link, alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, { dirs })
          const topics = response.results.map(({ topicName, partitions }) => ({ name: topicName, partitions }))
          const rows = rowsByPartition(topics, ({ partitionIndex }) => partitionIndex)
          return key => doneOf(nameOf(key), rows.get(nameOf(key)))
        },
      }),
  }
}

async function describe(
  core: AdminCore,
  link: BrokerLink,
  partitions: readonly TopicPartition[] | null,
): Promise<LogDirDescription[]> {
  const topics =
    partitions && indexesByTopic(partitions).map(({ name, indexes }) => ({ topic: name, partitions: indexes }))
  const response = await core.request(link, describeLogDirsRequest, describeLogDirsResponse, { topics })
  refuse(`the log directories of broker ${link.nodeId}`, response)
  // Before the response had an error of its own, no directories meant that the caller may not see them.
  if (response.results.length === 0) {
    const text = `the log directories of broker ${link.nodeId}: not authorized for the cluster`
    throw new ProtocolError(errorCodes.CLUSTER_AUTHORIZATION_FAILED, text)
  }
  return response.results.map(described)
}

function described(row: DescribeLogDirsResponse['results'][number]): LogDirDescription {
  return {
    logDir: row.logDir,
    error: errorIn(row.logDir, row),
    replicaInfos: row.topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionIndex: partition, partitionSize: size, offsetLag, isFutureKey: isFuture }) => {
        return { topic, partition, size, offsetLag, isFuture }
      }),
    ),
    totalBytes: row.totalBytes < 0 ? undefined : row.totalBytes,
    usableBytes: row.usableBytes < 0 ? undefined : row.usableBytes,
    isCordoned: row.isCordoned,
  }
}

function placeOf(key: TopicPartition, dirs: readonly LogDirDescription[]): ReplicaLogDirInfo {
  const name = nameOf(key)
  const places = dirs.flatMap(({ logDir, replicaInfos }) =>
    replicaInfos.filter(replica => nameOf(replica) === name).map(replica => ({ logDir, ...replica })),
  )
  const current = places.find(({ isFuture }) => !isFuture)
  const future = places.find(({ isFuture }) => isFuture)
  return {
    currentReplicaLogDir: current?.logDir,
    currentReplicaOffsetLag: current?.offsetLag ?? -1,
    futureReplicaLogDir: future?.logDir,
    futureReplicaOffsetLag: future?.offsetLag ?? -1,
  }
}
