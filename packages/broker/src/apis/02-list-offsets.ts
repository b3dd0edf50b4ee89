/**
 * ListOffsets, key 2, versions 1 to 11: the offset that stands at a timestamp, or at one of the places that have a negative number.
 *
 * - v2 adds the isolation level; v4 leader epochs, asked and answered; v6 is flexible; v7 adds -3, v8 -4, v9 -5, v11 -6 (a version asks only for
 *   what it knows: UNSUPPORTED_VERSION otherwise); v10 adds a time to wait for remote storage.
 * - `-1` latest: the high watermark, or the last stable offset for readers of committed records. `-2` earliest: the log start. `-3` the record with the
 *   greatest timestamp. `-4` earliest on this broker's disk: the log start. `-5` last in remote storage and `-6` first not yet there: without remote
 *   storage there is none, -1.
 * - A time answers the first record at or after it; none: offset -1, timestamp -1.
 * - Named twice in a topic, a partition is answered once: INVALID_REQUEST. So is a negative number without a meaning: UNSUPPORTED_VERSION.
 */
import {
  createMessage,
  errorCodes,
  type ListOffsetsRequest,
  type ListOffsetsRequestPartition,
  type ListOffsetsResponse,
  type ListOffsetsResponsePartitionResponse,
  listOffsetsResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { TimestampOffset } from '@dorsale/storage'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import type { Partition } from '../partition.ts'
import { logUnexpected } from '../unexpected.ts'

export const listOffsetsApi = defineApi<ListOffsetsRequest, ListOffsetsResponse>({
  key: 2,

  async handle(core, request, call) {
    const options = { ...request, apiVersion: call.apiVersion }
    const topics: ListOffsetsResponse['topics'] = []
    const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC')
    for (const { name, partitions } of request.topics) {
      if (!mayDescribe(name)) {
        topics.push({
          name,
          partitions: partitions.map(each => failed(each.partitionIndex, errorCodes.TOPIC_AUTHORIZATION_FAILED)),
        })
        continue
      }
      const answers: ListOffsetsResponsePartitionResponse[] = []
      for (const [partitionIndex, wanted] of Map.groupBy(partitions, each => each.partitionIndex)) {
        answers.push(
          wanted.length > 1
            ? failed(partitionIndex, errorCodes.INVALID_REQUEST)
            : await answerPartition(core, name, wanted[0]!, options),
        )
      }
      topics.push({ name, partitions: answers })
    }
    return createMessage(listOffsetsResponse, { topics })
  },

  refuse(request, errorCode) {
    return createMessage(listOffsetsResponse, {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => failed(partitionIndex, errorCode)),
      })),
    })
  },
})

/** The timestamps that are places. */
const places = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const

/** First version that may ask for each place. */
const versionMinOf: ReadonlyMap<number, number> = new Map<number, number>([
  [places.latest, 0],
  [places.earliest, 0],
  [places.maxTimestamp, 7],
  [places.earliestLocal, 8],
  [places.latestTiered, 9],
  [places.earliestPendingUpload, 11],
])

interface Options {
  readonly replicaId: number
  readonly isolationLevel: number
  readonly apiVersion: number
}

async function answerPartition(
  core: BrokerCore,
  topic: string,
  wanted: ListOffsetsRequestPartition,
  options: Options,
): Promise<ListOffsetsResponsePartitionResponse> {
  const { partitionIndex, timestamp, currentLeaderEpoch } = wanted
  try {
    if (timestamp < 0 && options.apiVersion < (versionMinOf.get(timestamp) ?? Number.POSITIVE_INFINITY)) {
      throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION)
    }
    const partition = core.replicas.get(topic, partitionIndex)
    if (partition === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    partition.checkLeader(currentLeaderEpoch)
    const found = (await find(partition, timestamp, options)) ?? notFound
    const leaderEpoch = options.apiVersion >= 4 ? found.leaderEpoch : -1
    return { partitionIndex, errorCode: errorCodes.NONE, ...found, leaderEpoch }
  } catch (error) {
    if (error instanceof ProtocolError) return failed(partitionIndex, error.errorCode)
    logUnexpected(core.logger, error, { api: 'ListOffsets', topic, partition: partitionIndex })
    return failed(partitionIndex, errorCodes.UNKNOWN_SERVER_ERROR)
  }
}

/** Consumers see no record beyond what is committed to them; other replicas see the whole log. */
function find(
  partition: Partition,
  timestamp: number,
  { replicaId, isolationLevel }: Options,
): TimestampOffset | undefined | Promise<TimestampOffset | undefined> {
  const { log, leaderEpoch } = partition
  const end = replicaId >= 0 ? log.logEndOffset : partition.readableEnd(isolationLevel)
  switch (timestamp) {
    case places.latest:
      return { timestamp: -1, offset: end, leaderEpoch }
    case places.earliest:
    case places.earliestLocal:
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch: log.epochAt(log.logStartOffset) }
    case places.maxTimestamp:
      return log.offsetOfMaxTimestamp()
    case places.latestTiered:
    case places.earliestPendingUpload:
      return undefined
    default:
      return log.offsetForTimestamp(timestamp, end)
  }
}

const notFound: TimestampOffset = { timestamp: -1, offset: -1, leaderEpoch: -1 }

function failed(partitionIndex: number, errorCode: number): ListOffsetsResponsePartitionResponse {
  return { partitionIndex, errorCode, ...notFound }
}
