/** What the tools for share groups and for streams groups have in common: how they are called, the list of groups, and their end. */
import { DorsaleError } from '@dorsale/base'
import type { Admin, GroupListing, GroupState } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'
import { chosenName } from './actions.ts'
import { choices } from './choices.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'

/** Groups of one type, and how their tool speaks of them. */
export interface GroupKind {
  readonly type: 'Share' | 'Streams'
  /** States that such a group may be in. */
  readonly states: readonly GroupState[]
  /** Says that a group is none of these. */
  readonly isNone: (groupId: string) => string
  /** What stands behind the names of groups that were deleted while others were not. */
  readonly end: '' | '.'
}

type Given = ParsedOptions<
  | 'bootstrap-server'
  | 'command-config'
  | 'list'
  | 'describe'
  | 'delete'
  | 'state'
  | 'members'
  | 'offsets'
  | 'group'
  | 'all-groups'
  | 'timeout'
>

/** What one of these tools does by a flag of its own. Answers the exit code. */
export type GroupAction<Parsed> = (admin: Admin, parsed: Parsed, io: CommandIo) => Promise<number>

/** Runs the action that was asked for: one of those that both tools have, or one of `own`. `check` throws what does not fit together, beside what never does. */
export async function runGroupTool<Parsed extends Given>(
  kind: GroupKind,
  parsed: Parsed,
  io: CommandIo,
  {
    describe,
    own = {},
    check,
  }: {
    describe: GroupAction<Parsed>
    own?: Readonly<Record<string, GroupAction<Parsed>>>
    check?: (action: string) => void
  },
): Promise<number> {
  const actions: Readonly<Record<string, GroupAction<Parsed>>> = {
    list: (...call) => listGroupsOf(kind, ...call),
    describe,
    delete: (...call) => deleteGroupsOf(kind, ...call),
    ...own,
  }
  const names = Object.keys(actions)
  const choose = `Command must include exactly one action: ${names.map(each => `--${each}`).join(', ')}.`
  const name = chosenName(parsed as { has(name: string): boolean }, names, choose)
  const action = actions[name] as GroupAction<Parsed>
  checkGroups(parsed, name)
  check?.(name)
  const settings = clusterSettings(io, {
    bootstrapServer: parsed.text('bootstrap-server'),
    configFile: parsed.text('command-config'),
    properties: [`default.api.timeout.ms=${parsed.integer('timeout')}`],
  })
  return withAdmin(io, settings, async admin => {
    try {
      return await action(admin, parsed, io)
    } catch (error) {
      if (!(error instanceof DorsaleError) || error.code === 'DORSALE_USAGE') throw error
      await printError(io, `Executing ${kind.type.toLowerCase()} group command failed due to ${javaException(error)}`)
      // Kafka's tools end with 0; a script that asks wants to hear of it.
      return 1
    }
  })
}

function checkGroups(parsed: Given, action: string): void {
  if ((action === 'describe' || action === 'delete') && parsed.has('group') === parsed.has('all-groups'))
    throw usage(`Option [${action}] takes one of these options: [all-groups], [group]`)
  if (action !== 'describe') return
  const kinds = (['members', 'offsets', 'state'] as const).filter(name => parsed.has(name))
  if (kinds.length > 1)
    throw usage('Option [describe] takes at most one of these options: [members], [offsets], [state]')
  if (parsed.texts('state').length > 0) throw usage('Option [describe] does not take a value for [state]')
}

/** Prints the names of the groups; with `--state` their states as well, of all or of those in the states that it names. */
async function listGroupsOf(kind: GroupKind, admin: Admin, parsed: Given, io: CommandIo): Promise<number> {
  const states = choices(parsed.text('state'), 'state', kind.states)
  const groups = await groupsOf(kind, admin, states)
  if (!parsed.has('state')) await write(io.stdout, groups.map(({ groupId }) => `${groupId}\n`).join(''))
  else {
    const rows = groups.map(({ groupId, groupState = 'Unknown' }) => [groupId, groupState])
    const widths = columnWidths([15, 0], rows)
    await write(io.stdout, [['GROUP', 'STATE'], ...rows].map(row => `${formatColumns(widths, row)}\n`).join(''))
  }
  return 0
}

/** The groups that are meant: those that are named, or all. */
export async function meantGroups(kind: GroupKind, admin: Admin, parsed: Given): Promise<readonly string[]> {
  if (!parsed.has('all-groups')) return [...new Set(parsed.texts('group'))]
  return (await groupsOf(kind, admin)).map(({ groupId }) => groupId)
}

/** What goes along with the deletion of groups. */
export interface AroundDeletion {
  /** With the groups that can be deleted. */
  before(groupIds: readonly string[]): Promise<void>
  /** With those that are, before that is said. */
  deleted(groupIds: readonly string[]): Promise<void>
  /** When it is said. Answers whether all went well. */
  after(): Promise<boolean>
}

/** Deletes the groups that are meant, and says what became of each. Answers the exit code. */
export async function deleteGroupsOf(
  kind: GroupKind,
  admin: Admin,
  parsed: Given,
  io: CommandIo,
  around?: AroundDeletion,
): Promise<number> {
  const { type } = kind
  const listed = new Map((await groupsOf(kind, admin)).map(group => [group.groupId, group]))
  const wanted = parsed.has('all-groups') ? [...listed.keys()] : [...new Set(parsed.texts('group'))]
  const failures = new Map<string, string>()
  for (const groupId of wanted) {
    const why = whyNotDeletable(kind, groupId, listed.get(groupId))
    if (why !== undefined) failures.set(groupId, `java.lang.IllegalArgumentException: ${why}`)
  }
  const remove = type === 'Share' ? admin.deleteShareGroups : admin.deleteStreamsGroups
  const deletable = wanted.filter(groupId => !failures.has(groupId))
  if (deletable.length > 0) await around?.before(deletable)
  const outcomes = await remove(deletable).outcomes()
  for (const { key, error } of outcomes) if (error !== undefined) failures.set(key, javaException(error, key))
  const gone = outcomes.flatMap(({ key, error }) => (error === undefined ? key : []))
  await around?.deleted(gone)
  const deleted = gone.map(groupId => `'${groupId}'`).join(', ')
  const groups = `${type.toLowerCase()} groups`
  if (failures.size === 0) {
    await write(io.stdout, `Deletion of requested ${groups} (${deleted}) was successful.\n`)
    return around === undefined || (await around.after()) ? 0 : 1
  }
  const lines = [...failures].map(([groupId, why]) => `* Group '${groupId}' could not be deleted due to: ${why}\n`)
  await printError(io, `Deletion of some ${groups} failed:`)
  await write(io.stdout, lines.join(''))
  if (deleted !== '') await write(io.stdout, `\nThese ${groups} were deleted successfully: ${deleted}${kind.end}\n`)
  await around?.after()
  return 1
}

/** As the tools say on standard output that something has failed. */
export function printError(io: CommandIo, sentence: string): Promise<void> {
  return write(io.stdout, `\nError: ${sentence}\n`)
}

function whyNotDeletable(kind: GroupKind, groupId: string, group: GroupListing | undefined): string | undefined {
  if (group === undefined) return kind.isNone(groupId)
  if (group.groupState === 'Dead') return `${kind.type} group '${groupId}' group state is DEAD.`
  return group.groupState === 'Empty' ? undefined : `${kind.type} group '${groupId}' is not EMPTY.`
}

async function groupsOf(
  { type }: GroupKind,
  admin: Admin,
  states: readonly GroupState[] = [],
): Promise<readonly GroupListing[]> {
  return admin.listGroups({ types: [type], ...(states.length === 0 ? {} : { groupStates: states }) })
}
