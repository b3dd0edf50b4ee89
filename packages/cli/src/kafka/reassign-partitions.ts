/** `kafka-reassign-partitions`: moves replicas between brokers and directories, and says how far it has come. */
import { readFileSync } from 'node:fs'
import { type Prng, randomBelow } from '@dorsale/base'
import type { Admin, ConfigResource, TopicPartition } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { type ParsedOptions, usage } from './options.ts'
import { type PartitionEntry, readPartitionFile } from './partition-file.ts'
import { clusterOptions, defineScript } from './script.ts'

const ways = ['generate', 'execute', 'verify', 'cancel', 'list'] as const

/** Settings that a throttled move leaves behind, and that `--verify` and `--cancel` clear. */
const brokerThrottles = [
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
]
const topicThrottles = ['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas']

const options = {
  ...clusterOptions,
  generate: {
    kind: 'flag',
    doc: 'Print a plan for the topics of --topics-to-move-json-file on the brokers of --broker-list.',
  },
  execute: { kind: 'flag', doc: 'Begin to move as --reassignment-json-file says.' },
  verify: {
    kind: 'flag',
    doc: 'Say how far the moves of --reassignment-json-file have come, and clear throttles of those that are done.',
  },
  cancel: { kind: 'flag', doc: 'Take back the moves of --reassignment-json-file that are under way.' },
  list: { kind: 'flag', doc: 'Print the moves that are under way.' },
  'reassignment-json-file': {
    value: 'file',
    doc: 'The moves: {"partitions":[{"topic":"foo","partition":1,"replicas":[1,2,3],"log_dirs":["dir1","any","any"]}],"version":1}.',
  },
  'topics-to-move-json-file': {
    value: 'file',
    doc: 'The topics: {"topics":[{"topic":"foo"},{"topic":"foo1"}],"version":1}.',
  },
  'broker-list': { value: 'ids', doc: 'The brokers that may get replicas, separated by commas.' },
  'disable-rack-aware': { kind: 'flag', doc: 'Place replicas without regard to racks.' },
  additional: { kind: 'flag', doc: 'Begin to move although other moves are under way.' },
  'disallow-replication-factor-change': { kind: 'flag', doc: 'Refuse moves that change how many replicas there are.' },
  'preserve-throttles': { kind: 'flag', doc: 'Leave throttles as they are.' },
} as const

type Options = ParsedOptions<keyof typeof options | 'help' | 'version'>

export const reassignPartitions = defineScript({
  summary: 'Move replicas of partitions between brokers.',
  options,
  async run(given, io) {
    const [way, ...others] = ways.filter(name => given.has(name))
    if (way === undefined || others.length > 0)
      throw usage(`Command must include exactly one action: ${ways.map(name => `--${name}`).join(', ')}`)
    const path = given.text('reassignment-json-file')
    const moves = way === 'generate' || way === 'list' ? [] : readMoves(path ?? missing('reassignment-json-file'))
    const settings = clusterSettings(io, {
      bootstrapServer: given.text('bootstrap-server'),
      configFile: given.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      if (way === 'generate') await generate(admin, given, io)
      else if (way === 'list') await write(io.stdout, await underWay(admin))
      else if (way === 'execute') await execute(admin, moves, given, io)
      else if (way === 'verify') return verify(admin, moves, given, io)
      else await cancel(admin, moves, given, io)
      return 0
    })
  },
})

interface Move extends TopicPartition {
  readonly replicas: readonly number[]
  /** Of each replica; `any`: wherever it is. */
  readonly logDirs: readonly string[]
}

function missing(name: string): never {
  throw usage(`Missing required argument "[${name}]"`)
}

function readMoves(path: string): Move[] {
  const needs = 'a topic, a partition, replicas, and as many log_dirs if there are any'
  const isEntry = ({ replicas, log_dirs: dirs }: PartitionEntry) =>
    Array.isArray(replicas) &&
    replicas.length > 0 &&
    replicas.every(Number.isInteger) &&
    (dirs === undefined || (Array.isArray(dirs) && dirs.length === replicas.length))
  const moves = readPartitionFile(path, { needs, isEntry }).map(({ topic, partition, replicas, log_dirs: dirs }) => ({
    topic,
    partition,
    replicas: replicas as number[],
    logDirs: (dirs as string[] | undefined) ?? (replicas as number[]).map(() => 'any'),
  }))
  if (moves.length === 0) throw usage('Partition reassignment list cannot be empty')
  const names = moves.map(nameOf)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw usage(`Partition reassignment contains duplicate topic partitions: ${twice}`)
  return moves
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** As the tool prints and reads it. */
function documentOf(moves: readonly Move[]): string {
  const partitions = moves.map(({ topic, partition, replicas, logDirs }) => ({
    topic,
    partition,
    replicas,
    log_dirs: logDirs,
  }))
  return JSON.stringify({ version: 1, partitions })
}

/** Where the replicas are now. */
async function currentOf(admin: Admin, topics: readonly string[]): Promise<Move[]> {
  const described = await admin.describeTopics(topics)
  const moves = described.flatMap(({ name: topic, partitions }) =>
    partitions.map(({ index: partition, replicas }) => ({ topic, partition, replicas })),
  )
  const replicas = moves.flatMap(move => move.replicas.map(brokerId => ({ ...move, brokerId })))
  const infos = new Map<string, string>()
  for (const { key, value } of await admin.describeReplicaLogDirs(replicas).outcomes()) {
    if (value?.currentReplicaLogDir !== undefined)
      infos.set(`${nameOf(key)} ${key.brokerId}`, value.currentReplicaLogDir)
  }
  return moves.map(move => ({
    ...move,
    logDirs: move.replicas.map(brokerId => infos.get(`${nameOf(move)} ${brokerId}`) ?? 'any'),
  }))
}

async function generate(admin: Admin, given: Options, io: CommandIo): Promise<void> {
  const topics = readTopics(given.text('topics-to-move-json-file') ?? missing('topics-to-move-json-file'))
  const brokerIds = (given.text('broker-list') ?? missing('broker-list')).split(',').map(Number)
  const { brokers } = await admin.describeCluster()
  const chosen = brokers.filter(({ nodeId }) => brokerIds.includes(nodeId))
  const unknown = brokerIds.find(id => !brokers.some(({ nodeId }) => nodeId === id))
  if (unknown !== undefined) throw usage(`Unknown broker id ${unknown}`)
  const ordered = given.has('disable-rack-aware') ? chosen.map(({ nodeId }) => nodeId) : alternatingRacks(chosen)
  const current = await currentOf(admin, topics)
  const proposed = topics.flatMap(topic => {
    const own = current.filter(move => move.topic === topic)
    return place(io.world.prng, own, ordered)
  })
  await write(io.stdout, `Current partition replica assignment\n${documentOf(current)}\n\n`)
  await write(io.stdout, `Proposed partition reassignment configuration\n${documentOf(proposed)}\n`)
}

function readTopics(path: string): string[] {
  let document: { topics?: unknown }
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw usage(`Unable to read ${path}: ${(error as Error).message}`)
  }
  const { topics } = document
  const names = Array.isArray(topics) ? topics.map((each: { topic?: unknown } | null) => each?.topic) : []
  if (names.length === 0 || !names.every(name => typeof name === 'string'))
    throw usage(`${path} must be {"topics":[{"topic":"foo"}],"version":1}`)
  return names as string[]
}

/** Neighbours in the list are in different racks, as far as that goes. */
function alternatingRacks(brokers: readonly { nodeId: number; rack: string | null }[]): number[] {
  const racks = [...Map.groupBy(brokers, ({ rack }) => rack).values()]
  const ordered: number[] = []
  for (let index = 0; ordered.length < brokers.length; index++) {
    for (const rack of racks) if (rack[index] !== undefined) ordered.push(rack[index].nodeId)
  }
  return ordered
}

/** Leaders in turn from a random place, followers behind them with a shift that grows each time around: Kafka's way without racks. */
function place(prng: Prng, partitions: readonly Move[], brokerIds: readonly number[]): Move[] {
  const count = brokerIds.length
  const wanted = Math.max(...partitions.map(({ replicas }) => replicas.length))
  if (wanted > count) throw usage(`Replication factor: ${wanted} larger than available brokers: ${count}`)
  const start = randomBelow(prng, count)
  let shift = randomBelow(prng, count)
  return partitions.map(({ topic, partition, replicas }, index) => {
    if (index > 0 && index % count === 0) shift++
    const first = (index + start) % count
    const places = replicas.map((_, at) => (at === 0 ? first : (first + 1 + ((shift + at - 1) % (count - 1))) % count))
    const chosen = places.map(each => brokerIds[each]!)
    return { topic, partition, replicas: chosen, logDirs: chosen.map(() => 'any') }
  })
}

async function underWay(admin: Admin): Promise<string> {
  const moves = await admin.listPartitionReassignments()
  if (moves.length === 0) return 'No partition reassignments found.\n'
  const list = (ids: readonly number[]) => ids.join(',')
  const lines = moves.map(move => {
    const adding = move.addingReplicas.length > 0 ? `  adding: ${list(move.addingReplicas)}.` : ''
    const removing = move.removingReplicas.length > 0 ? `  removing: ${list(move.removingReplicas)}.` : ''
    return `${nameOf(move)}: replicas: ${list(move.replicas)}.${adding}${removing}\n`
  })
  return `Current partition reassignments:\n${lines.join('')}`
}

async function execute(admin: Admin, moves: readonly Move[], given: Options, io: CommandIo): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const unknown = moves.flatMap(({ replicas }) => replicas).find(id => !brokers.some(({ nodeId }) => nodeId === id))
  if (unknown !== undefined) throw usage(`Unknown broker id ${unknown}`)
  if (!given.has('additional') && (await admin.listPartitionReassignments()).length > 0)
    throw usage('Because there is at least one reassignment under way, --additional is needed to begin others')
  const current = await currentOf(admin, [...new Set(moves.map(({ topic }) => topic))])
  const concerned = current.filter(move => moves.some(each => nameOf(each) === nameOf(move)))
  await write(io.stdout, `Current partition replica assignment\n\n${documentOf(concerned)}\n\n`)
  await write(io.stdout, 'Save this to use as the --reassignment-json-file option during rollback\n')
  const outcomes = await admin
    .alterPartitionReassignments(
      moves.map(({ topic, partition, replicas }) => ({ topic, partition, targetReplicas: replicas })),
      { allowReplicationFactorChange: !given.has('disallow-replication-factor-change') },
    )
    .outcomes()
  const failed = outcomes.filter(({ error }) => error !== undefined)
  if (failed.length > 0) {
    const why = failed.map(({ key, error }) => `${nameOf(key)}: ${error?.message}`).join('\n')
    throw usage(`Error reassigning partition(s):\n${why}`)
  }
  await write(
    io.stdout,
    `Successfully started partition reassignment${plural(moves)} for ${moves.map(nameOf).join(',')}\n`,
  )
  const toMove = moves.flatMap(({ topic, partition, replicas, logDirs }) =>
    replicas.flatMap((brokerId, at) =>
      logDirs[at] === 'any' ? [] : [{ topic, partition, brokerId, logDir: logDirs[at]! }],
    ),
  )
  if (toMove.length === 0) return
  await admin.alterReplicaLogDirs(toMove)
  await write(
    io.stdout,
    `Successfully started log directory move${plural(toMove)} for: ${toMove.map(replicaName).join(',')}\n`,
  )
}

function plural(things: readonly unknown[]): string {
  return things.length === 1 ? '' : 's'
}

function replicaName(replica: TopicPartition & { brokerId: number }): string {
  return `${nameOf(replica)}-${replica.brokerId}`
}

/** Answers the exit code: 0 however far it has come, as Kafka's. */
async function verify(admin: Admin, moves: readonly Move[], given: Options, io: CommandIo): Promise<number> {
  const open = new Set((await admin.listPartitionReassignments()).map(nameOf))
  const current = new Map(
    (await currentOf(admin, [...new Set(moves.map(({ topic }) => topic))])).map(each => [nameOf(each), each]),
  )
  await write(io.stdout, 'Status of partition reassignment:\n')
  let isDone = true
  for (const move of moves) {
    const name = nameOf(move)
    const now = current.get(name)?.replicas.join(',') ?? ''
    if (open.has(name)) {
      isDone = false
      await write(io.stdout, `Reassignment of partition ${name} is still in progress.\n`)
    } else if (now === move.replicas.join(','))
      await write(io.stdout, `Reassignment of partition ${name} is completed.\n`)
    else {
      const expected = move.replicas.join(',')
      await write(
        io.stdout,
        `There is no active reassignment of partition ${name}, but replica set is ${now} rather than ${expected}.\n`,
      )
    }
  }
  if (isDone) await clearThrottles(admin, moves, given, io)
  return 0
}

async function cancel(admin: Admin, moves: readonly Move[], given: Options, io: CommandIo): Promise<void> {
  const open = new Set((await admin.listPartitionReassignments()).map(nameOf))
  const concerned = moves.filter(move => open.has(nameOf(move)))
  if (concerned.length === 0) await write(io.stdout, 'None of the specified partition reassignments are active.\n')
  else {
    await admin.alterPartitionReassignments(
      concerned.map(({ topic, partition }) => ({ topic, partition, targetReplicas: undefined })),
    )
    const names = concerned.map(nameOf).join(',')
    await write(io.stdout, `Successfully cancelled partition reassignment${plural(concerned)} for: ${names}\n`)
  }
  await clearThrottles(admin, moves, given, io)
}

async function clearThrottles(admin: Admin, moves: readonly Move[], given: Options, io: CommandIo): Promise<void> {
  if (given.has('preserve-throttles')) return
  const { brokers } = await admin.describeCluster()
  const ids = brokers.map(({ nodeId }) => String(nodeId))
  const topics = [...new Set(moves.map(({ topic }) => topic))]
  await write(io.stdout, `\nClearing broker-level throttles on broker${plural(ids)} ${ids.join(',')}\n`)
  await admin.incrementalAlterConfigs(ids.map(name => cleared({ type: 'BROKER', name }, brokerThrottles)))
  await write(io.stdout, `Clearing topic-level throttles on topic${plural(topics)} ${topics.join(',')}\n`)
  await admin.incrementalAlterConfigs(topics.map(name => cleared({ type: 'TOPIC', name }, topicThrottles)))
}

function cleared(resource: ConfigResource, keys: readonly string[]) {
  return { ...resource, ops: keys.map(name => ({ name, op: 'DELETE' as const })) }
}
