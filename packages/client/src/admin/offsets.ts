/** Offsets of partitions, by place and by time; records, deleted from the front. */
import {
  deleteRecordsRequest,
  deleteRecordsResponse,
  errorCodes,
  listOffsetsRequest,
  listOffsetsResponse,
  ProtocolError,
} from '@dorsale/protocol'
import {
  type FoundOffset,
  nameOf,
  type OffsetQuestion,
  offsetPlaces,
  type TopicPartition,
} from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { type Answer, answerOf } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { partitionsByTopic, rowsByPartition } from './partitions.ts'
import { toLeaders } from './route.ts'

export interface ListOffsetsOptions extends CallOptions {
  /** With `read_committed`, the latest offset is the last stable one. Default: `read_uncommitted`. */
  readonly isolationLevel?: 'read_uncommitted' | 'read_committed'
}

export interface RecordsToDelete extends TopicPartition {
  /** Records below it are deleted; -1: all below the high watermark. */
  readonly beforeOffset: number
}

export interface DeletedRecords extends TopicPartition {
  /** The first offset that is left. */
  readonly lowWatermark: number
}

export interface OffsetAdmin {
  /** Offsets by time, or place (`offsetPlaces`). Waits for topics that are not there yet, as Kafka's client does: `describeTopics` tells whether they are. */
  listOffsets(questions: readonly OffsetQuestion[], options?: ListOffsetsOptions): Itemized<OffsetQuestion, FoundOffset>
  /** Deletes the records of partitions up to an offset, on every replica. */
  deleteRecords(records: readonly RecordsToDelete[], options?: CallOptions): Itemized<RecordsToDelete, DeletedRecords>
}

export function offsetAdmin(core: AdminCore): OffsetAdmin {
  return {
    listOffsets: (questions, options = {}) =>
      core.each({
        what: 'the offsets',
        keys: questions,
        options,
        route: toLeaders(),
        async ask(link, keys, { timeoutMs }) {
          await link.ready()
          const version = link.versions.require(listOffsetsRequest)
          // A place that the broker is too old for must not spoil the others.
          const answerable = keys.filter(({ timestamp }) => versionFor(timestamp) <= version)
          const found = await askForOffsets(core, link, { questions: answerable, options, timeoutMs })
          return key => (versionFor(key.timestamp) <= version ? found(key) : { error: tooOld(key, version) })
        },
      }),

    deleteRecords: (records, options = {}) =>
      core.each({
        what: 'the deletion of records',
        keys: records,
        options,
        route: toLeaders(),
        async ask(link, keys, { timeoutMs }) {
          const topics = partitionsByTopic(keys, ({ partition, beforeOffset }) => ({
            partitionIndex: partition,
            offset: beforeOffset,
          }))
          const value = { topics, timeoutMs }
          const response = await core.request(link, deleteRecordsRequest, deleteRecordsResponse, value)
          const rows = rowsByPartition(response.topics, ({ partitionIndex }) => partitionIndex)
          return ({ topic, partition }) => {
            const name = nameOf({ topic, partition })
            return answerOf(name, rows.get(name), ({ lowWatermark }) => ({ topic, partition, lowWatermark }))
          }
        },
      }),
  }
}

async function askForOffsets(
  core: AdminCore,
  link: BrokerLink,
  call: { questions: readonly OffsetQuestion[]; options: ListOffsetsOptions; timeoutMs: number },
): Promise<(key: OffsetQuestion) => Answer<FoundOffset>> {
  const { questions, options, timeoutMs } = call
  const answers = new Map<OffsetQuestion, Answer<FoundOffset>>()
  // A request has one place for each partition: who asks for both ends of a partition asks twice.
  for (let open = questions; open.length > 0; ) {
    const asked = new Map<string, OffsetQuestion>()
    for (const question of open) if (!asked.has(nameOf(question))) asked.set(nameOf(question), question)
    const topics = partitionsByTopic([...asked.values()], ({ partition, timestamp }) => ({
      partitionIndex: partition,
      timestamp,
    }))
    const isolationLevel = options.isolationLevel === 'read_committed' ? 1 : 0
    const value = { replicaId: -1, isolationLevel, topics, timeoutMs }
    const response = await core.request(link, listOffsetsRequest, listOffsetsResponse, value)
    const rows = rowsByPartition(response.topics, ({ partitionIndex }) => partitionIndex)
    for (const [name, question] of asked) {
      const { topic, partition } = question
      const answer = answerOf(name, rows.get(name), ({ offset, timestamp, leaderEpoch }) => {
        return { topic, partition, offset, timestamp, leaderEpoch }
      })
      answers.set(question, answer)
    }
    open = open.filter(question => !answers.has(question))
  }
  return key => answers.get(key) as Answer<FoundOffset>
}

/** The first version of ListOffsets that knows a place. */
function versionFor(timestamp: number): number {
  switch (timestamp) {
    case offsetPlaces.maxTimestamp:
      return 7
    case offsetPlaces.earliestLocal:
      return 8
    case offsetPlaces.latestTiered:
      return 9
    case offsetPlaces.earliestPendingUpload:
      return 11
    default:
      return 0
  }
}

function tooOld(question: OffsetQuestion, version: number): ProtocolError {
  const place = Object.entries(offsetPlaces).find(([, timestamp]) => timestamp === question.timestamp)?.[0]
  const text = `${nameOf(question)}: the broker serves ListOffsets up to version ${version}, which does not know ${place}`
  return new ProtocolError(errorCodes.UNSUPPORTED_VERSION, text)
}
