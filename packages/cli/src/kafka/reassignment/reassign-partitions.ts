/** `kafka-reassign-partitions`: moves replicas between brokers and directories, and says how far they have come. */
import { DorsaleError } from '@dorsale/base'
import type { Admin, TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../../cluster/settings.ts'
import { type CommandIo, write } from '../../command-io.ts'
import { chosenAction, type ToolAction } from '../actions.ts'
import { javaException } from '../java-exception.ts'
import { type ParsedOptions, usage } from '../options.ts'
import { clusterOptions, controllerOptions, defineScript } from '../script.ts'
import { beginLogDirMoves, logDirMoveStates } from './log-dir-moves.ts'
import {
  anywhere,
  byPartition,
  checkMoves,
  documentOf,
  finalWord,
  finalWordCode,
  type Move,
  namedLogDirs,
  nameOf,
  parseBrokerIds,
  plural,
  readMoves,
  readTopics,
  topicsOf,
} from './moves.ts'
import { type PlaceableBroker, placeStriped } from './striped-placer.ts'
import { clearThrottles, copiedPartitions, throttleBrokers, throttleLogDirs } from './throttles.ts'

const noThrottle = '-1'

const options = {
  ...controllerOptions,
  generate: {
    kind: 'flag',
    doc: 'Print a plan for the topics of --topics-to-move-json-file on the brokers of --broker-list.',
  },
  execute: { kind: 'flag', doc: 'Begin to move as --reassignment-json-file says.' },
  verify: {
    kind: 'flag',
    doc: 'Say how far the moves of --reassignment-json-file have come, and clear throttles when all are done.',
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
  additional: {
    kind: 'flag',
    doc: 'Begin to move although other moves are under way; or change the throttle of a move that is.',
  },
  'disallow-replication-factor-change': { kind: 'flag', doc: 'Refuse moves that change how many replicas there are.' },
  throttle: {
    value: 'bytes',
    default: noThrottle,
    doc: 'How many bytes a second may be copied between brokers, on each of them, until --verify finds the moves done. -1: as many as there are.',
  },
  'replica-alter-log-dirs-throttle': {
    value: 'bytes',
    default: noThrottle,
    doc: 'How many bytes a second may be copied between the directories of a broker. -1: as many as there are.',
  },
  timeout: {
    value: 'ms',
    default: '10000',
    doc: 'How long to wait for a broker to have the replica that is to go to another directory.',
  },
  'preserve-throttles': { kind: 'flag', doc: 'Leave throttles as they are.' },
} as const

type Option = keyof typeof options
type Options = ParsedOptions<Option>

const throttleOptions = ['throttle', 'replica-alter-log-dirs-throttle'] as const

const actions: Readonly<Record<string, ToolAction<Option>>> = {
  generate: {
    required: ['topics-to-move-json-file', 'broker-list'],
    permitted: ['disable-rack-aware'],
    run: generate,
  },
  execute: {
    required: ['reassignment-json-file'],
    permitted: ['additional', 'timeout', 'disallow-replication-factor-change', ...throttleOptions],
    run: execute,
  },
  verify: { required: ['reassignment-json-file'], permitted: ['preserve-throttles'], run: verify },
  cancel: {
    required: ['reassignment-json-file'],
    permitted: ['preserve-throttles', 'timeout', 'bootstrap-controller'],
    run: cancel,
  },
  list: { required: [], permitted: ['bootstrap-controller'], run: list },
}

export const reassignPartitions = defineScript({
  summary: 'Move replicas of partitions between brokers.',
  options,
  async run(given, io) {
    const action = chosenAction(given, {
      options,
      actions,
      everywhere: Object.keys(clusterOptions),
      choose: `Command must include exactly one action: ${Object.keys(actions)
        .map(name => `--${name}`)
        .join(', ')}`,
      stray: (option, name) => `Option "[${option}]" can't be used with action "[${name}]"`,
    })
    const settings = clusterSettings(io, {
      bootstrapServer: given.text('bootstrap-server'),
      bootstrapController: given.text('bootstrap-controller'),
      configFile: given.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      try {
        await action.run(admin, given, io)
        return 0
      } catch (error) {
        if (!(error instanceof DorsaleError)) throw error
        const text = error.code === finalWordCode ? error.message : `Error: ${javaException(error)}`
        await write(io.stdout, `${text}\n`)
        return 1
      }
    })
  },
})

async function generate(admin: Admin, given: Options, io: CommandIo): Promise<void> {
  const topics = readTopics(given.required('topics-to-move-json-file'))
  const brokerIds = parseBrokerIds(given.required('broker-list'))
  const current = await currentMoves(admin, topics)
  const brokers = await placeableBrokers(admin, brokerIds, { regardsRacks: !given.has('disable-rack-aware') })
  const proposed = topics.flatMap(topic => {
    const own = current.filter(move => move.topic === topic)
    const wish = { partitionCount: own.length, replicationFactor: own[0]?.replicas.length ?? 0 }
    return placeStriped(io.world.prng, brokers, wish).map((replicas, index) => {
      return { topic, partition: own[index]?.partition ?? index, replicas, logDirs: anywhere(replicas) }
    })
  })
  await write(io.stdout, `Current partition replica assignment\n${documentOf(current)}\n\n`)
  await write(io.stdout, `Proposed partition reassignment configuration\n${documentOf(proposed)}\n`)
}

async function placeableBrokers(
  admin: Admin,
  brokerIds: readonly number[],
  { regardsRacks }: { regardsRacks: boolean },
): Promise<PlaceableBroker[]> {
  const { brokers } = await admin.describeCluster()
  const chosen = brokers.filter(({ nodeId }) => brokerIds.includes(nodeId))
  if (!regardsRacks) return chosen.map(({ nodeId }) => ({ nodeId, rack: null }))
  const rackless = chosen.filter(({ rack }) => rack === null)
  if (rackless.length > 0 && rackless.length < chosen.length)
    throw usage(
      'Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.',
    )
  return chosen
}

async function list(admin: Admin, _given: Options, io: CommandIo): Promise<void> {
  const moves = (await admin.listPartitionReassignments()).toSorted(byPartition)
  if (moves.length === 0) return write(io.stdout, 'No partition reassignments found.\n')
  const words = (ids: readonly number[]) => ids.join(',')
  const lines = moves.map(move => {
    const adding = move.addingReplicas.length > 0 ? `  adding: ${words(move.addingReplicas)}.` : ''
    const removing = move.removingReplicas.length > 0 ? `  removing: ${words(move.removingReplicas)}.` : ''
    return `${nameOf(move)}: replicas: ${words(move.replicas)}.${adding}${removing}\n`
  })
  await write(io.stdout, `Current partition reassignments:\n${lines.join('')}`)
}

async function execute(admin: Admin, given: Options, io: CommandIo): Promise<void> {
  const moves = readMoves(given.required('reassignment-json-file')).toSorted(byPartition)
  checkMoves(moves)
  const underWay = await admin.listPartitionReassignments()
  if (!given.has('additional') && underWay.length > 0)
    throw finalWord(
      'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.',
    )
  const { brokers } = await admin.describeCluster()
  const unknown = moves.flatMap(({ replicas }) => replicas).find(id => !brokers.some(({ nodeId }) => nodeId === id))
  if (unknown !== undefined) throw usage(`Unknown broker id ${unknown}`)
  const all = await currentMoves(admin, topicsOf(moves))
  const current = all.filter(move => moves.some(each => nameOf(each) === nameOf(move)))
  const absent = moves.filter(move => !current.some(each => nameOf(each) === nameOf(move)))
  if (absent.length > 0)
    throw new ProtocolError(
      errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      `Unable to find partition: ${absent.map(nameOf).join(', ')}`,
    )
  await write(io.stdout, `Current partition replica assignment\n\n${documentOf(current)}\n\n`)
  await write(io.stdout, 'Save this to use as the --reassignment-json-file option during rollback\n')
  const toMove = namedLogDirs(moves)
  const rate = given.integer('throttle') ?? -1
  const logDirRate = given.integer('replica-alter-log-dirs-throttle') ?? -1
  if (rate >= 0 || logDirRate >= 0)
    await write(
      io.stdout,
      'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n',
    )
  if (rate >= 0) await throttleBrokers(admin, io, { copied: copiedPartitions(underWay, moves, current), rate })
  if (logDirRate >= 0) {
    const brokerIds = [...new Set(toMove.map(({ brokerId }) => brokerId))]
    await throttleLogDirs(admin, io, { brokerIds, rate: logDirRate })
  }
  const outcomes = await admin
    .alterPartitionReassignments(
      moves.map(({ topic, partition, replicas }) => ({ topic, partition, targetReplicas: replicas })),
      { allowReplicationFactorChange: !given.has('disallow-replication-factor-change') },
    )
    .outcomes()
  refuseFailed(outcomes, 'Error reassigning partition(s):')
  const names = moves.map(nameOf).join(',')
  await write(io.stdout, `Successfully started partition reassignment${plural(moves)} for ${names}\n`)
  if (toMove.length > 0)
    await beginLogDirMoves(admin, io, { assignments: toMove, timeoutMs: given.integer('timeout') ?? 0 })
}

async function verify(admin: Admin, given: Options, io: CommandIo): Promise<void> {
  const moves = readMoves(given.required('reassignment-json-file')).toSorted(byPartition)
  const underWay = new Set((await admin.listPartitionReassignments()).map(nameOf))
  const described = await admin.describeTopics(topicsOf(moves)).outcomes()
  const current = new Map(
    described.flatMap(({ value }) =>
      (value?.partitions ?? []).map(
        ({ index, replicas }) => [nameOf({ topic: value?.name ?? '', partition: index }), replicas] as const,
      ),
    ),
  )
  const lines = moves.map(move => {
    const name = nameOf(move)
    if (underWay.has(name)) return `Reassignment of partition ${name} is still in progress.`
    const now = (current.get(name) ?? []).join(',')
    const wanted = move.replicas.join(',')
    return now === wanted
      ? `Reassignment of partition ${name} is completed.`
      : `There is no active reassignment of partition ${name}, but replica set is ${now} rather than ${wanted}.`
  })
  await write(io.stdout, `${['Status of partition reassignment:', ...lines].join('\n')}\n`)
  const states = await logDirMoveStates(admin, namedLogDirs(moves))
  await write(io.stdout, `${states.map(({ sentence }) => sentence).join('\n')}\n`)
  // Whatever moves in the cluster, asked for here or not, may live by the settings that would be cleared.
  const isQuiet = underWay.size === 0 && states.every(({ isDone }) => isDone)
  if (isQuiet && !given.has('preserve-throttles')) await clearThrottles(admin, moves, io)
}

async function cancel(admin: Admin, given: Options, io: CommandIo): Promise<void> {
  const moves = readMoves(given.required('reassignment-json-file')).toSorted(byPartition)
  const underWay = await admin.listPartitionReassignments()
  const open = new Set(
    underWay.filter(each => each.addingReplicas.length + each.removingReplicas.length > 0).map(nameOf),
  )
  const concerned = moves.filter(move => open.has(nameOf(move)))
  if (concerned.length === 0) await write(io.stdout, 'None of the specified partition reassignments are active.\n')
  else {
    const reassignments = concerned.map(({ topic, partition }) => ({ topic, partition, targetReplicas: undefined }))
    const outcomes = await admin.alterPartitionReassignments(reassignments).outcomes()
    refuseFailed(outcomes, `Error cancelling partition reassignment${plural(concerned)} for:`)
    const names = concerned.map(nameOf).join(',')
    await write(io.stdout, `Successfully cancelled partition reassignment${plural(concerned)} for: ${names}\n`)
  }
  // A move between directories is taken back by a move to where the replica is.
  const back = (await logDirMoveStates(admin, namedLogDirs(moves))).flatMap(({ replica, movingFrom }) =>
    movingFrom === undefined ? [] : [{ ...replica, logDir: movingFrom }],
  )
  // Kafka's tool does not end this line: what comes next stands behind it.
  if (back.length === 0) await write(io.stdout, 'None of the specified partition moves are active.')
  else await beginLogDirMoves(admin, io, { assignments: back, timeoutMs: given.integer('timeout') ?? 0 })
  if (!given.has('preserve-throttles')) await clearThrottles(admin, moves, io)
}

/** Where the replicas of topics are now. */
async function currentMoves(admin: Admin, topics: readonly string[]): Promise<Move[]> {
  const described = await admin.describeTopics(topics).outcomes()
  const failed = described.find(({ error }) => error !== undefined)
  if (failed?.error !== undefined) {
    const isUnknown =
      failed.error instanceof ProtocolError && failed.error.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION
    throw isUnknown ? usage(`Topic ${String(failed.key)} not found.`) : failed.error
  }
  const partitions = described.flatMap(({ value }) =>
    (value?.partitions ?? []).map(({ index, replicas }) => ({ topic: value?.name ?? '', partition: index, replicas })),
  )
  const replicas = partitions.flatMap(({ topic, partition, replicas: ids }) =>
    ids.map(brokerId => ({ topic, partition, brokerId })),
  )
  const dirs = new Map<string, string>()
  for (const { key, value } of await admin.describeReplicaLogDirs(replicas).outcomes()) {
    if (value?.currentReplicaLogDir !== undefined)
      dirs.set(`${nameOf(key)} ${key.brokerId}`, value.currentReplicaLogDir)
  }
  return partitions.map(move => ({
    ...move,
    logDirs: move.replicas.map(brokerId => dirs.get(`${nameOf(move)} ${brokerId}`) ?? 'any'),
  }))
}

function refuseFailed(
  outcomes: readonly { readonly key: TopicPartition; readonly error: Error | undefined }[],
  title: string,
): void {
  const lines = outcomes.flatMap(({ key, error }) => {
    if (error === undefined) return []
    return [
      `${nameOf(key)}: ${javaException(error, nameOf(key)).replace(/^org\.apache\.kafka\.[\w.]+Exception: /, '')}`,
    ]
  })
  if (lines.length > 0) throw finalWord([title, ...lines].join('\n'))
}
