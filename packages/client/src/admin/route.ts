import { errorCodes, type MetadataResponse, metadataRequest, metadataResponse, ProtocolError } from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { Cluster } from '../network/cluster.ts'
import { type CoordinatorKey, isCoordinatorLost } from '../network/coordinators.ts'
import { errorIn, unanswered } from './answer.ts'

/** Which broker some of the keys of a call go to, or why nobody can be asked about them yet. */
export type Placement<Key> =
  | { readonly keys: readonly Key[]; readonly link: BrokerLink }
  | { readonly keys: readonly Key[]; readonly error: Error }

export interface Route<Key> {
  /** Finds the brokers to ask. Asked again before each try, so what has moved is found. Rejects when nobody can be asked at all. */
  place(cluster: Cluster, keys: readonly Key[]): Promise<Placement<Key>[]>
  /** Only brokers can be asked: controllers have no partitions and coordinate no groups. Default: false. */
  readonly isForBrokers?: boolean
  /** Whether another broker, or the same one later, may give another answer than this one about a key. */
  mayPass(error: ProtocolError): boolean
  /** Hears of each answer that is an error. */
  onError?(cluster: Cluster, key: Key, error: Error): void
}

/** Any broker will do. Of the controllers, it is the active one that answers (KIP-919). */
export function toAny<Key>(): Route<Key> {
  return { place: async (cluster, keys) => [{ keys, link: anyNode(cluster) }], mayPass: isNotController }
}

function anyNode(cluster: Cluster): BrokerLink {
  const active = cluster.asksControllers ? cluster.link(cluster.metadata.controllerId) : undefined
  return active ?? cluster.reachableLink()
}

function isNotController({ errorCode }: ProtocolError): boolean {
  return errorCode === errorCodes.NOT_CONTROLLER
}

/** The controller, or the broker that metadata names in its place: since KRaft, any broker hands on what is the controller's. */
export function toController<Key>(): Route<Key> {
  return {
    place: async (cluster, keys) => [
      { keys, link: cluster.link(cluster.metadata.controllerId) ?? cluster.reachableLink() },
    ],
    mayPass: error => isNotController(error) || error.errorCode === errorCodes.THROTTLING_QUOTA_EXCEEDED,
  }
}

/** A broker by its id, which undefined leaves open. */
export function toBroker<Key>(nodeIdOf: (key: Key) => number | undefined): Route<Key> {
  return {
    async place(cluster, keys) {
      const groups = [...Map.groupBy(keys, nodeIdOf)]
      const isUnknown = ([nodeId]: [number | undefined, Key[]]) =>
        nodeId !== undefined && cluster.link(nodeId) === undefined
      if (groups.some(isUnknown)) await cluster.refreshed()
      return groups.map(([nodeId, group]) => {
        const link = nodeId === undefined ? anyNode(cluster) : cluster.link(nodeId)
        if (link !== undefined) return { keys: group, link }
        const known = [...cluster.metadata.brokers.keys()].join(', ')
        const kind = cluster.asksControllers ? 'controller' : 'broker'
        const text = `no ${kind} ${nodeId} in the cluster; there are: ${known}`
        return { keys: group, error: new ProtocolError(errorCodes.BROKER_NOT_AVAILABLE, text) }
      })
    },
    mayPass: isNotController,
  }
}

/** The coordinators of groups or transactional ids, which are looked up anew when a broker says that it is not, or not any more. */
export function toCoordinators<Key>(type: CoordinatorKey['type'], nameOfKey: (key: Key) => string): Route<Key> {
  const coordinatorOf = (key: Key) => ({ type, key: nameOfKey(key) })
  return {
    isForBrokers: true,
    async place(cluster, keys) {
      const links = await Promise.allSettled(keys.map(key => cluster.coordinator(coordinatorOf(key))))
      const byLink = new Map<BrokerLink, Key[]>()
      const placements: Placement<Key>[] = []
      for (const [index, result] of links.entries()) {
        const key = keys[index] as Key
        if (result.status === 'rejected') placements.push({ keys: [key], error: result.reason })
        else byLink.set(result.value, [...(byLink.get(result.value) ?? []), key])
      }
      return [...placements, ...[...byLink].map(([link, group]) => ({ keys: group, link }))]
    },
    mayPass: error => isCoordinatorLost(error) || error.errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
    onError(cluster, key, error) {
      if (isCoordinatorLost(error)) cluster.forgetCoordinator(coordinatorOf(key))
    },
  }
}

/** The leaders of partitions, as metadata has them at the moment. A topic that is not there yet is waited for, as Kafka's client does. */
export function toLeaders<Key extends TopicPartition>(): Route<Key> {
  return {
    isForBrokers: true,
    async place(cluster, keys) {
      const names = [...new Set(keys.map(({ topic }) => topic))]
      const value = { topics: names.map(name => ({ name })), allowAutoTopicCreation: false }
      const response = await cluster.callAny(metadataRequest, metadataResponse, value)
      const leaderOf = leaderFinder(response)
      return [...Map.groupBy(keys, leaderOf)].map(([leader, group]) => {
        if (typeof leader !== 'number') return { keys: group, error: leader }
        const link = cluster.link(leader)
        if (link !== undefined) return { keys: group, link }
        const text = `broker ${leader}, the leader, is not known yet`
        return { keys: group, error: new ProtocolError(errorCodes.LEADER_NOT_AVAILABLE, text) }
      })
    },
    mayPass: error => error.retriable,
  }
}

function leaderFinder(metadata: MetadataResponse): (of: TopicPartition) => number | Error {
  const topics = new Map(metadata.topics.map(topic => [topic.name, topic]))
  return ({ topic, partition }) => {
    const found = topics.get(topic)
    if (found === undefined) return unanswered(topic)
    const refusal = errorIn(topic, found)
    if (refusal !== undefined) return refusal
    const row = found.partitions.find(({ partitionIndex }) => partitionIndex === partition)
    const name = nameOf({ topic, partition })
    if (row === undefined) {
      const count = `${topic} has ${found.partitions.length} partitions`
      return new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `no partition ${name}: ${count}`)
    }
    if (row.leaderId < 0) return new ProtocolError(errorCodes.LEADER_NOT_AVAILABLE, `${name} has no leader`)
    return row.leaderId
  }
}
