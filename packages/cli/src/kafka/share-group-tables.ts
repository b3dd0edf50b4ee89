/** The tables in which `kafka-share-groups --describe` prints groups. */
import type { Admin, ShareGroupDescription, TopicPartition } from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { sorted } from '../groups/group-offsets.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'

interface TableOptions {
  readonly io: CommandIo
  readonly isVerbose: boolean
}

type Groups = readonly ShareGroupDescription[]

/** Where groups begin in their partitions, and what is not settled behind that. */
export async function printShareOffsets(admin: Admin, groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const { groupId } of groups) {
    const [offsets = []] = await admin.listShareGroupOffsets([{ groupId }])
    if (offsets.length === 0) {
      await write(io.stdout, `\nShare group '${groupId}' has no offset information.\n`)
      continue
    }
    const headers = ['GROUP', 'TOPIC', 'PARTITION', ...(isVerbose ? ['LEADER-EPOCH'] : []), 'START-OFFSET', 'LAG']
    const rows = sorted(offsets).map(({ topic, partition, leaderEpoch, startOffset, lag }) => [
      groupId,
      topic,
      String(partition),
      ...(isVerbose ? [orDash(leaderEpoch)] : []),
      orDash(startOffset),
      orDash(lag),
    ])
    await printTable(io, { headers, rows, minimal: [15, 15, 10, ...(isVerbose ? [13] : []), 13, 0] })
  }
}

export async function printShareMembers(groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const group of groups) {
    if (!sayShareState(group, io) || group.members.length === 0) continue
    const epoch = isVerbose ? ['MEMBER-EPOCH'] : []
    const headers = ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS', ...epoch, 'ASSIGNMENT']
    const members = group.members.toSorted((one, other) => (one.consumerId < other.consumerId ? -1 : 1))
    const rows = members.map(member => [
      group.groupId,
      member.consumerId,
      member.host,
      member.clientId,
      String(member.assignment.length),
      ...(isVerbose ? [String(member.memberEpoch)] : []),
      assignmentText(member.assignment),
    ])
    await printTable(io, { headers, rows, minimal: [15, 15, 15, 15, 12, ...(isVerbose ? [13] : []), 0] })
  }
}

export async function printShareStates(groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const group of groups) {
    sayShareState(group, io)
    const { host, port, nodeId } = group.coordinator
    const epochs = isVerbose ? ['GROUP-EPOCH', 'ASSIGNMENT-EPOCH'] : []
    const headers = ['GROUP', 'COORDINATOR (ID)', 'STATE', ...epochs, '#MEMBERS']
    const row = [
      group.groupId,
      `${host}:${port}  (${nodeId})`,
      group.groupState,
      ...(isVerbose ? [String(group.groupEpoch), String(group.targetAssignmentEpoch)] : []),
      String(group.members.length),
    ]
    await printTable(io, { headers, rows: [row], minimal: [15, 25, 15, ...(isVerbose ? [12, 17] : []), 0] })
  }
}

/** Says what is worth knowing of a group's state. False: the group is not there. */
function sayShareState({ groupId, groupState }: ShareGroupDescription, io: CommandIo): boolean {
  if (groupState === 'Dead') io.stdout.write(`\nError: Share group '${groupId}' does not exist.\n`)
  if (groupState === 'Empty') io.stderr.write(`\nShare group '${groupId}' has no active members.\n`)
  return groupState !== 'Dead'
}

/** `orders:0,1;payments:2` */
function assignmentText(partitions: readonly TopicPartition[]): string {
  return [...Map.groupBy(partitions, ({ topic }) => topic)]
    .map(([topic, own]) => {
      const indexes = own.map(({ partition }) => partition).sort((one, other) => one - other)
      return `${topic}:${indexes.join(',')}`
    })
    .sort()
    .join(';')
}

async function printTable(
  io: CommandIo,
  table: { headers: readonly string[]; rows: readonly (readonly string[])[]; minimal: readonly number[] },
): Promise<void> {
  const widths = columnWidths(table.minimal, table.rows)
  const lines = [table.headers, ...table.rows].map(row => `\n${formatColumns(widths, row)}`)
  await write(io.stdout, `${lines.join('')}\n`)
}

function orDash(value: number | undefined): string {
  return value === undefined ? '-' : String(value)
}
