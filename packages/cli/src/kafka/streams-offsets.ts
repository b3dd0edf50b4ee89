/** `kafka-streams-groups --reset-offsets` and `--delete-offsets`. */
import { DorsaleError } from '@dorsale/base'
import type { Admin, Outcome, StreamsGroupDescription, TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { CommandIo } from '../command-io.ts'
import { keyOf, sorted } from '../groups/group-offsets.ts'
import { checkPartitions, committedPartitions, parsePartitions, partitionsOf, planReset } from '../groups/reset-plan.ts'
import { bareMessage } from './bare-message.ts'
import { printDeletedOffsets } from './deleted-offsets.ts'
import { printError } from './groups-of-type.ts'
import { javaException } from './java-exception.ts'
import type { ParsedOptions } from './options.ts'
import { type GroupPlan, printPlans, type resetOptions, resetTo, warnTo } from './reset-options.ts'
import { deleteTopicsOf, internalTopicsOf } from './streams-internal-topics.ts'

type Given = ParsedOptions<
  | keyof typeof resetOptions
  | 'group'
  | 'all-groups'
  | 'input-topic'
  | 'all-input-topics'
  | 'delete-internal-topic'
  | 'delete-all-internal-topics'
>

/** Gives groups without members other offsets, and prints these. Answers the exit code. */
export async function resetStreamsOffsets(
  admin: Admin,
  groups: readonly string[],
  parsed: Given,
  io: CommandIo,
): Promise<number> {
  const isExecuted = parsed.has('execute')
  const plans: GroupPlan[] = []
  let isWhole = true
  for (const { key: groupId, value: group, error } of await admin.describeStreamsGroups(groups).outcomes()) {
    // A group that is not there begins where it is told to, all the same.
    const isMissing = error instanceof ProtocolError && error.errorCode === errorCodes.GROUP_ID_NOT_FOUND
    if (error !== undefined && !isMissing) throw error
    if (error !== undefined && parsed.has('all-input-topics')) {
      const cause = `java.util.concurrent.ExecutionException: ${javaException(error, groupId)}`
      await printError(io, `Executing streams group command failed due to ${cause}`)
      return 1
    }
    const state = group?.groupState ?? 'Dead'
    if (state !== 'Empty' && state !== 'Dead') {
      await printError(
        io,
        `Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`,
      )
      isWhole = false
      continue
    }
    const partitions = await partitionsToReset(admin, { groupId, group }, parsed, io)
    if (partitions === undefined) isWhole = false
    const to = resetTo(parsed, groupId, io)
    const plan = await planReset(admin, { groupId, partitions: partitions ?? [], to, warn: warnTo(io) })
    if (isExecuted && plan.length > 0) await admin.alterStreamsGroupOffsets(groupId, plan)
    plans.push(...plan.map(offset => ({ group: groupId, offset })))
    if (!isExecuted || group === undefined) continue
    const topics = parsed.has('delete-all-internal-topics')
      ? ((await internalTopicsOf(admin, [groupId], io)).get(groupId) ?? [])
      : parsed.texts('delete-internal-topic')
    if (!(await deleteTopicsOf(admin, { groupId, topics }, io))) isWhole = false
  }
  await printPlans(io, plans, { isExport: parsed.has('export'), hasGroups: groups.length > 1 })
  return isWhole ? 0 : 1
}

/** Deletes offsets of one group, and says what became of each. Answers the exit code. */
export async function deleteStreamsOffsets(admin: Admin, parsed: Given, io: CommandIo): Promise<number> {
  const groupId = parsed.required('group')
  const unknown: Outcome<TopicPartition, void>[] = []
  let partitions: TopicPartition[]
  if (parsed.has('all-input-topics')) {
    const [group] = await admin.describeStreamsGroups([groupId])
    partitions = await committedOf(admin, groupId, [...inputTopicsOf(group), ...repartitionTopicsOf(group)])
  } else {
    const words = parsed.texts('input-topic')
    const topics = words.filter(word => !word.includes(':'))
    const described = topics.length === 0 ? [] : await admin.describeTopics(topics).outcomes()
    partitions = words.filter(word => word.includes(':')).flatMap(parsePartitions)
    for (const { key: topic, value, error } of described) {
      // A topic that is not there has no partitions that could be named.
      if (error !== undefined) unknown.push({ key: { topic: String(topic), partition: -1 }, value: undefined, error })
      else partitions.push(...value.partitions.map(({ index }) => ({ topic: value.name, partition: index })))
    }
  }
  const outcomes = await admin.deleteStreamsGroupOffsets(groupId, sorted(partitions)).outcomes()
  return (await printDeletedOffsets(io, groupId, [...outcomes, ...unknown])) ? 0 : 1
}

/** Undefined, after an error that says so, when topics were named that the group has no offsets of. */
async function partitionsToReset(
  admin: Admin,
  { groupId, group }: { groupId: string; group: StreamsGroupDescription | undefined },
  parsed: Given,
  io: CommandIo,
): Promise<TopicPartition[] | undefined> {
  if (parsed.has('all-input-topics')) return committedOf(admin, groupId, inputTopicsOf(group))
  const wanted = await namedPartitions(admin, parsed.texts('input-topic'))
  if (wanted.length > 0) await checkPartitions(admin, wanted)
  const known = new Set((await committedPartitions(admin, groupId)).map(keyOf))
  if (wanted.every(each => known.has(keyOf(each)))) return wanted
  await printError(io, `One or more topics are not part of the group '${groupId}'.`)
  return undefined
}

/** A topic that is not there is told as Kafka's tool does here: without the name of the error. */
async function namedPartitions(admin: Admin, words: readonly string[]): Promise<TopicPartition[]> {
  try {
    return await partitionsOf(admin, words)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new DorsaleError('DORSALE_PARTITIONS', bareMessage(error), { cause: error })
  }
}

async function committedOf(admin: Admin, groupId: string, topics: readonly string[]): Promise<TopicPartition[]> {
  const committed = await committedPartitions(admin, groupId)
  return committed.filter(({ topic }) => topics.includes(topic))
}

function inputTopicsOf(group: StreamsGroupDescription | undefined): string[] {
  return (group?.subtopologies ?? []).flatMap(({ sourceTopics }) => sourceTopics)
}

function repartitionTopicsOf(group: StreamsGroupDescription | undefined): string[] {
  return (group?.subtopologies ?? []).flatMap(({ repartitionSourceTopics }) =>
    repartitionSourceTopics.map(({ name }) => name),
  )
}
