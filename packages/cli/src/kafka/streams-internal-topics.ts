/** The topics that a topology of Kafka Streams has made for itself: they may go with the group, or when it begins elsewhere. */
import type { Admin } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { type CommandIo, write } from '../command-io.ts'
import { printError } from './groups-of-type.ts'
import { javaException } from './java-exception.ts'

/** Of each group, its repartition topics and changelogs. Those that are not called as Kafka Streams calls such topics are somebody else's: they are named, and left out. */
export async function internalTopicsOf(
  admin: Admin,
  groupIds: readonly string[],
  io: CommandIo,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const { groupId, subtopologies } of await admin.describeStreamsGroups(groupIds)) {
    const sources = subtopologies.flatMap(({ sourceTopics }) => sourceTopics)
    const made = subtopologies
      .flatMap(each => [...each.repartitionSourceTopics, ...each.stateChangelogTopics])
      .map(({ name }) => name)
      .filter(name => !sources.includes(name))
    const topics: string[] = []
    for (const topic of made) {
      if (isCalledInternal(groupId, topic)) topics.push(topic)
      else
        await printError(
          io,
          `The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${groupId}'.`,
        )
    }
    if (topics.length > 0) found.set(groupId, topics)
  }
  return found
}

/** What became of the internal topics of groups that are gone. */
export interface TopicDeletion {
  readonly groupIds: readonly string[]
  /** By group: why one of its topics is still there. */
  readonly failures: ReadonlyMap<string, Error>
}

/** Deletes the topics of groups that are gone, and names those that stay. */
export async function deleteInternalTopics(
  admin: Admin,
  groupIds: readonly string[],
  topics: ReadonlyMap<string, readonly string[]>,
  io: CommandIo,
): Promise<TopicDeletion> {
  const failures = new Map<string, Error>()
  for (const groupId of groupIds) {
    for (const { key, error } of await admin.deleteTopics(topics.get(groupId) ?? []).outcomes()) {
      if (error === undefined) continue
      failures.set(groupId, error)
      await write(io.stdout, `Failed to delete internal topic: ${key}\n`)
    }
  }
  return { groupIds, failures }
}

/** Says what became of them. Answers whether all went. */
export async function printDeletion({ groupIds, failures }: TopicDeletion, io: CommandIo): Promise<boolean> {
  if (groupIds.length === 0) return true
  if (failures.size === 0) {
    const names = groupIds.join("', '")
    await write(
      io.stdout,
      `Deletion of associated internal topics of the streams groups ('${names}') was successful.\n`,
    )
    return true
  }
  await write(io.stdout, 'Deletion of some associated internal topics failed:\n')
  for (const [groupId, error] of failures)
    await write(
      io.stdout,
      `* Internal topics of the streams group '${groupId}' could not be deleted due to: ${javaException(error)}\n`,
    )
  return false
}

/** Deletes topics of a group that begins elsewhere: what they hold was made of records that it will read again. Answers whether all went. */
export async function deleteTopicsOf(
  admin: Admin,
  { groupId, topics }: { groupId: string; topics: readonly string[] },
  io: CommandIo,
): Promise<boolean> {
  if (topics.length === 0) return true
  const outcomes = await admin.deleteTopics(topics).outcomes()
  const error = outcomes.find(each => each.error !== undefined)?.error
  if (error === undefined) return true
  const isMissing = error instanceof ProtocolError && error.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  const reason = isMissing ? 'because the topics do not exist.' : `due to ${javaException(error)}`
  await printError(io, `Deleting internal topics for group '${groupId}' failed ${reason}`)
  return false
}

/** How Kafka Streams calls what it makes: by the application, which is the group, and by what it is for. */
function isCalledInternal(groupId: string, topic: string): boolean {
  return topic.startsWith(`${groupId}-`) && endings.test(topic)
}

const endings =
  /(-changelog|-repartition|-subscription-registration-topic|-subscription-response-topic|.-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic)$/
