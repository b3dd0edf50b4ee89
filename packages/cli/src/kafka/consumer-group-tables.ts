/** The tables in which `kafka-consumer-groups --describe` prints groups. */
import type { Admin, ConsumerGroupDescription, MemberDescription, TopicPartition } from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { groupOffsets } from '../groups/group-offsets.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'

interface TableOptions {
  readonly io: CommandIo
  readonly isVerbose: boolean
}

type Groups = readonly ConsumerGroupDescription[]

export async function printOffsets(admin: Admin, groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const group of groups) {
    const offsets = await groupOffsets(admin, group)
    if (!sayState(group, io) || offsets.length === 0) continue
    const epochs = isVerbose ? ['LEADER-EPOCH'] : []
    const headers = [
      'GROUP',
      'TOPIC',
      'PARTITION',
      ...epochs,
      'CURRENT-OFFSET',
      'LOG-END-OFFSET',
      'LAG',
      'CONSUMER-ID',
      'HOST',
      'CLIENT-ID',
    ]
    const rows = offsets.map(each => [
      group.groupId,
      each.topic,
      String(each.partition),
      ...(isVerbose ? [orDash(each.leaderEpoch)] : []),
      orDash(each.currentOffset),
      orDash(each.logEndOffset),
      orDash(each.lag),
      orDash(each.member?.consumerId),
      orDash(each.member?.host),
      orDash(each.member?.clientId),
    ])
    const widths = columnWidths([15, 15, 10, ...(isVerbose ? [15] : []), 15, 15, 15, 15, 15, 0], rows)
    // Only names may make a column wider.
    widths.splice(2, isVerbose ? 5 : 4, 10, ...Array<number>(isVerbose ? 4 : 3).fill(15))
    await write(io.stdout, `${[headers, ...rows].map(row => `\n${formatColumns(widths, row)}`).join('')}\n`)
  }
}

export async function printMembers(groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const group of groups) {
    sayState(group, io)
    const isStatic = group.members.some(({ groupInstanceId }) => groupInstanceId !== undefined)
    const headers = [
      ...['GROUP', 'CONSUMER-ID', ...(isStatic ? ['GROUP-INSTANCE-ID'] : []), 'HOST', 'CLIENT-ID', '#PARTITIONS'],
      ...(isVerbose ? ['CURRENT-EPOCH', 'CURRENT-ASSIGNMENT', 'TARGET-EPOCH', 'TARGET-ASSIGNMENT'] : []),
    ]
    const rows = group.members.map(member => [
      group.groupId,
      member.consumerId,
      ...(isStatic ? [member.groupInstanceId ?? ''] : []),
      member.host,
      member.clientId,
      String(member.assignment.length),
      ...(isVerbose ? assignmentCells(member, group) : []),
    ])
    const minimal = [15, 15, ...(isStatic ? [17] : []), 15, 15, 15, ...(isVerbose ? [15, 20, 15, 20] : [])]
    const widths = columnWidths(minimal, rows)
    // Every cell is padded here.
    const end = isVerbose ? '' : ' '
    await write(io.stdout, `\n${[headers, ...rows].map(row => `${formatColumns(widths, row)}${end}\n`).join('')}`)
  }
}

function assignmentCells(member: MemberDescription, group: ConsumerGroupDescription): string[] {
  return [
    orDash(member.memberEpoch),
    assignmentText(member.assignment),
    member.targetAssignment === undefined ? '-' : orDash(group.targetAssignmentEpoch),
    member.targetAssignment === undefined ? '-' : assignmentText(member.targetAssignment),
  ]
}

/** `orders:0,1;payments:2` */
function assignmentText(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return '-'
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].sort(([one], [other]) => (one < other ? -1 : 1))
  return topics
    .map(
      ([topic, own]) =>
        `${topic}:${own
          .map(({ partition }) => partition)
          .sort((one, other) => one - other)
          .join(',')}`,
    )
    .join(';')
}

export async function printStates(groups: Groups, { io, isVerbose }: TableOptions): Promise<void> {
  for (const group of groups) {
    if (!sayState(group, io)) continue
    const { host, port, nodeId } = group.coordinator
    const epochs = isVerbose ? ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'] : []
    const headers = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', ...epochs, '#MEMBERS']
    const row = [
      group.groupId,
      `${host}:${port}  (${nodeId})`,
      group.partitionAssignor === '' ? '-' : group.partitionAssignor,
      group.groupState,
      ...(isVerbose ? [orDash(group.groupEpoch), orDash(group.targetAssignmentEpoch)] : []),
      String(group.members.length),
    ]
    const widths = columnWidths([15, 25, 20, 20, ...(isVerbose ? [15, 25] : []), 0], [row])
    await write(io.stdout, `\n${formatColumns(widths, headers)}\n${formatColumns(widths, row)}\n`)
  }
}

/** Says what is worth knowing of a group's state. False: there is nothing to print of it. */
function sayState({ groupId, groupState }: ConsumerGroupDescription, io: CommandIo): boolean {
  switch (groupState) {
    case 'Dead':
      io.stdout.write(`\nError: Consumer group '${groupId}' does not exist.\n`)
      return false
    case 'Empty':
      io.stderr.write(`\nConsumer group '${groupId}' has no active members.\n`)
      return true
    case 'PreparingRebalance':
    case 'CompletingRebalance':
    case 'Assigning':
    case 'Reconciling':
      io.stderr.write(`\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
      return true
    default:
      return true
  }
}

function orDash(cell: string | number | undefined): string {
  return cell === undefined ? '-' : String(cell)
}
