/** `kafka-streams-groups`: groups of Kafka Streams are listed, described and deleted (KIP-1071). */
import { DorsaleError } from '@dorsale/base'
import type { Admin } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { deleteGroupsOf, type GroupKind, listGroupsOf, meantGroups, printError } from './groups-of-type.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'
import { streamsMembersText, streamsOffsetsText, streamsStateText } from './streams-group-tables.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the streams groups.' },
  describe: {
    kind: 'flag',
    doc: 'Describe groups: what they have read and what is left (lag), or their members or state.',
  },
  delete: { kind: 'flag', doc: 'Delete groups without members, with their offsets. Their internal topics stay.' },
  group: { value: 'group', repeated: true, doc: 'The group; may be repeated.' },
  'all-groups': { kind: 'flag', doc: 'All streams groups.' },
  offsets: { kind: 'flag', doc: 'With --describe: offsets and lag, which is what is described without it.' },
  members: { kind: 'flag', doc: 'With --describe: the members and their tasks.' },
  state: {
    kind: 'optional',
    value: 'states',
    doc: 'With --describe: the state. With --list: the states too, or only groups in these (Empty, NotReady, Stable, Assigning, Reconciling, Dead).',
  },
  verbose: { kind: 'flag', doc: 'With --describe: more of it.' },
  timeout: { value: 'ms', default: '30000', doc: 'How long an answer may take.' },
} as const

type Options = ParsedOptions<keyof typeof options>

const streamsKind: GroupKind = {
  type: 'Streams',
  states: ['Empty', 'NotReady', 'Stable', 'Assigning', 'Reconciling', 'Dead'],
  isNone: groupId => `Group '${groupId}' does not exist or is not a streams group.`,
  end: '.',
}

const actions = ['list', 'describe', 'delete'] as const
type Action = (typeof actions)[number]

export const streamsGroups = defineScript({
  summary: 'List, describe and delete groups of Kafka Streams.',
  options,
  async run(parsed, io) {
    const [action, ...others] = actions.filter(name => parsed.has(name))
    if (action === undefined || others.length > 0)
      throw usage(`Command must include exactly one action: ${actions.map(name => `--${name}`).join(', ')}.`)
    check(parsed, action)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
      properties: [`default.api.timeout.ms=${parsed.integer('timeout')}`],
    })
    return withAdmin(io, settings, async admin => {
      try {
        return await run[action](admin, parsed, io)
      } catch (error) {
        if (!(error instanceof DorsaleError) || error.code === 'DORSALE_USAGE') throw error
        await printError(io, `Executing streams group command failed due to ${javaException(error)}`)
        // Kafka's tool ends with 0; a script that asks wants to hear of it.
        return 1
      }
    })
  },
})

/** Each answers the exit code. */
const run: Readonly<Record<Action, (admin: Admin, parsed: Options, io: CommandIo) => Promise<number>>> = {
  list: (...call) => listGroupsOf(streamsKind, ...call),
  describe,
  delete: (...call) => deleteGroupsOf(streamsKind, ...call),
}

function check(parsed: Options, action: Action): void {
  if (action !== 'list' && parsed.has('group') === parsed.has('all-groups'))
    throw usage(`Option [${action}] takes one of these options: [all-groups], [group]`)
  if (action !== 'describe') return
  const kinds = (['members', 'offsets', 'state'] as const).filter(name => parsed.has(name))
  if (kinds.length > 1)
    throw usage('Option [describe] takes at most one of these options: [members], [offsets], [state]')
  if (parsed.texts('state').length > 0) throw usage('Option [describe] does not take a value for [state]')
}

async function describe(admin: Admin, parsed: Options, io: CommandIo): Promise<number> {
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
