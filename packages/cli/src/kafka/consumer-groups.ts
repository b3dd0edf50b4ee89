/** `kafka-consumer-groups`: groups are listed, described and deleted, their offsets reset and deleted. */
import { DorsaleError } from '@dorsale/base'
import type { Admin } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { committedPartitions, partitionsOf, planReset } from '../groups/reset-plan.ts'
import { formatColumns } from '../output/columns.ts'
import { chosenName } from './actions.ts'
import { choices } from './choices.ts'
import { printMembers, printOffsets, printStates } from './consumer-group-tables.ts'
import { printDeletedOffsets } from './deleted-offsets.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { checkReset, type GroupPlan, printPlans, resetOptions, resetTo, warnTo } from './reset-options.ts'
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
  ...resetOptions,
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
    checkReset(parsed)
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
  const plans: GroupPlan[] = []
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
    const plan = await planReset(admin, { groupId: group, partitions, to, warn: warnTo(io) })
    if (isExecuted && plan.length > 0) await admin.alterConsumerGroupOffsets(group, plan)
    plans.push(...plan.map(offset => ({ group, offset })))
  }
  await printPlans(io, plans, { isExport: parsed.has('export'), hasGroups: groups.length > 1 })
}

async function deleteOffsets(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const group = parsed.required('group')
  const partitions = await partitionsOf(admin, parsed.texts('topic'))
  const outcomes = await admin.deleteConsumerGroupOffsets(group, partitions).outcomes()
  await printDeletedOffsets(io, group, outcomes)
}

async function groupIds(admin: Admin, parsed: Options): Promise<readonly string[]> {
  if (!parsed.has('all-groups')) return parsed.texts('group')
  return (await admin.listConsumerGroups()).map(({ groupId }) => groupId).sort()
}

function printError(io: CommandIo, sentence: string): Promise<void> {
  return write(io.stdout, `\nError: ${sentence}\n`)
}
