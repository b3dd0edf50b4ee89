/** `kafka-topics`: topics are created, listed, described, given more partitions and deleted. */
import { DorsaleError } from '@dorsale/base'
import type {
  Admin,
  ConfigEntry,
  PartitionReassignment,
  TopicDescription,
  TopicPartitionDescription,
} from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chosenName } from './actions.ts'
import { bareMessage } from './bare-message.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { topicFilter } from './topic-filter.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the topics.' },
  create: { kind: 'flag', doc: 'Create a topic.' },
  delete: { kind: 'flag', doc: 'Delete topics.' },
  alter: { kind: 'flag', doc: 'Give topics more partitions; kafka-configs alters their settings.' },
  describe: { kind: 'flag', doc: 'Describe topics and their partitions.' },
  topic: { value: 'topic', doc: 'The topic; a regular expression, except with --create.' },
  'topic-id': { value: 'id', doc: 'The id of the topic to describe.' },
  config: { value: 'name=value', repeated: true, doc: 'A setting of the topic that is created; may be repeated.' },
  'delete-config': { value: 'name', repeated: true, doc: 'No longer supported; kafka-configs does it.' },
  partitions: { value: 'count', doc: "How many partitions. Default with --create: the broker's." },
  'replication-factor': { value: 'count', doc: "Replicas of each partition. Default: the broker's." },
  'replica-assignment': {
    value: 'brokers',
    doc: 'The brokers of each partition: replicas separated by colons, partitions by commas.',
  },
  'under-replicated-partitions': { kind: 'flag', doc: 'Describe only partitions with replicas that are not in sync.' },
  'unavailable-partitions': { kind: 'flag', doc: 'Describe only partitions without an available leader.' },
  'under-min-isr-partitions': {
    kind: 'flag',
    doc: 'Describe only partitions with fewer replicas in sync than they need.',
  },
  'at-min-isr-partitions': {
    kind: 'flag',
    doc: 'Describe only partitions with just as many replicas in sync as they need.',
  },
  'topics-with-overrides': { kind: 'flag', doc: 'Describe only topics with settings of their own.' },
  'if-exists': { kind: 'flag', doc: 'Do nothing when the topic is not there.' },
  'if-not-exists': { kind: 'flag', doc: 'Do nothing when the topic is there already.' },
  'exclude-internal': { kind: 'flag', doc: "Leave out Kafka's own topics." },
  'partition-size-limit-per-response': { value: 'count', doc: 'Partitions in one answer of the broker, at most.' },
} as const

type Options = ParsedOptions<keyof typeof options>

const actions = ['list', 'describe', 'create', 'alter', 'delete'] as const

export const topics = defineScript({
  summary: 'Create, list, describe, grow and delete topics.',
  options,
  async run(parsed, io) {
    const choose = 'Command must include exactly one action: --list, --describe, --create, --alter or --delete'
    const action = chosenName(parsed, actions, choose)
    check(parsed, action)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      try {
        await run[action](admin, parsed, io)
        return 0
      } catch (error) {
        if (!(error instanceof DorsaleError)) throw error
        // A name that is none may hold anything, and stands in front of what is wrong with it.
        const topic = parsed.text('topic')
        const subject = topic !== undefined && error.message.startsWith(`${topic}: `) ? topic : undefined
        await write(io.stdout, `Error while executing topic command : ${bareMessage(error, subject)}\n`)
        return 1
      }
    })
  },
})

const run: Readonly<Record<(typeof actions)[number], (admin: Admin, parsed: Options, io: CommandIo) => Promise<void>>> =
  { list, describe, create, alter, delete: remove }

function check(parsed: Options, action: (typeof actions)[number]): void {
  const needsTopic = action !== 'list' && action !== 'describe'
  if (needsTopic && !parsed.has('topic')) throw usage('Missing required argument "[topic]"')
  if (action === 'alter' && parsed.has('config'))
    throw usage(
      'Option "[alter]" can\'t be used with option "[config]" (To alter topic configurations, the kafka-configs tool can be used.)',
    )
  if (action === 'alter' && !parsed.has('partitions')) throw usage('Missing required argument "[partitions]"')
  const only: [option: keyof typeof options, actions: readonly string[]][] = [
    ['config', ['create']],
    ['partitions', ['create', 'alter']],
    ['replication-factor', ['create']],
    ['replica-assignment', ['create', 'alter']],
    ['if-not-exists', ['create']],
    ['if-exists', ['alter', 'delete', 'describe']],
    ['exclude-internal', ['list', 'describe']],
    ['under-replicated-partitions', ['describe']],
    ['unavailable-partitions', ['describe']],
    ['under-min-isr-partitions', ['describe']],
    ['at-min-isr-partitions', ['describe']],
    ['topics-with-overrides', ['describe']],
  ]
  for (const [option, fitting] of only) {
    if (parsed.has(option) && !fitting.includes(action))
      throw usage(`Option "[${option}]" can't be used with option "[${action}]"`)
  }
  if (parsed.has('replica-assignment') && parsed.has('replication-factor'))
    throw usage('Option "[replica-assignment]" can\'t be used with option "[replication-factor]"')
}

async function list(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  await write(io.stdout, `${(await findTopics(admin, parsed)).join('\n')}\n`)
}

async function create(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const name = parsed.required('topic')
  const replicationFactor = parsed.integer('replication-factor')
  const numPartitions = parsed.integer('partitions')
  const configs = Object.fromEntries(parsed.texts('config').map(parseTopicConfig))
  if (/[._]/.test(name)) {
    const why =
      "topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both."
    await write(io.stdout, `WARNING: Due to limitations in metric names, ${why}\n`)
  }
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 32_767))
    throw usage('The replication factor must be between 1 and 32767 inclusive')
  if (numPartitions !== undefined && numPartitions < 1) throw usage('The partitions must be greater than 0')
  const assignment = parsed.text('replica-assignment')
  try {
    await admin.createTopics(
      [
        {
          name,
          configs,
          ...(numPartitions === undefined ? {} : { numPartitions }),
          ...(replicationFactor === undefined ? {} : { replicationFactor }),
          ...(assignment === undefined ? {} : { replicasAssignments: parseAssignment(assignment) }),
        },
      ],
      { retryOnQuotaViolation: false },
    )
  } catch (error) {
    const exists = error instanceof ProtocolError && error.errorCode === errorCodes.TOPIC_ALREADY_EXISTS
    if (exists && parsed.has('if-not-exists')) return
    throw error
  }
  await write(io.stdout, `Created topic ${name}.\n`)
}

async function alter(admin: Admin, parsed: Options): Promise<void> {
  const names = await findTopics(admin, parsed)
  expectTopic(names, parsed)
  const assignment = parsed.text('replica-assignment')
  const totalCount = parsed.integer('partitions') ?? 0
  const described = assignment === undefined ? [] : await admin.describeTopics(names)
  const newAssignments = (name: string) => {
    const before = described.find(topic => topic.name === name)?.partitions.length ?? 0
    return assignment === undefined ? {} : { newAssignments: parseAssignment(assignment).slice(before) }
  }
  await admin.createPartitions(
    names.map(name => ({ name, totalCount, ...newAssignments(name) })),
    { retryOnQuotaViolation: false },
  )
}

async function remove(admin: Admin, parsed: Options): Promise<void> {
  const names = await findTopics(admin, parsed)
  expectTopic(names, parsed)
  await admin.deleteTopics(names, { retryOnQuotaViolation: false })
}

async function describe(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const found = await describedTopics(admin, parsed)
  if (found.length === 0) return
  const configs = await admin.describeConfigs(found.map(({ name }) => ({ type: 'TOPIC' as const, name })))
  const { brokers } = await admin.describeCluster()
  const reassignments = await ongoingReassignments(admin)
  const liveIds = new Set(brokers.map(({ nodeId }) => nodeId))
  for (const [index, topic] of found.entries()) {
    const lines = describeTopic(topic, { entries: configs[index] ?? [], liveIds, reassignments, parsed })
    await write(io.stdout, lines.map(line => `${line}\n`).join(''))
  }
}

/** The reassignments under way; none where the caller may not ask, or the brokers are too old to tell. */
async function ongoingReassignments(admin: Admin): Promise<readonly PartitionReassignment[]> {
  try {
    return await admin.listPartitionReassignments()
  } catch (error) {
    const mayBePassedOver: number[] = [errorCodes.UNSUPPORTED_VERSION, errorCodes.CLUSTER_AUTHORIZATION_FAILED]
    if (error instanceof ProtocolError && mayBePassedOver.includes(error.errorCode)) return []
    throw error
  }
}

interface Description {
  readonly entries: readonly ConfigEntry[]
  readonly liveIds: ReadonlySet<number>
  readonly reassignments: readonly PartitionReassignment[]
  readonly parsed: Options
}

function describeTopic(topic: TopicDescription, description: Description): string[] {
  const { entries, liveIds, parsed } = description
  const { name, topicId, partitions } = topic
  const move = (index: number) =>
    description.reassignments.find(each => each.topic === name && each.partition === index)
  const own = entries.filter(({ isDefault }) => !isDefault)
  const minIsr = Number(entries.find(entry => entry.name === 'min.insync.replicas')?.value ?? 1)
  const reports: [option: keyof typeof options, isShown: (partition: TopicPartitionDescription) => boolean][] = [
    ['under-replicated-partitions', each => replicationFactor(each, move(each.index)) > each.isr.length],
    ['unavailable-partitions', each => !liveIds.has(each.leaderId)],
    ['under-min-isr-partitions', each => each.leaderId < 0 || each.isr.length < minIsr],
    ['at-min-isr-partitions', each => each.isr.length === minIsr],
  ]
  const wanted = reports.filter(([option]) => parsed.has(option))
  const lines: string[] = []
  const [first] = partitions
  if (wanted.length === 0 && first !== undefined && (!parsed.has('topics-with-overrides') || own.length > 0)) {
    const columns = [
      `Topic: ${name}`,
      ...(topicId === noTopicId ? [] : [`TopicId: ${topicId}`]),
      `PartitionCount: ${partitions.length}`,
      `ReplicationFactor: ${replicationFactor(first, move(first.index))}`,
      `Configs: ${own.map(entry => `${entry.name}=${entry.value}`).join(',')}`,
    ]
    lines.push(columns.join('\t'))
  }
  if (parsed.has('topics-with-overrides')) return lines
  for (const partition of partitions) {
    if (wanted.length > 0 && !wanted.some(([, isShown]) => isShown(partition))) continue
    const columns = [
      '',
      `Topic: ${name}`,
      `Partition: ${partition.index}`,
      `Leader: ${partition.leaderId < 0 ? 'none' : partition.leaderId}`,
      `Replicas: ${partition.replicas.join(',')}`,
      `Isr: ${partition.isr.join(',')}`,
      ...movingColumns(move(partition.index)),
      `Elr: ${partition.elr?.join(',') ?? 'N/A'}`,
      `LastKnownElr: ${partition.lastKnownElr?.join(',') ?? 'N/A'}`,
    ]
    lines.push(columns.join('\t'))
  }
  return lines
}

function movingColumns(move: PartitionReassignment | undefined): string[] {
  if (move === undefined) return []
  return [`Adding Replicas: ${move.addingReplicas.join(',')}`, `Removing Replicas: ${move.removingReplicas.join(',')}`]
}

/** What it will be when the reassignment is done. */
function replicationFactor({ replicas }: TopicPartitionDescription, move: PartitionReassignment | undefined): number {
  return move === undefined ? replicas.length : move.replicas.length - move.addingReplicas.length
}

/** The id of brokers that know none. */
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

async function describedTopics(admin: Admin, parsed: Options): Promise<readonly TopicDescription[]> {
  const limit = parsed.integer('partition-size-limit-per-response')
  const options = limit === undefined ? {} : { partitionSizeLimitPerResponse: limit }
  const topicId = parsed.text('topic-id')
  if (topicId !== undefined && topicId !== noTopicId) {
    const listings = await admin.listTopics({ listInternal: !parsed.has('exclude-internal') })
    if (listings.some(listing => listing.topicId === topicId)) return admin.describeTopics([{ topicId }], options)
    if (parsed.has('if-exists')) return []
    throw usage(`TopicId '${topicId}' does not exist as expected`)
  }
  const names = await findTopics(admin, parsed)
  expectTopic(names, parsed)
  return names.length === 0 ? [] : admin.describeTopics(names, options)
}

/** The names that match --topic, in order. */
async function findTopics(admin: Admin, parsed: Options): Promise<string[]> {
  const listings = await admin.listTopics({ listInternal: !parsed.has('exclude-internal') })
  const matches = topicFilter(parsed.text('topic') ?? '.*')
  return listings
    .map(({ name }) => name)
    .filter(matches)
    .sort()
}

function expectTopic(found: readonly string[], parsed: Options): void {
  const wanted = parsed.text('topic')
  if (wanted !== undefined && wanted !== '' && found.length === 0 && !parsed.has('if-exists'))
    throw usage(`Topic '${wanted}' does not exist as expected`)
}

function parseTopicConfig(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 1)
    throw usage('requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".')
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
}

/** `0:1,1:2`: the brokers of each partition. */
function parseAssignment(text: string): number[][] {
  const assignment = text.split(',').map(partition => partition.split(':').map(id => Number(id.trim())))
  for (const [index, brokers] of assignment.entries()) {
    if (brokers.some(id => !Number.isInteger(id))) throw usage(`${text} is no list of broker ids: write 0:1,1:2`)
    const repeated = brokers.filter((id, place) => brokers.indexOf(id) !== place)
    if (repeated.length > 0)
      throw usage(`Partition replica lists may not contain duplicate entries: ${[...new Set(repeated)].join(',')}`)
    if (brokers.length !== assignment[0]!.length)
      throw usage(`Partition ${index} has different replication factor: ${brokers.join(', ')}`)
  }
  return assignment
}
