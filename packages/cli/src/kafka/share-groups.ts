/** `kafka-share-groups`: share groups are listed, described and deleted, and begin elsewhere. */
import type { Admin } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { type CommandIo, write } from '../command-io.ts'
import { printNewOffsets } from '../groups/new-offsets.ts'
import { partitionsOf, planReset, type ResetTo } from '../groups/reset-plan.ts'
import { parseDateMs } from '../moment.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'
import { bareMessage } from './bare-message.ts'
import { type GroupKind, meantGroups, printError, runGroupTool } from './groups-of-type.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { printShareMembers, printShareOffsets, printShareStates } from './share-group-tables.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the share groups.' },
  describe: {
    kind: 'flag',
    doc: 'Describe groups: where they begin and what is left (lag), or their members or state.',
  },
  delete: { kind: 'flag', doc: 'Delete groups without members.' },
  'reset-offsets': {
    kind: 'flag',
    doc: 'Have a group without members begin elsewhere, as one of the --to options says.',
  },
  'delete-offsets': { kind: 'flag', doc: 'Forget where a group without members begins in --topic.' },
  group: { value: 'group', repeated: true, doc: 'The group; may be repeated.' },
  'all-groups': { kind: 'flag', doc: 'All share groups.' },
  topic: { value: 'topic', repeated: true, doc: 'The topic, or some partitions of it (topic:0,1); may be repeated.' },
  'all-topics': { kind: 'flag', doc: 'All topics that the group has begun with.' },
  offsets: { kind: 'flag', doc: 'With --describe: offsets and lag, which is what is described without it.' },
  members: { kind: 'flag', doc: 'With --describe: the members.' },
  state: {
    kind: 'optional',
    value: 'states',
    doc: 'With --describe: the state. With --list: the states too, or only groups in these (Empty, Stable, Dead).',
  },
  verbose: { kind: 'flag', doc: 'With --describe: more of it.' },
  'to-earliest': { kind: 'flag', doc: 'To the first record.' },
  'to-latest': { kind: 'flag', doc: 'To the end.' },
  'to-datetime': { value: 'time', doc: 'To the first record that is not older: 2026-01-02T03:04:05.678.' },
  'dry-run': { kind: 'flag', doc: 'Only print the new offsets.' },
  execute: { kind: 'flag', doc: 'Store the new offsets.' },
  timeout: { value: 'ms', default: '30000', doc: 'How long an answer may take.' },
} as const

type Options = ParsedOptions<keyof typeof options>

const shareKind: GroupKind = {
  type: 'Share',
  states: ['Empty', 'Stable', 'Dead'],
  isNone: groupId => `Group '${groupId}' is not a share group.`,
  end: '',
}

export const shareGroups = defineScript({
  summary: 'List, describe and delete share groups; reset and delete their offsets.',
  options,
  run: (parsed, io) =>
    runGroupTool(shareKind, parsed, io, {
      describe,
      own: { 'reset-offsets': reset, 'delete-offsets': deleteOffsets },
      check: action => check(parsed, action),
    }),
})

const places = ['to-earliest', 'to-latest', 'to-datetime'] as const

function check(parsed: Options, action: string): void {
  if (action === 'delete' && parsed.has('topic'))
    throw usage('The consumer does not support topic-specific offset deletion from a share group.')
  if (action === 'delete-offsets' && !(parsed.has('topic') && parsed.has('group')))
    throw usage('Option [delete-offsets] takes the following options: [topic], [group]')
  if ((action === 'delete-offsets' || action === 'reset-offsets') && parsed.texts('group').length > 1)
    throw usage(
      `Option [${action}] supports only one [group] at a time, but found: ${parsed.texts('group').join(', ')}`,
    )
  if (action !== 'reset-offsets') return
  if (!parsed.has('group')) throw usage('Option [reset-offsets] takes the option: [group]')
  if (parsed.has('dry-run') === parsed.has('execute'))
    throw usage('Option [reset-offsets] takes exactly one of these options: [dry-run], [execute]')
  if (parsed.has('topic') === parsed.has('all-topics'))
    throw usage('Option [reset-offsets] takes exactly one of these options: [all-topics], [topic]')
  if (places.filter(name => parsed.has(name)).length !== 1)
    throw usage(
      `Option [reset-offsets] takes exactly one of these options: ${places.map(name => `[${name}]`).join(', ')}`,
    )
}

async function describe(admin: Admin, parsed: Options, io: CommandIo): Promise<number> {
  const groups = await admin.describeShareGroups(await meantGroups(shareKind, admin, parsed))
  const byName = groups.toSorted((one, other) => (one.groupId < other.groupId ? -1 : 1))
  const isVerbose = parsed.has('verbose')
  if (parsed.has('members')) await printShareMembers(byName, { io, isVerbose })
  else if (parsed.has('state')) await printShareStates(byName, { io, isVerbose })
  else await printShareOffsets(admin, byName, { io, isVerbose })
  return 0
}

async function reset(admin: Admin, parsed: Options, io: CommandIo): Promise<number> {
  const group = parsed.required('group')
  const [described] = await admin.describeShareGroups([group]).outcomes()
  const isMissing =
    described?.error instanceof ProtocolError && described.error.errorCode === errorCodes.GROUP_ID_NOT_FOUND
  if (described?.error !== undefined && !isMissing) throw described.error
  const state = described?.value?.groupState ?? 'Dead'
  if (state !== 'Empty' && state !== 'Dead') throw usage(`Share group '${group}' is not empty.`)
  const partitions = parsed.has('all-topics')
    ? ((await admin.listShareGroupOffsets([{ groupId: group }]))[0] ?? [])
    : await partitionsOf(admin, parsed.texts('topic'))
  const plan = await planReset(admin, {
    groupId: group,
    partitions,
    to: resetTo(parsed),
    warn: sentence => io.stdout.write(`\nWarn: ${sentence}\n`),
  })
  if (parsed.has('execute') && plan.length > 0) {
    const offsets = plan.map(({ topic, partition, offset }) => ({ topic, partition, startOffset: offset }))
    await admin.alterShareGroupOffsets(group, offsets)
  }
  await printNewOffsets(
    io,
    plan.map(offset => ({ group, offset })),
  )
  return 0
}

function resetTo(parsed: Options): ResetTo {
  if (parsed.has('to-earliest')) return { kind: 'earliest' }
  if (parsed.has('to-latest')) return { kind: 'latest' }
  const text = parsed.required('to-datetime')
  const timestamp = parseDateMs(text)
  if (timestamp === undefined) throw usage(`Invalid datetime '${text}': write 2026-01-02T03:04:05.678`)
  return { kind: 'time', timestamp }
}

async function deleteOffsets(admin: Admin, parsed: Options, io: CommandIo): Promise<number> {
  const topics = [...new Set(parsed.texts('topic'))].sort()
  const group = parsed.required('group')
  const outcomes = await admin.deleteShareGroupOffsets(group, topics).outcomes()
  const failures = outcomes.flatMap(({ error }) => error ?? [])
  const whole = failures.find(error => !isOfTopic(error))
  if (whole !== undefined) await printError(io, bareMessage(whole, group))
  const rows = outcomes.map(({ key, error }) => [
    key,
    error === undefined ? 'Successful' : `Error: ${bareMessage(error, isOfTopic(error) ? `${group}: ${key}` : group)}`,
  ])
  const widths = columnWidths([15, 0], rows)
  const lines = [['TOPIC', 'STATUS'], ...rows].map(row => `\n${formatColumns(widths, row)}`)
  await write(io.stdout, `${lines.join('')}\n`)
  return failures.length === 0 ? 0 : 1
}

/** Any other error is about the group. */
function isOfTopic(error: Error): boolean {
  return error instanceof ProtocolError && topicErrors.includes(error.errorCode)
}

const topicErrors: readonly number[] = [errorCodes.TOPIC_AUTHORIZATION_FAILED, errorCodes.UNKNOWN_TOPIC_OR_PARTITION]
