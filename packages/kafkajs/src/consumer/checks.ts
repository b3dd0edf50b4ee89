/** What an application may ask of a consumer. Each check throws a `KafkaJSNonRetriableError` with what is wrong. */
import { KafkaJSNonRetriableError } from '../errors.ts'
import type { ConsumerSubscribeTopic, ConsumerSubscribeTopics } from '../types.ts'

export function checkSubscription(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): (string | RegExp)[] {
  const { topic, topics } = subscription as { topic?: string | RegExp; topics?: (string | RegExp)[] }
  if (!topic && !topics) throw new KafkaJSNonRetriableError('Missing required argument "topics"')
  if (topics != null && !Array.isArray(topics)) throw new KafkaJSNonRetriableError('Argument "topics" must be an array')
  const wanted = topics ?? [topic as string | RegExp]
  for (const each of wanted) {
    if (typeof each === 'string' || each instanceof RegExp) continue
    throw new KafkaJSNonRetriableError(
      `Invalid topic ${each} (${typeof each}), the topic name has to be a String or a RegExp`,
    )
  }
  return wanted
}

export function checkPartition(partition: unknown): void {
  if (!Number.isNaN(Number(partition)) && partition !== undefined) return
  throw new KafkaJSNonRetriableError(`Invalid partition, expected a number received ${partition}`)
}

/** Offsets come as text; whoever gives a number is understood. */
export function checkOffset(offset: unknown): number {
  const text = String(offset)
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new KafkaJSNonRetriableError(`Invalid offset, expected a long received ${offset}`)
}

export function checkPauses(
  topics: readonly { topic: string; partitions?: number[] }[],
  verb: 'pause' | 'resume',
): void {
  for (const each of topics) {
    if (!each?.topic) throw new KafkaJSNonRetriableError(`Invalid topic ${each?.topic || each}`)
    const { partitions } = each
    if (partitions === undefined) continue
    if (Array.isArray(partitions) && !partitions.some(partition => Number.isNaN(Number(partition)))) continue
    throw new KafkaJSNonRetriableError(
      `Array of valid partitions required to ${verb} specific partitions instead of ${partitions}`,
    )
  }
}
