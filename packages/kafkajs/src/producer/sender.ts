/** Sends what one call gives, and tells where it went. */
import { type BatchDelivery, DeliveryWatch, nameOf } from '@dorsale/client/parts'
import type { Connection } from '../connection.ts'
import { KafkaJSError, KafkaJSNumberOfRetriesExceeded } from '../errors.ts'
import { asKafkaJSError } from '../failures.ts'
import { partitionMetadataOf } from '../partition-metadata.ts'
import type { PartitionerArgs, RecordMetadata, TopicMessages } from '../types.ts'
import type { ByteProducer } from './byte-producer.ts'
import { clientRecord, type Sending } from './messages.ts'

export interface SenderOptions {
  readonly connection: Connection
  readonly partitioner: (args: PartitionerArgs) => number
}

interface Placed {
  readonly topic: string
  readonly partition: number
  readonly first: BatchDelivery
}

/** `producer`: with the acknowledgements that the call asks for. Rejects as kafkajs does: with the brokers' refusal, or when the tries are used up. */
export async function sendThrough(
  producer: ByteProducer,
  sending: Sending,
  { connection, partitioner }: SenderOptions,
): Promise<RecordMetadata[]> {
  const watch = new DeliveryWatch()
  const placed = new Map<string, Placed>()
  for (const topicMessages of sending.topics) {
    if (connection.cluster.metadata.topic(topicMessages.topic) === undefined)
      await connection.topic(topicMessages.topic)
    const sent = send(producer, sending, topicMessages, { connection, partitioner, watch, placed })
    if (sent !== undefined) await sent
  }
  if (sending.acks === 0) return []
  try {
    await watch.done()
    return await Promise.all([...placed.values()].map(resultOf))
  } catch (error) {
    throw deliveryError(error, connection)
  }
}

interface Progress extends SenderOptions {
  readonly watch: DeliveryWatch
  readonly placed: Map<string, Placed>
}

/** A promise only when the buffer is full, so that the rest has to wait. */
function send(
  producer: ByteProducer,
  { codec = 'none' }: Sending,
  { topic, messages }: TopicMessages,
  { connection, partitioner, watch, placed }: Progress,
  from = 0,
): Promise<void> | undefined {
  const partitionMetadata = partitionMetadataOf(connection.cluster.metadata.topic(topic)!)
  for (let index = from; index < messages.length; index++) {
    const message = messages[index]!
    const partition = Number(partitioner({ topic, partitionMetadata, message }))
    const first = producer.send(clientRecord({ topic, partition, codec }, message))
    const name = nameOf({ topic, partition })
    if (!placed.has(name)) placed.set(name, { topic, partition, first })
    watch.add(first)
    if (!producer.isFull) continue
    const progress = { connection, partitioner, watch, placed }
    return producer.room().then(() => send(producer, { codec } as Sending, { topic, messages }, progress, index + 1))
  }
  return undefined
}

async function resultOf({ topic: topicName, partition, first }: Placed): Promise<RecordMetadata> {
  const { offset, appendTime, logStartOffset } = await first.placed()
  return {
    topicName,
    partition,
    errorCode: 0,
    baseOffset: String(offset),
    logAppendTime: String(appendTime),
    logStartOffset: String(logStartOffset),
  }
}

/** The client has tried for as long as `retry` says: what may pass is final now. */
function deliveryError(reason: unknown, { options }: Connection): Error {
  const error = asKafkaJSError(reason)
  if (!(error instanceof KafkaJSError) || !error.retriable) return error
  const { retries: retryCount, maxRetryTime: retryTime } = options.patience
  return new KafkaJSNumberOfRetriesExceeded(error, { retryCount, retryTime })
}
