import { NetError } from '@dorsale/base'
import { errorCodes, metadataRequest, metadataResponse, ProtocolError } from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { Cluster } from '../network/cluster.ts'
import { errorIn } from './answer.ts'

/** Which broker some of the keys of a call go to, or why nobody can be asked about them yet. */
export type Placement<Key> =
  | { readonly keys: readonly Key[]; readonly link: BrokerLink }
  | { readonly keys: readonly Key[]; readonly error: Error }

/** Finds the brokers to ask. Asked again before each try, so what has moved is found. Rejects when nobody can be asked at all. */
export type Route<Key> = (cluster: Cluster, keys: readonly Key[]) => Promise<Placement<Key>[]>

/** Any broker will do. */
export async function toAny<Key>(cluster: Cluster, keys: readonly Key[]): Promise<Placement<Key>[]> {
  return [{ keys, link: reachable(cluster) }]
}

/** The controller, or the broker that metadata names in its place: since KRaft, any broker hands on what is the controller's. */
export async function toController<Key>(cluster: Cluster, keys: readonly Key[]): Promise<Placement<Key>[]> {
  return [{ keys, link: cluster.link(cluster.metadata.controllerId) ?? reachable(cluster) }]
}

/** A broker by its id, which undefined leaves open. */
export function toBroker<Key>(nodeIdOf: (key: Key) => number | undefined): Route<Key> {
  return async (cluster, keys) => {
    const groups = [...Map.groupBy(keys, nodeIdOf)]
    if (groups.some(([nodeId]) => nodeId !== undefined && cluster.link(nodeId) === undefined)) await cluster.refreshed()
    return groups.map(([nodeId, group]) => {
      const link = nodeId === undefined ? reachable(cluster) : cluster.link(nodeId)
      if (link !== undefined) return { keys: group, link }
      const known = [...cluster.metadata.brokers.keys()].join(', ')
      const text = `no broker ${nodeId} in the cluster; there are: ${known}`
      return { keys: group, error: new ProtocolError(errorCodes.BROKER_NOT_AVAILABLE, text) }
    })
  }
}

/** The leaders of partitions, as metadata has them at the moment. A topic that is not there yet is waited for, as Kafka's client does. */
export function toLeaders<Key extends TopicPartition>(): Route<Key> {
  return async (cluster, keys) => {
    const names = [...new Set(keys.map(({ topic }) => topic))]
    const value = { topics: names.map(name => ({ name })), allowAutoTopicCreation: false }
    const response = await cluster.callAny(metadataRequest, metadataResponse, value)
    const topics = new Map(response.topics.map(topic => [topic.name, topic]))
    const leaderOf = ({ topic, partition }: Key): number | Error => {
      const found = topics.get(topic)
      if (found === undefined) return new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `no topic ${topic}`)
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
    const placements: Placement<Key>[] = []
    for (const [leader, group] of Map.groupBy(keys, leaderOf)) {
      if (typeof leader !== 'number') placements.push({ keys: group, error: leader })
      else {
        const link = cluster.link(leader)
        const error = new ProtocolError(errorCodes.LEADER_NOT_AVAILABLE, `broker ${leader} is not known yet`)
        placements.push(link === undefined ? { keys: group, error } : { keys: group, link })
      }
    }
    return placements
  }
}

/** The broker with the least to do. Throws a retriable error while none can be reached. */
function reachable(cluster: Cluster): BrokerLink {
  const link = cluster.anyLink()
  if (link !== undefined) return link
  cluster.refresh()
  throw new NetError('EHOSTUNREACH', 'no broker can be reached at the moment', cluster.lastError)
}
