/** `kafka-streams-groups`: groups of Kafka Streams are listed, described and deleted (KIP-1071). */
import type { Admin } from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { type GroupKind, meantGroups, printError, runGroupTool } from './groups-of-type.ts'
import type { ParsedOptions } from './options.ts'
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

export const streamsGroups = defineScript({
  summary: 'List, describe and delete groups of Kafka Streams.',
  options,
  run: (parsed, io) => runGroupTool(streamsKind, parsed, io, { describe }),
})

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
