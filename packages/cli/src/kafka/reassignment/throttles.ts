/** The settings that slow moves down: written by `--throttle` and its sibling, cleared by `--verify` and `--cancel`. */
import type { Admin, AlterConfigOp, PartitionReassignment } from '@dorsale/client'
import { type CommandIo, write } from '../../command-io.ts'
import { type Move, nameOf, plural, topicsOf } from './moves.ts'

const interBrokerRates = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate']
const logDirRates = ['replica.alter.log.dirs.io.max.bytes.per.second']
const leaderReplicas = 'leader.replication.throttled.replicas'
const followerReplicas = 'follower.replication.throttled.replicas'

/** The replicas of a partition that records are copied from, and those that they are copied to. */
export interface CopiedPartition {
  readonly topic: string
  readonly partition: number
  readonly sources: readonly number[]
  readonly destinations: readonly number[]
}

/**
 * What is copied once `moves` have begun, beside what is being moved already: all of it is slowed down by the same settings, so the old must be named again.
 * `current`: where the partitions of `moves` are.
 */
export function copiedPartitions(
  underWay: readonly PartitionReassignment[],
  moves: readonly Move[],
  current: readonly Move[],
): CopiedPartition[] {
  const copied = new Map<string, CopiedPartition>()
  for (const { topic, partition, replicas, addingReplicas } of underWay) {
    const sources = replicas.filter(id => !addingReplicas.includes(id))
    copied.set(nameOf({ topic, partition }), { topic, partition, sources, destinations: addingReplicas })
  }
  const now = new Map(current.map(each => [nameOf(each), each.replicas]))
  for (const { topic, partition, replicas } of moves) {
    const name = nameOf({ topic, partition })
    const sources = copied.get(name)?.sources ?? now.get(name) ?? []
    const destinations = replicas.filter(id => !sources.includes(id))
    copied.set(name, { topic, partition, sources, destinations })
  }
  return [...copied.values()]
}

/** Slows copies between brokers down to `rate` bytes a second on each broker that has a part in them. */
export async function throttleBrokers(
  admin: Admin,
  io: CommandIo,
  { copied, rate }: { copied: readonly CopiedPartition[]; rate: number },
): Promise<void> {
  const topics = topicsOf(copied).map(name => {
    const own = copied.filter(({ topic }) => topic === name)
    const listed = (which: 'sources' | 'destinations') =>
      own.flatMap(each => each[which].map(id => `${each.partition}:${id}`)).join(',')
    // Both, though a list is empty: what an earlier move left there is over.
    const ops = [setTo(leaderReplicas, listed('sources')), setTo(followerReplicas, listed('destinations'))]
    return { type: 'TOPIC' as const, name, ops }
  })
  await admin.incrementalAlterConfigs(topics)
  const brokerIds = new Set(copied.flatMap(({ sources, destinations }) => [...sources, ...destinations]))
  await setRates(admin, [...brokerIds], { keys: interBrokerRates, rate })
  await write(io.stdout, `The inter-broker throttle limit was set to ${rate} B/s\n`)
}

/** Slows copies between the directories of these brokers down to `rate` bytes a second. */
export async function throttleLogDirs(
  admin: Admin,
  io: CommandIo,
  { brokerIds, rate }: { brokerIds: readonly number[]; rate: number },
): Promise<void> {
  await setRates(admin, brokerIds, { keys: logDirRates, rate })
  await write(io.stdout, `The replica-alter-dir throttle limit was set to ${rate} B/s\n`)
}

/** On every broker there is or that the moves name, and on the topics of the moves. */
export async function clearThrottles(admin: Admin, moves: readonly Move[], io: CommandIo): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const ids = new Set([...brokers.map(({ nodeId }) => nodeId), ...moves.flatMap(({ replicas }) => replicas)])
  const brokerNames = [...ids].sort((one, other) => one - other).map(String)
  const topics = topicsOf(moves)
  await write(io.stdout, `Clearing broker-level throttles on broker${plural(brokerNames)} ${brokerNames.join(',')}\n`)
  const ofBrokers = [...interBrokerRates, ...logDirRates].map(cleared)
  await admin.incrementalAlterConfigs(brokerNames.map(name => ({ type: 'BROKER', name, ops: ofBrokers })))
  await write(io.stdout, `Clearing topic-level throttles on topic${plural(topics)} ${topics.join(',')}\n`)
  const ofTopics = [leaderReplicas, followerReplicas].map(cleared)
  await admin.incrementalAlterConfigs(topics.map(name => ({ type: 'TOPIC', name, ops: ofTopics })))
}

async function setRates(
  admin: Admin,
  brokerIds: readonly number[],
  { keys, rate }: { keys: readonly string[]; rate: number },
): Promise<void> {
  const ops = keys.map(key => setTo(key, String(rate)))
  await admin.incrementalAlterConfigs(brokerIds.map(id => ({ type: 'BROKER', name: String(id), ops })))
}

function setTo(name: string, value: string): AlterConfigOp {
  return { name, value, op: 'SET' }
}

function cleared(name: string): AlterConfigOp {
  return { name, op: 'DELETE' }
}
