/**
 * DescribeLogDirs, key 35, versions 1 to 5: the log directories of this broker, what lies in them, and how full their volumes are.
 *
 * - v2 is flexible; v3 answers an error of the whole; v4 the size of the volume; v5 whether a directory takes no new replicas (`cordoned.log.dirs`).
 * - A replica that moves is answered twice: where it lies, and where it is copied to (`isFutureKey`), with what the copy still lacks.
 * - No topics (null) asks for all partitions. A directory is answered whether or not it holds any of them; one that is offline with KAFKA_STORAGE_ERROR.
 * - The metadata log lies in one of the directories and is not answered, as in Kafka.
 */
import {
  createMessage,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  type DescribeLogDirsResponseResult,
  describeLogDirsResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import type { LogDirectory, PartitionLog } from '@dorsale/storage'
import { defineApi } from '../api.ts'
import { isCordoned } from '../cordoned-directories.ts'
import type { BrokerCore } from '../core.ts'

export const describeLogDirsApi = defineApi<DescribeLogDirsRequest, DescribeLogDirsResponse>({
  key: 35,

  handle(core, { topics }, call) {
    call.rights.require('DESCRIBE', 'CLUSTER')
    const wanted = topics && new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]))
    const isWanted = (log: PartitionLog) => wanted?.get(log.topic)?.has(log.partition) ?? wanted === null
    const logs = [...core.logs.logs, ...core.logs.futures].filter(isWanted)
    const futures = new Set(core.logs.futures)
    return createMessage(describeLogDirsResponse, {
      results: core.logs.directories.map(directory => describe(core, directory, logs, futures)),
    })
  },

  refuse: (_request, errorCode) => createMessage(describeLogDirsResponse, { errorCode }),
})

function describe(
  core: BrokerCore,
  directory: LogDirectory,
  logs: readonly PartitionLog[],
  futures: ReadonlySet<PartitionLog>,
): DescribeLogDirsResponseResult {
  const cordoned = isCordoned(core.dynamicConfig.values, directory)
  const described = { errorCode: errorCodes.NONE, logDir: directory.path, topics: [], isCordoned: cordoned }
  try {
    const usage = core.logs.usageOf(directory)
    const held = logs.filter(log => log.directory === directory)
    const topics = [...Map.groupBy(held, log => log.topic)].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(log => ({
        partitionIndex: log.partition,
        partitionSize: log.sizeInBytes,
        offsetLag: futures.has(log) ? lagBehindLog(core, log) : Math.max(log.highWatermark - log.logEndOffset, 0),
        isFutureKey: futures.has(log),
      })),
    }))
    return { ...described, ...usage, topics }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { ...described, errorCode: error.errorCode, totalBytes: -1, usableBytes: -1 }
  }
}

/** What a copy still lacks of the log that it is made of; -1 when that is offline. */
function lagBehindLog({ logs }: BrokerCore, { topic, partition, logEndOffset }: PartitionLog): number {
  const log = logs.get(topic, partition)
  return log === undefined ? -1 : log.logEndOffset - logEndOffset
}
