import { createMessage, createTopicsRequest, errorCodes } from '@dorsale/protocol'
import { internalTopic } from './coordinators/internal-topics.ts'
import type { BrokerCore } from './core.ts'
import { isInternalTopic } from './topic-names.ts'

/**
 * Creates topics that a client asked about, with the broker's defaults for partitions and replicas. Answers the error of each that could not be
 * created; one that somebody else created meanwhile is fine. The topics of coordinators have settings of their own, and there is none for a
 * coordinator that this broker does not run.
 *
 * `charge` is told of the partitions, and throws to refuse them (KIP-599): who asked is then told that there is no such topic, as by Kafka, and asks again.
 */
export async function autoCreateTopics(
  core: Pick<BrokerCore, 'config' | 'metadata'>,
  names: readonly string[],
  charge?: (partitionCount: number) => void,
): Promise<ReadonlyMap<string, number>> {
  const request = createMessage(createTopicsRequest, {
    topics: names.flatMap(name => {
      const internal = internalTopic(name, core.config)
      if (internal !== undefined) return [{ name, ...internal, configs: [...internal.configs] }]
      return isInternalTopic(name) ? [] : [{ name, numPartitions: -1, replicationFactor: -1 }]
    }),
  })
  const { topics } = await core.metadata.submit(controller => controller.createTopics(request, charge))
  const errors = new Map<string, number>()
  for (const { name, errorCode } of topics) {
    if (errorCode === errorCodes.NONE || errorCode === errorCodes.TOPIC_ALREADY_EXISTS) continue
    const isThrottled = errorCode === errorCodes.THROTTLING_QUOTA_EXCEEDED
    errors.set(name, isThrottled ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION : errorCode)
  }
  return errors
}
