/**
 * OffsetCommit, key 8, versions 2 to 10: how far a group has read.
 *
 * - v2 to v4 may ask for an end of the offset's life; v3 adds the throttle time; v6 leader epochs; v7 static members; v8 is flexible; v9 takes members
 *   of the new groups; v10 names topics by id.
 * - A group that nobody joined may be committed to by anybody: consumers that assign their partitions themselves, administrators.
 * - Each partition fails for itself when it does not exist or its metadata is too long; what concerns the group fails all of them.
 */

import type { TopicImage } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type OffsetCommitRequest,
  type OffsetCommitRequestTopic,
  type OffsetCommitResponse,
  type OffsetCommitResponseTopic,
  offsetCommitResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'
import type { BrokerCore } from '../core.ts'

/** Topics are named by id from this version on. */
const topicIdVersion = 10

export const offsetCommitApi = defineApi<OffsetCommitRequest, OffsetCommitResponse>({
  key: 8,

  handle(core, request, call) {
    call.rights.require('READ', 'GROUP', request.groupId)
    const mayRead = call.rights.allows('READ', 'TOPIC')
    const { apiVersion } = call
    const known: OffsetCommitRequestTopic[] = []
    const answers: OffsetCommitResponseTopic[] = []
    for (const topic of request.topics) {
      const image = resolve(core, topic, apiVersion)
      const isUnknownId = image === undefined && apiVersion >= topicIdVersion
      const isAllowed = isUnknownId || mayRead(image?.name ?? topic.name)
      const missing = isUnknownId ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
      const unknownError = isAllowed ? missing : errorCodes.TOPIC_AUTHORIZATION_FAILED
      const isKnown = (index: number) => isAllowed && image?.partitions[index] !== undefined
      const partitions = topic.partitions.filter(({ partitionIndex }) => isKnown(partitionIndex))
      const unknown = topic.partitions.filter(({ partitionIndex }) => !isKnown(partitionIndex))
      const { name, topicId } = image === undefined ? topic : { name: image.name, topicId: image.id }
      answers.push({ name, topicId, partitions: errorsOf(unknown, unknownError) })
      known.push({ name, topicId, partitions })
    }
    // Kafka does not trouble the coordinator with a request of which nothing is left.
    if (known.every(({ partitions }) => partitions.length === 0)) return answer(answers)
    const replier = replierOf(call, errorCode => {
      const failed = known.map(({ partitions }) => errorsOf(partitions, errorCode))
      return answer(answers.map((topic, at) => withPartitions(topic, failed[at] ?? [])))
    })
    core.groups.run(
      request.groupId,
      (shard, step) => {
        const committed = shard.commitOffsets(step, { ...request, topics: known }, apiVersion)
        step.answer(replier, answer(answers.map((topic, at) => withPartitions(topic, committed[at]?.partitions ?? []))))
      },
      replier.fail,
    )
    return later
  },

  refuse: (request, errorCode) =>
    answer(
      request.topics.map(({ name, topicId, partitions }) => ({
        name,
        topicId,
        partitions: errorsOf(partitions, errorCode),
      })),
    ),
})

function resolve(core: BrokerCore, topic: OffsetCommitRequestTopic, apiVersion: number): TopicImage | undefined {
  return apiVersion >= topicIdVersion
    ? core.image.topicsById.get(topic.topicId)
    : core.image.topicsByName.get(topic.name)
}

function errorsOf(
  partitions: readonly { readonly partitionIndex: number }[],
  errorCode: number,
): OffsetCommitResponseTopic['partitions'] {
  return partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }))
}

function withPartitions(
  topic: OffsetCommitResponseTopic,
  partitions: OffsetCommitResponseTopic['partitions'],
): OffsetCommitResponseTopic {
  return { ...topic, partitions: [...topic.partitions, ...partitions] }
}

function answer(topics: OffsetCommitResponseTopic[]): OffsetCommitResponse {
  return createMessage(offsetCommitResponse, { topics })
}
