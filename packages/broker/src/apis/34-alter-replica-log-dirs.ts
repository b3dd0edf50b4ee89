/**
 * AlterReplicaLogDirs, key 34, versions 1 and 2: in which directory of this broker a replica is to lie.
 *
 * - v2 is flexible. LOG_DIR_NOT_FOUND for a path that is not in `log.dirs`, KAFKA_STORAGE_ERROR for one that is offline, INVALID_REPLICA_ASSIGNMENT for one that is
 *   cordoned, even if the replica lies there, INVALID_TOPIC_EXCEPTION for a topic whose name leaves no room for the mark of a log on the move. Where the replica lies already, nothing is to do.
 * - The answer says that the move has begun; DescribeLogDirs shows how far it is. Another directory replaces the move under way, the one where the replica lies calls it off.
 * - A partition that is not here yet is created in the directory that was named last, as long as the broker runs: UNKNOWN_TOPIC_OR_PARTITION all the same.
 * - A partition that is named more than once is answered once: the last directory counts.
 */
import {
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirsResponse,
  alterReplicaLogDirsResponse,
  createMessage,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import { isCordoned } from '../cordoned-directories.ts'
import type { BrokerCore } from '../core.ts'

export const alterReplicaLogDirsApi = defineApi<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>({
  key: 34,
  handle(core, request, call) {
    call.rights.require('ALTER', 'CLUSTER')
    return answer(request, (path, topic, partition) => errorOf(core, path, topic, partition))
  },
  refuse: (request, errorCode) => answer(request, () => errorCode),
})

function answer(
  request: AlterReplicaLogDirsRequest,
  errorFor: (path: string, topic: string, partition: number) => number,
): AlterReplicaLogDirsResponse {
  const pathsByTopic = new Map<string, Map<number, string>>()
  for (const { path, topics } of request.dirs) {
    for (const { name, partitions } of topics) {
      const paths = pathsByTopic.get(name) ?? new Map<number, string>()
      pathsByTopic.set(name, paths)
      for (const partition of partitions) paths.set(partition, path)
    }
  }
  const results = [...pathsByTopic].map(([topicName, paths]) => ({
    topicName,
    partitions: [...paths].map(([partitionIndex, path]) => ({
      partitionIndex,
      errorCode: errorFor(path, topicName, partitionIndex),
    })),
  }))
  return createMessage(alterReplicaLogDirsResponse, { results })
}

function errorOf({ dynamicConfig, logs, replicas }: BrokerCore, path: string, topic: string, index: number): number {
  if (`${topic}-${index}`.length > directoryNameMax) return errorCodes.INVALID_TOPIC_EXCEPTION
  const directory = logs.directories.find(each => each.path === path)
  if (directory === undefined) return errorCodes.LOG_DIR_NOT_FOUND
  if (!logs.liveDirectories.includes(directory)) return errorCodes.KAFKA_STORAGE_ERROR
  if (isCordoned(dynamicConfig.values, directory)) return errorCodes.INVALID_REPLICA_ASSIGNMENT
  try {
    replicas.move(topic, index, directory)
    return errorCodes.NONE
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorCode
    throw error
  }
}

/** Of `<topic>-<partition>` when `.<32 hex digits>-future` follows, in a name of 255. */
const directoryNameMax = 255 - '.-future'.length - 32
