/** Offsets: of topics, and where groups are in them. */
import { offsetPlaces } from '@dorsale/client'
import { commitOffsets } from '@dorsale/client/parts'
import { errorCodes, offsetFetchRequest, offsetFetchResponse } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import { protocolError } from '../failures.ts'
import type { Admin, FetchOffsetsPartition, SeekEntry } from '../types.ts'
import { describeGroups } from './group-descriptions.ts'
import { lookUp, offsetsOf } from './offset-questions.ts'

type OffsetAdmin = Pick<
  Admin,
  'fetchOffsets' | 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp' | 'setOffsets' | 'resetOffsets'
>

/** Groups are asked for one by one up to here. */
const oneGroupVersionMax = 7
const latest = -1
const earliest = -2

export function offsetAdmin(connection: Connection): OffsetAdmin {
  const setOffsets: Admin['setOffsets'] = async ({ groupId, topic, partitions }) => {
    checkGroupId(groupId)
    checkTopic(topic)
    if (!partitions || partitions.length === 0) throw new KafkaJSNonRetriableError('Invalid partitions')
    await connection.open()
    await connection.topic(topic)
    const [group] = await connection.retrying(() => describeGroups(connection, [groupId]))
    if (group!.state !== 'Empty' && group!.state !== 'Dead') {
      throw new KafkaJSNonRetriableError(
        `The consumer group must have no running instances, current state: ${group!.state}`,
      )
    }
    await connection.retrying(() => commit(connection, groupId, topic, partitions))
  }
  return {
    setOffsets,

    async resetOffsets({ groupId, topic, earliest: toEarliest = false }) {
      checkGroupId(groupId)
      checkTopic(topic)
      await connection.open()
      const { partitions } = await connection.topic(topic)
      const offset = String(toEarliest ? earliest : latest)
      await setOffsets({
        groupId,
        topic,
        partitions: partitions.map(({ index: partition }) => ({ partition, offset })),
      })
    },

    async fetchOffsets({ groupId, topics = [], resolveOffsets = false }) {
      checkGroupId(groupId)
      if (topics && !Array.isArray(topics)) throw new KafkaJSNonRetriableError('Expected topics array to be set')
      await connection.open()
      const found = await connection.retrying(() => committedOffsets(connection, groupId, topics ?? []))
      if (!resolveOffsets) return found
      return Promise.all(
        found.map(async ({ topic, partitions }) => {
          const resolved = await resolve(connection, topic, partitions)
          await setOffsets({ groupId, topic, partitions: resolved })
          return { topic, partitions: resolved }
        }),
      )
    },

    async fetchTopicOffsets(topic) {
      if (!topic || typeof topic !== 'string') throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
      return offsetsOf(connection, topic)
    },

    async fetchTopicOffsetsByTimestamp(topic, timestamp) {
      if (!topic || typeof topic !== 'string') throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
      const found = await lookUp(
        connection,
        topic,
        timestamp == null ? offsetPlaces.latest : Math.trunc(Number(timestamp)),
      )
      if (found.every(({ offset }) => Number(offset) >= 0)) return found
      const ends = await lookUp(connection, topic, offsetPlaces.latest)
      return found.map((each, index) => (Number(each.offset) >= 0 ? each : ends[index]!))
    },
  }
}

function checkGroupId(groupId: string): void {
  if (!groupId) throw new KafkaJSNonRetriableError(`Invalid groupId ${groupId}`)
}

function checkTopic(topic: string): void {
  if (!topic) throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
}

/** Offsets of a group without members. -1 and -2, the end and the beginning, are written as they are: whoever consumes next begins there. */
async function commit(
  { cluster, options }: Connection,
  groupId: string,
  topic: string,
  partitions: readonly SeekEntry[],
): Promise<void> {
  const { requestTimeout: timeoutMs = 30_000 } = options.config
  const nobody = { groupId, generationId: -1, memberId: '', groupInstanceId: null }
  const offsets = partitions.map(({ partition, offset, ...rest }) => {
    const { metadata } = rest as { metadata?: string | null }
    return { topic, partition: Number(partition), offset: Number(offset), leaderEpoch: -1, metadata: metadata ?? '' }
  })
  const refused = await commitOffsets(cluster, nobody, offsets, { timeoutMs })
  for (const error of refused.values()) throw error
}

/** Where a group is. Without topics: in every topic in which it is somewhere. */
async function committedOffsets(
  connection: Connection,
  groupId: string,
  topics: readonly string[],
): Promise<{ topic: string; partitions: FetchOffsetsPartition[] }[]> {
  const infos = await Promise.all(topics.map(topic => connection.topic(topic)))
  const wanted = infos.map(({ name, partitions }) => ({ name, partitionIndexes: partitions.map(({ index }) => index) }))
  const answer = await connection.cluster.callCoordinator(
    { type: 'group', key: groupId },
    offsetFetchRequest,
    offsetFetchResponse,
    { groupId, topics: topics.length === 0 ? null : wanted },
    {
      versionMax: oneGroupVersionMax,
      check: ({ errorCode, topics: answers }) => {
        const codes = [errorCode, ...answers.flatMap(({ partitions }) => partitions.map(each => each.errorCode))]
        for (const code of codes) if (code !== errorCodes.NONE) throw protocolError(code)
      },
    },
  )
  return answer.topics.map(({ name, partitions }) => ({
    topic: name,
    partitions: partitions.map(({ partitionIndex, committedOffset, metadata }) => ({
      partition: partitionIndex,
      offset: String(committedOffset),
      metadata: metadata || null,
    })),
  }))
}

/** Puts real offsets in the place of -1 and -2. */
async function resolve(
  connection: Connection,
  topic: string,
  partitions: readonly FetchOffsetsPartition[],
): Promise<FetchOffsetsPartition[]> {
  const places = await offsetsOf(connection, topic)
  return partitions.map(each => {
    const { high, low } = places.find(({ partition }) => partition === each.partition)!
    const offset = Number(each.offset) === earliest ? low : Number(each.offset) === latest ? high : each.offset
    return { ...each, offset }
  })
}
