/** The quorum that holds the metadata of the cluster, and its voters. */
import {
  addRaftVoterRequest,
  addRaftVoterResponse,
  type DescribeQuorumResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
  unregisterControllerRequest,
  unregisterControllerResponse,
} from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { refuse, unanswered } from './answer.ts'

/** How far one controller, or broker, has read the metadata. */
export interface QuorumReplica {
  readonly replicaId: number
  /** All zeros from quorums without it (before KIP-853). */
  readonly replicaDirectoryId: string
  readonly logEndOffset: number
  /** Milliseconds since 1970; undefined: not known. */
  readonly lastFetchTimestamp: number | undefined
  /** Milliseconds since 1970; undefined: not known. */
  readonly lastCaughtUpTimestamp: number | undefined
}

/** Where a controller listens. */
export interface RaftVoterEndpoint {
  /** Of the listener: `CONTROLLER`. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** The quorum of the metadata: who leads it, who votes, who watches. */
export interface QuorumInfo {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
  /** Where the voters listen; empty from brokers older than Kafka 3.9. */
  readonly nodes: readonly { readonly nodeId: number; readonly endpoints: readonly RaftVoterEndpoint[] }[]
}

export interface RaftVoterOptions extends CallOptions {
  /** The change is refused when the cluster has another id. Default: not checked. */
  readonly clusterId?: string
}

export interface QuorumAdmin {
  describeMetadataQuorum(options?: CallOptions): Promise<QuorumInfo>
  /** Makes a controller a voter (KIP-853). */
  addRaftVoter(
    voterId: number,
    voterDirectoryId: string,
    endpoints: readonly RaftVoterEndpoint[],
    options?: RaftVoterOptions,
  ): Promise<void>
  /** Has a controller vote no more (KIP-853). */
  removeRaftVoter(voterId: number, voterDirectoryId: string, options?: RaftVoterOptions): Promise<void>
  /** Forgets a controller that will not come back. Served since Kafka 4.4. */
  unregisterController(controllerId: number, options?: CallOptions): Promise<void>
}

const metadataTopic = '__cluster_metadata'

export function quorumAdmin(core: AdminCore): QuorumAdmin {
  return {
    describeMetadataQuorum: (options = {}) =>
      core.one({
        what: 'the metadata quorum',
        options,
        async ask(link) {
          const topics = [{ topicName: metadataTopic, partitions: [{ partitionIndex: 0 }] }]
          const response = await core.request(link, describeQuorumRequest, describeQuorumResponse, { topics })
          return quorumIn(response)
        },
      }),

    addRaftVoter: (voterId, voterDirectoryId, endpoints, options = {}) =>
      core.one({
        what: `voter ${voterId}`,
        options,
        async ask(link, { timeoutMs }) {
          const listeners = [...endpoints]
          const value = { clusterId: options.clusterId ?? null, timeoutMs, voterId, voterDirectoryId, listeners }
          refuse(`voter ${voterId}`, await core.request(link, addRaftVoterRequest, addRaftVoterResponse, value))
        },
      }),

    removeRaftVoter: (voterId, voterDirectoryId, options = {}) =>
      core.one({
        what: `voter ${voterId}`,
        options,
        async ask(link) {
          const value = { clusterId: options.clusterId ?? null, voterId, voterDirectoryId }
          refuse(`voter ${voterId}`, await core.request(link, removeRaftVoterRequest, removeRaftVoterResponse, value))
        },
      }),

    unregisterController: (controllerId, options = {}) =>
      core.one({
        what: `controller ${controllerId}`,
        options,
        async ask(link) {
          const tables = [unregisterControllerRequest, unregisterControllerResponse] as const
          refuse(`controller ${controllerId}`, await core.request(link, ...tables, { controllerId }))
        },
      }),
  }
}

function quorumIn(response: DescribeQuorumResponse): QuorumInfo {
  const subject = 'the metadata quorum'
  refuse(subject, response)
  const partition = response.topics.find(({ topicName }) => topicName === metadataTopic)?.partitions[0]
  if (partition === undefined) throw unanswered(subject)
  refuse(subject, partition)
  const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = partition
  return {
    leaderId,
    leaderEpoch,
    highWatermark,
    voters: currentVoters.map(replicaOf),
    observers: observers.map(replicaOf),
    nodes: response.nodes.map(({ nodeId, listeners }) => ({
      nodeId,
      endpoints: listeners.map(({ name, host, port }) => ({ name, host, port })),
    })),
  }
}

function replicaOf(
  replica: DescribeQuorumResponse['topics'][number]['partitions'][number]['observers'][number],
): QuorumReplica {
  const { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = replica
  return {
    replicaId,
    replicaDirectoryId,
    logEndOffset,
    lastFetchTimestamp: lastFetchTimestamp < 0 ? undefined : lastFetchTimestamp,
    lastCaughtUpTimestamp: lastCaughtUpTimestamp < 0 ? undefined : lastCaughtUpTimestamp,
  }
}
