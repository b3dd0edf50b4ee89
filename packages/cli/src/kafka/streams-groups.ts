/** `kafka-streams-groups`: groups of Kafka Streams are listed, described and deleted, their offsets reset and deleted (KIP-1071). */
import type { Admin } from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { deleteGroupsOf, type GroupKind, meantGroups, printError, runGroupTool } from './groups-of-type.ts'
import { type ParsedOptions, usage } from './options.ts'
import { checkReset, resetOptions } from './reset-options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { streamsMembersText, streamsOffsetsText, streamsStateText } from './streams-group-tables.ts'
import { deleteInternalTopics, internalTopicsOf, printDeletion, type TopicDeletion } from './streams-internal-topics.ts'
import { deleteStreamsOffsets, resetStreamsOffsets } from './streams-offsets.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the streams groups.' },
  describe: {
    kind: 'flag',
    doc: 'Describe groups: what they have read and what is left (lag), or their members or state.',
  },
  delete: {
    kind: 'flag',
    doc: 'Delete groups without members, with their offsets. Their internal topics stay, unless --delete-all-internal-topics says otherwise.',
  },
  'reset-offsets': { kind: 'flag', doc: 'Give groups without members other offsets, as one of the --to options says.' },
  'delete-offsets': { kind: 'flag', doc: 'Delete offsets of input topics.' },
  group: { value: 'group', repeated: true, doc: 'The group; may be repeated.' },
  'all-groups': { kind: 'flag', doc: 'All streams groups.' },
  offsets: { kind: 'flag', doc: 'With --describe: offsets and lag, which is what is described without it.' },
  members: { kind: 'flag', doc: 'With --describe: the members and their tasks.' },
  state: {
    kind: 'optional',
    value: 'states',
    doc: 'With --describe: the state. With --list: the states too, or only groups in these (Empty, NotReady, Stable, Assigning, Reconciling, Dead).',
  },
  'input-topic': {
    value: 'topic',
    repeated: true,
    doc: 'An input topic, or some partitions of it (topic:0,1); may be repeated.',
  },
  'all-input-topics': {
    kind: 'flag',
    doc: 'All topics that the topology of the group reads, and that it has offsets of.',
  },
  'delete-internal-topic': {
    value: 'topic',
    repeated: true,
    doc: 'With --reset-offsets --execute: delete this internal topic as well; may be repeated.',
  },
  'delete-all-internal-topics': {
    kind: 'flag',
    doc: 'With --reset-offsets --execute or --delete: delete the internal topics of the group as well.',
  },
  ...resetOptions,
  verbose: { kind: 'flag', doc: 'With --describe: more of it.' },
  timeout: { value: 'ms', default: '30000', doc: 'How long an answer may take.' },
} as const

type StreamsOptions = ParsedOptions<keyof typeof options>

const streamsKind: GroupKind = {
  type: 'Streams',
  states: ['Empty', 'NotReady', 'Stable', 'Assigning', 'Reconciling', 'Dead'],
  isNone: groupId => `Group '${groupId}' does not exist or is not a streams group.`,
  end: '.',
}

export const streamsGroups = defineScript({
  summary: 'List, describe and delete groups of Kafka Streams; reset and delete their offsets.',
  options,
  run: (parsed, io) =>
    runGroupTool(streamsKind, parsed, io, {
      describe,
      own: { delete: remove, 'reset-offsets': reset, 'delete-offsets': deleteOffsets },
      check: action => check(parsed, action),
    }),
})

/** Throws what does not fit together, in the order in which Kafka's tool looks at it. */
function check(parsed: StreamsOptions, action: string): void {
  const namesTopics = parsed.has('input-topic') || parsed.has('all-input-topics')
  if (action === 'delete' && namesTopics)
    throw usage('Kafka Streams does not support topic-specific offset deletion from a streams group.')
  if (action === 'delete-offsets') {
    if (!namesTopics || !parsed.has('group'))
      throw usage(
        'Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]',
      )
    const groups = parsed.texts('group')
    if (groups.length > 1)
      throw usage(`Option [delete-offsets] supports only one [group] at a time, but found: ${groups.join(', ')}`)
  }
  const isReset = action === 'reset-offsets'
  if (isReset) checkResetOf(parsed)
  else if (parsed.has('dry-run') || parsed.has('execute'))
    throw usage('Only Option [reset-offsets] accepts [execute] or [dry-run]')
  const isExecuted = isReset && parsed.has('execute')
  if (parsed.has('delete-all-internal-topics') && action !== 'delete' && !isExecuted)
    throw usage(
      isReset
        ? 'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.'
        : 'Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]',
    )
  if (parsed.has('delete-internal-topic') && !isExecuted)
    throw usage('Option [delete-internal-topic] takes [execute] when [reset-offsets] is used.')
}

function checkResetOf(parsed: StreamsOptions): void {
  if (!parsed.has('dry-run') && !parsed.has('execute'))
    throw usage('Option [reset-offsets] takes the option: [execute] or [dry-run]')
  if (parsed.has('group') === parsed.has('all-groups'))
    throw usage('Option [reset-offsets] takes one of these options: [all-groups], [group]')
  checkReset(parsed)
  if (!parsed.has('input-topic') && !parsed.has('all-input-topics') && !parsed.has('from-file'))
    throw usage('One of the reset scopes should be defined: --all-input-topics, --input-topic.')
}

/** With `--delete-all-internal-topics` the topics go too that the topology has made for itself. */
async function remove(admin: Admin, parsed: StreamsOptions, io: CommandIo): Promise<number> {
  if (!parsed.has('delete-all-internal-topics')) return deleteGroupsOf(streamsKind, admin, parsed, io)
  let topics: ReadonlyMap<string, readonly string[]> = new Map()
  let deletion: TopicDeletion = { groupIds: [], failures: new Map() }
  return deleteGroupsOf(streamsKind, admin, parsed, io, {
    async before(groupIds) {
      topics = await internalTopicsOf(admin, groupIds, io)
    },
    async deleted(groupIds) {
      const owners = groupIds.filter(groupId => topics.has(groupId))
      deletion = await deleteInternalTopics(admin, owners, topics, io)
    },
    after: () => printDeletion(deletion, io),
  })
}

async function reset(admin: Admin, parsed: StreamsOptions, io: CommandIo): Promise<number> {
  return resetStreamsOffsets(admin, await meantGroups(streamsKind, admin, parsed), parsed, io)
}

async function deleteOffsets(admin: Admin, parsed: StreamsOptions, io: CommandIo): Promise<number> {
  return deleteStreamsOffsets(admin, parsed, io)
}

async function describe(admin: Admin, parsed: StreamsOptions, io: CommandIo): Promise<number> {
  const isVerbose = parsed.has('verbose')
  for (const groupId of await meantGroups(streamsKind, admin, parsed)) {
    const [group] = await admin.describeStreamsGroups([groupId])
    if (group === undefined) continue
    let text: string
    if (parsed.has('members')) text = streamsMembersText(group, { isVerbose })
    else if (parsed.has('state')) text = streamsStateText(group, { isVerbose })
    else text = await streamsOffsetsText(admin, group, { isVerbose })
    const isStateTold = parsed.has('state') || text !== ''
    if (isStateTold && group.groupState === 'Dead') await printError(io, `Streams group '${groupId}' does not exist.`)
    if (isStateTold && group.groupState === 'Empty')
      await printError(io, `Streams group '${groupId}' has no active members.`)
    await write(io.stdout, text)
  }
  return 0
}
