/** `kafka-consumer-groups`: groups are listed, described and deleted, their offsets reset and deleted. */
import { readFileSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import type { Admin } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { printNewOffsets } from '../groups/new-offsets.ts'
import {
  committedPartitions,
  type PlannedOffset,
  partitionsOf,
  planReset,
  type ResetTo,
  type Warn,
} from '../groups/reset-plan.ts'
import { parseDateMs, parseDurationMs } from '../moment.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'
import { chosenName } from './actions.ts'
import { bareMessage } from './bare-message.ts'
import { choices } from './choices.ts'
import { printMembers, printOffsets, printStates } from './consumer-group-tables.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the groups.' },
  describe: {
    kind: 'flag',
    doc: 'Describe groups: what they have read and what is left (lag), or their members or state.',
  },
  delete: { kind: 'flag', doc: 'Delete groups without members, with their offsets.' },
  'reset-offsets': { kind: 'flag', doc: 'Give groups without members other offsets, as one of the --to options says.' },
  'delete-offsets': { kind: 'flag', doc: 'Delete offsets of --topic.' },
  'validate-regex': {
    value: 'regex',
    doc: 'Say whether consumers may subscribe to this pattern (RE2). No cluster is asked.',
  },
  group: { value: 'group', repeated: true, doc: 'The group; may be repeated.' },
  'all-groups': { kind: 'flag', doc: 'All groups.' },
  topic: { value: 'topic', repeated: true, doc: 'The topic, or some partitions of it (topic:0,1); may be repeated.' },
  'all-topics': { kind: 'flag', doc: 'All topics that the group has offsets of.' },
  offsets: { kind: 'flag', doc: 'With --describe: offsets and lag, which is what is described without it.' },
  members: { kind: 'flag', doc: 'With --describe: the members.' },
  state: {
    kind: 'optional',
    value: 'states',
    doc: 'With --describe: the state. With --list: the states too, or only groups in these.',
  },
  type: {
    kind: 'optional',
    value: 'types',
    doc: 'With --list: the types too, or only groups of these (classic, consumer).',
  },
  verbose: { kind: 'flag', doc: 'With --describe: more of it.' },
  'to-earliest': { kind: 'flag', doc: 'To the first record.' },
  'to-latest': { kind: 'flag', doc: 'To the end.' },
  'to-current': { kind: 'flag', doc: 'To where the group is.' },
  'to-offset': { value: 'offset', doc: 'To an offset.' },
  'to-datetime': {
    value: 'time',
    doc: 'To the first record that is not older: 2026-01-02T03:04:05.678, in UTC unless it names another zone.',
  },
  'by-duration': { value: 'duration', doc: 'To the first record that is younger than this: PnDTnHnMnS.' },
  'shift-by': { value: 'count', doc: 'So many records further; back, when negative.' },
  'from-file': {
    value: 'file',
    doc: 'To what a file says: group,topic,partition,offset a line, as --export writes it.',
  },
  'dry-run': { kind: 'flag', doc: 'Only print the new offsets.' },
  execute: { kind: 'flag', doc: 'Store the new offsets.' },
  export: { kind: 'flag', doc: 'Print the new offsets for --from-file.' },
  timeout: { value: 'ms', default: '30000', doc: 'How long an answer may take.' },
} as const

type Options = ParsedOptions<keyof typeof options>

const actions = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets', 'validate-regex'] as const
type Action = (typeof actions)[number]

export const consumerGroups = defineScript({
  summary: 'List, describe and delete consumer groups; reset and delete their offsets.',
  options,
  async run(parsed, io) {
    const choose = `Command must include exactly one action: ${actions.map(name => `--${name}`).join(', ')}`
    const action = chosenName(parsed, actions, choose)
    if (action === 'validate-regex') {
      await validateRegex(parsed.required('validate-regex'), io)
      return 0
    }
    check(parsed, action)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
      properties: [`default.api.timeout.ms=${parsed.integer('timeout')}`],
    })
    return withAdmin(io, settings, async admin => {
      try {
        await run[action](admin, parsed, io)
      } catch (error) {
        if (!(error instanceof DorsaleError) || error.code === 'DORSALE_USAGE') throw error
        await printError(io, `Executing consumer group command failed due to ${javaException(error)}`)
        // Kafka's tool ends with 0; a script that asks wants to hear of it.
        return 1
      }
      return 0
    })
  },
})

/** By the engine that brokers match patterns of subscriptions with. */
async function validateRegex(pattern: string, io: CommandIo): Promise<void> {
  const { RE2JS, RE2JSSyntaxException } = await import('re2js')
  let verdict = 'valid'
  try {
    RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    verdict = `invalid: ${error.getDescription()}`
  }
  await write(io.stdout, `The regular expression \`${pattern}\` is ${verdict}.\n`)
}

const run: Readonly<
  Record<Exclude<Action, 'validate-regex'>, (admin: Admin, parsed: Options, io: CommandIo) => Promise<void>>
> = {
  list,
  describe,
  delete: remove,
  'reset-offsets': reset,
  'delete-offsets': deleteOffsets,
}

const resetOptions = [
  'to-earliest',
  'to-latest',
  'to-current',
  'to-offset',
  'to-datetime',
  'by-duration',
  'shift-by',
  'from-file',
] as const

function check(parsed: Options, action: Action): void {
  if (action !== 'list') {
    if (parsed.has('group') && parsed.has('all-groups'))
      throw usage('Option "[group]" can\'t be used with option "[all-groups]"')
    if (!parsed.has('group') && !parsed.has('all-groups'))
      throw usage(`Option [${action}] takes one of these options: [all-groups], [group]`)
  }
  if (action === 'describe') {
    const kinds = (['members', 'offsets', 'state'] as const).filter(name => parsed.has(name))
    if (kinds.length > 1)
      throw usage(`Option [describe] takes at most one of these options: [members], [offsets], [state]`)
    if (parsed.texts('state').length > 0) throw usage('Option [describe] does not take a value for [state]')
  }
  if (action === 'delete-offsets' && !parsed.has('topic'))
    throw usage('Option [delete-offsets] takes the following options: [topic], [group]')
  if (action === 'reset-offsets') {
    if (parsed.has('dry-run') && parsed.has('execute'))
      throw usage('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
    const given = resetOptions.filter(name => parsed.has(name))
    if (given.length !== 1)
      throw usage(
        `Option [reset-offsets] takes exactly one of these options: ${resetOptions.map(name => `[${name}]`).join(', ')}`,
      )
    if (!parsed.has('topic') && !parsed.has('all-topics') && !parsed.has('from-file'))
      throw usage('One of the reset scopes should be defined: --all-topics, --topic.')
  }
}

async function list(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const states = choices(parsed.text('state'), 'state', groupStates)
  const types = choices(parsed.text('type'), 'types', groupTypes)
  const groups = await admin.listConsumerGroups({
    ...(states.length === 0 ? {} : { groupStates: states }),
    ...(types.length === 0 ? {} : { types }),
  })
  if (!parsed.has('state') && !parsed.has('type'))
    return write(io.stdout, groups.map(({ groupId }) => `${groupId}\n`).join(''))
  const width = Math.max(15, ...groups.map(({ groupId }) => groupId.length)) + 10
  const line = (group: string, type: string, state: string) => {
    const cells = [group, ...(parsed.has('type') ? [type] : []), ...(parsed.has('state') ? [state] : [])]
    return `${formatColumns([width, 20, 20], cells)}\n`
  }
  const rows = groups.map(({ groupId, type = 'Unknown', groupState = 'Unknown' }) => line(groupId, type, groupState))
  await write(io.stdout, [line('GROUP', 'TYPE', 'STATE'), ...rows].join(''))
}

const groupStates = [
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
  'Empty',
  'Assigning',
  'Reconciling',
] as const
const groupTypes = ['Classic', 'Consumer'] as const

async function describe(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const groups = await admin.describeConsumerGroups(await groupIds(admin, parsed))
  const byName = groups.toSorted((one, other) => (one.groupId < other.groupId ? -1 : 1))
  const isVerbose = parsed.has('verbose')
  if (parsed.has('members')) await printMembers(byName, { io, isVerbose })
  else if (parsed.has('state')) await printStates(byName, { io, isVerbose })
  else await printOffsets(admin, byName, { io, isVerbose })
}

async function remove(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const outcomes = await admin.deleteConsumerGroups(await groupIds(admin, parsed)).outcomes()
  const failed = outcomes.filter(({ error }) => error !== undefined)
  const names = outcomes.filter(({ error }) => error === undefined).map(({ key }) => `'${key}'`)
  if (failed.length === 0)
    return write(io.stdout, `Deletion of requested consumer groups (${names.join(', ')}) was successful.\n`)
  await printError(io, 'Deletion of some consumer groups failed:')
  for (const { key, error } of failed) {
    if (error !== undefined)
      await write(io.stdout, `* Group '${key}' could not be deleted due to: ${javaException(error, key)}\n`)
  }
  if (names.length > 0)
    await write(io.stdout, `\nThese consumer groups were deleted successfully: ${names.join(', ')}\n`)
}

async function reset(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const isExecuted = parsed.has('execute')
  if (!isExecuted && !parsed.has('dry-run'))
    io.stderr.write(
      'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified.\n',
    )
  const plans: { group: string; offset: PlannedOffset }[] = []
  const groups = await groupIds(admin, parsed)
  for (const { key: group, value, error } of await admin.describeConsumerGroups(groups).outcomes()) {
    const isMissing = error instanceof ProtocolError && error.errorCode === errorCodes.GROUP_ID_NOT_FOUND
    if (error !== undefined && !isMissing) throw error
    const state = value?.groupState ?? 'Dead'
    if (state !== 'Empty' && state !== 'Dead') {
      await printError(
        io,
        `Assignments can only be reset if the group '${group}' is inactive, but the current state is ${state}.`,
      )
      continue
    }
    const partitions = parsed.has('all-topics')
      ? await committedPartitions(admin, group)
      : await partitionsOf(admin, parsed.texts('topic'))
    const to = resetTo(parsed, group, io)
    const warn: Warn = (sentence, about) => {
      if (about === 'time') io.stdout.write(`\nWarn: ${sentence}\n`)
      else io.stderr.write(`WARN ${sentence}\n`)
    }
    const plan = await planReset(admin, { groupId: group, partitions, to, warn })
    if (isExecuted && plan.length > 0) await admin.alterConsumerGroupOffsets(group, plan)
    plans.push(...plan.map(offset => ({ group, offset })))
  }
  if (!parsed.has('export')) return printNewOffsets(io, plans)
  const hasGroups = groups.length > 1
  const lines = plans.map(({ group, offset }) => {
    const { topic, partition } = offset
    return `${hasGroups ? `${group},` : ''}${topic},${partition},${offset.offset}\n`
  })
  await write(io.stdout, `${lines.join('')}\n`)
}

function resetTo(parsed: Options, group: string, io: CommandIo): ResetTo {
  if (parsed.has('to-earliest')) return { kind: 'earliest' }
  if (parsed.has('to-latest')) return { kind: 'latest' }
  if (parsed.has('to-current')) return { kind: 'current' }
  const by = parsed.integer('shift-by')
  if (by !== undefined) return { kind: 'shift', by }
  const offset = parsed.integer('to-offset')
  if (offset !== undefined) return { kind: 'offset', offset }
  const file = parsed.text('from-file')
  if (file !== undefined) return { kind: 'plan', offsets: readPlan(file, group) }
  const duration = parsed.text('by-duration')
  if (duration !== undefined) return { kind: 'time', timestamp: io.world.clock.now() - parseDurationMs(duration) }
  const text = parsed.required('to-datetime')
  const timestamp = parseDateMs(text)
  if (timestamp === undefined) throw usage(`Invalid datetime '${text}': write 2026-01-02T03:04:05.678`)
  return { kind: 'time', timestamp }
}

/** `topic,partition,offset` a line, or `group,topic,partition,offset`. */
function readPlan(file: string, group: string): PlannedOffset[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new DorsaleError('DORSALE_USAGE', `cannot read ${file}: ${code}`, { cause: error })
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const cells = line.trim().split(',')
    const [topic, partition, offset] = cells.length === 4 ? cells.slice(1) : cells
    if (topic === undefined || !/^\d+$/.test(partition ?? '') || !/^\d+$/.test(offset ?? ''))
      throw usage(`${file}, line ${index + 1}: "${line}" is no topic,partition,offset`)
    return cells.length === 4 && cells[0] !== group
      ? []
      : [{ topic, partition: Number(partition), offset: Number(offset) }]
  })
}

async function deleteOffsets(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const group = parsed.required('group')
  const partitions = await partitionsOf(admin, parsed.texts('topic'))
  const outcomes = await admin.deleteConsumerGroupOffsets(group, partitions).outcomes()
  const failures = outcomes.flatMap(({ error }) => error ?? [])
  const whole = failures.find(error => !(error instanceof ProtocolError && partitionErrors.includes(error.errorCode)))
  if (whole !== undefined) await printError(io, bareMessage(whole))
  else if (failures.length > 0)
    await printError(io, 'Encountered some partition-level error, see the follow-up details.')
  else await write(io.stdout, `Request succeeded for deleting offsets from group ${group}.\n`)
  const rows = outcomes.map(({ key, error }) => [
    key.topic,
    String(key.partition),
    error === undefined ? 'Successful'.padEnd(statusWidth) : `Error: ${javaException(error)}`,
  ])
  const all = [['TOPIC', 'PARTITION', 'STATUS'.padEnd(statusWidth)], ...rows]
  const widths = columnWidths([15, 10], all)
  await write(io.stdout, `${all.map(row => `\n${formatColumns(widths, row)}`).join('')}\n`)
}

const statusWidth = 15

/** Errors about a partition; any other is about the group. */
const partitionErrors: readonly number[] = [
  errorCodes.GROUP_SUBSCRIBED_TO_TOPIC,
  errorCodes.TOPIC_AUTHORIZATION_FAILED,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
]

async function groupIds(admin: Admin, parsed: Options): Promise<readonly string[]> {
  if (!parsed.has('all-groups')) return parsed.texts('group')
  return (await admin.listConsumerGroups()).map(({ groupId }) => groupId).sort()
}

function printError(io: CommandIo, sentence: string): Promise<void> {
  return write(io.stdout, `\nError: ${sentence}\n`)
}
