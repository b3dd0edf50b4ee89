/** The tables in which `kafka-streams-groups --describe` prints a group. */
import {
  type Admin,
  offsetPlaces,
  type StreamsAssignment,
  type StreamsGroupDescription,
  type StreamsTasks,
  type TopicPartition,
} from '@dorsale/client'
import { keyOf, sorted } from '../groups/group-offsets.ts'
import { columnWidths, formatColumns } from '../output/columns.ts'

interface TableOptions {
  readonly isVerbose: boolean
}

/** What is asked of the cluster beside the description of the group. */
export type OffsetsAdmin = Pick<Admin, 'listOffsets' | 'listStreamsGroupOffsets'>

/** The members with their tasks; empty when there are none. */
export function streamsMembersText(group: StreamsGroupDescription, { isVerbose }: TableOptions): string {
  if (group.groupState === 'Dead' || group.members.length === 0) return ''
  const epochs = isVerbose ? ['TARGET-ASSIGNMENT-EPOCH', 'TOPOLOGY-EPOCH'] : []
  const protocol = isVerbose ? ['MEMBER-PROTOCOL', 'MEMBER-EPOCH'] : []
  const headers = ['GROUP', ...epochs, 'MEMBER', ...protocol, 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS']
  const rows = group.members.map(member => [
    group.groupId,
    ...(isVerbose ? [String(group.targetAssignmentEpoch), String(group.topologyEpoch)] : []),
    member.memberId,
    ...(isVerbose ? [member.isClassic ? 'classic' : 'streams', String(member.memberEpoch)] : []),
    member.processId,
    member.clientId,
    assignmentText(member.assignment, isVerbose ? member.targetAssignment : undefined),
  ])
  if (!isVerbose) return tableText(headers, rows, [15, 15, 15, 15, 0])
  const widths = columnWidths([15, 25, 15, 15, 15, 15, 15, 15, 0], rows)
  // Only names make a column wider; and no blank stands before MEMBER, as Kafka's tool prints it.
  for (const [column, width] of [25, 15].entries()) widths[column + 1] = width
  for (const [column, width] of [15, 15].entries()) widths[column + 4] = width
  return [headers, ...rows]
    .map(row => `${formatColumns(widths, row.slice(0, 3))}${formatColumns(widths.slice(3), row.slice(3))}\n`)
    .join('')
}

export function streamsStateText(group: StreamsGroupDescription, { isVerbose }: TableOptions): string {
  const { host, port, nodeId } = group.coordinator
  const headers = ['GROUP', 'COORDINATOR (ID)', 'STATE']
  const row = [group.groupId, `${host}:${port} (${nodeId})`, group.groupState]
  if (isVerbose) {
    headers.push('GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH')
    row.push(String(group.groupEpoch), String(group.targetAssignmentEpoch))
  }
  headers.push('#MEMBERS')
  row.push(String(group.members.length))
  return tableText(headers, [row], [15, 25, 25, ...(isVerbose ? [15, 25] : []), 0])
}

/** How far the members have come in the topics that their active tasks read; empty when there are no members. */
export async function streamsOffsetsText(
  admin: OffsetsAdmin,
  group: StreamsGroupDescription,
  { isVerbose }: TableOptions,
): Promise<string> {
  const { groupId } = group
  const partitions = readPartitions(group)
  const at = (timestamp: number) =>
    admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, timestamp })))
  const [begins, ends, [committed = []]] = await Promise.all([
    at(offsetPlaces.earliest),
    at(offsetPlaces.latest),
    admin.listStreamsGroupOffsets([{ groupId }]),
  ])
  if (group.groupState === 'Dead' || group.members.length === 0) return ''
  const committedAt = new Map(committed.map(each => [keyOf(each), each]))
  const rows = partitions.map((each, index) => {
    const mine = committedAt.get(keyOf(each))
    const end = ends[index]?.offset ?? 0
    // What has never been committed begins at the beginning.
    const lag = end - (mine?.offset ?? begins[index]?.offset ?? 0)
    const place = [groupId, each.topic, String(each.partition)]
    if (!isVerbose) return [...place, String(lag)]
    return [...place, orDash(mine?.offset), orDash(mine?.leaderEpoch), String(end), String(lag)]
  })
  const headers = ['GROUP', 'TOPIC', 'PARTITION']
  return isVerbose
    ? tableText(
        [...headers, 'CURRENT-OFFSET', 'LEADER-EPOCH', 'LOG-END-OFFSET', 'OFFSET-LAG'],
        rows,
        [15, 15, 10, 15, 15, 15, 15],
      )
    : tableText([...headers, 'OFFSET-LAG'], rows, [15, 15, 10, 0])
}

/** The partitions that active tasks read: of the sources of their part of the topology, repartitioned ones too. */
function readPartitions({ members, subtopologies }: StreamsGroupDescription): TopicPartition[] {
  const topicsOf = new Map(
    subtopologies.map(({ subtopologyId, sourceTopics, repartitionSourceTopics }) => [
      subtopologyId,
      [...sourceTopics, ...repartitionSourceTopics.map(({ name }) => name)],
    ]),
  )
  const found = new Map<string, TopicPartition>()
  for (const { subtopologyId, partitions } of members.flatMap(({ assignment }) => assignment.activeTasks)) {
    for (const topic of topicsOf.get(subtopologyId) ?? []) {
      for (const partition of partitions) found.set(keyOf({ topic, partition }), { topic, partition })
    }
  }
  return sorted([...found.values()])
}

/** `ACTIVE:0:[0,1];1:[0];STANDBY:...` */
function assignmentText(now: StreamsAssignment, target: StreamsAssignment | undefined): string {
  const text = (assignment: StreamsAssignment, prefix: string) =>
    tasksText(`${prefix}ACTIVE`, assignment.activeTasks) +
    tasksText(`${prefix}STANDBY`, assignment.standbyTasks) +
    tasksText(`${prefix}WARMUP`, assignment.warmupTasks)
  return text(now, '') + (target === undefined ? '' : text(target, 'TARGET-'))
}

function tasksText(kind: string, tasks: readonly StreamsTasks[]): string {
  if (tasks.length === 0) return ''
  return `${kind}:${tasks.map(({ subtopologyId, partitions }) => `${subtopologyId}:[${partitions.join(',')}];`).join('')}`
}

function tableText(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  minimal: readonly number[],
): string {
  const widths = columnWidths(minimal, rows)
  return [headers, ...rows].map(row => `${formatColumns(widths, row)}\n`).join('')
}

function orDash(value: number | undefined): string {
  return value === undefined ? '-' : String(value)
}
