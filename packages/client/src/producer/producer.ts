import type { producerTable } from '../config/producer-config.ts'
import type { SerdeKey, SerializerSetting, WrittenBy } from '../config/serde-settings.ts'
import type { SettingsOf } from '../config/settings.ts'
import type { PartitionInfo } from '../metadata/metadata-cache.ts'
import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'
import type { ConsumerGroupMetadata, OffsetToCommit } from '../transactions/transaction-coordinator.ts'
import type { ClientWorld } from '../world.ts'
import type { ProducerInterceptor } from './interceptor.ts'
import type { Partitioner } from './partitioner.ts'
import type { Delivery, Payload, ProducerRecord } from './record.ts'

/** Settings of a producer, under Kafka's keys. `Key` and `Value` are what makes bytes of keys and values; without one they are bytes or text. */
export type ProducerSettings<
  Key extends SerializerSetting = undefined,
  Value extends SerializerSetting = undefined,
> = Omit<SettingsOf<typeof producerTable>, SerdeKey> & {
  readonly 'key.serializer'?: Key | string
  readonly 'value.serializer'?: Value | string
}

/** What `createProducer` makes a producer of. */
export interface ProducerOptions<
  Key extends SerializerSetting = undefined,
  Value extends SerializerSetting = undefined,
> {
  readonly world: ClientWorld
  readonly settings: ProducerSettings<Key, Value>
  /** Places records that name no partition, in place of `partitioner.class` and the default. */
  readonly partitioner?: Partitioner
  /** See and change what is sent, in this order. */
  readonly interceptors?: readonly ProducerInterceptor<WrittenBy<Key>, WrittenBy<Value>>[]
  /** Records were lost whose delivery nobody awaits. Default: one line in the log for each batch. */
  readonly onDeliveryError?: (error: Error, lost: { topic: string; partition: number; recordCount: number }) => void
}

/**
 * Sends records. `send` returns at once; records of a turn, and of `linger.ms`, travel together.
 *
 * ```ts
 * producer.send({ topic: 'orders', key: '42', value: 'paid' })                 // sent, and nobody waits
 * const { offset } = await producer.send({ topic: 'orders', value: 'paid' })   // resolves when it is written
 * await producer.sendAll(records)                                              // as many as you like, with back-pressure
 * ```
 */
export interface Producer<K = Payload, V = Payload> {
  /**
   * Sends a record. Await what it returns to learn where the record is, or that it was lost; nothing is rejected while you do not. A loop that awaits every send is
   * not held up by `linger.ms`. Throws when the producer is closed, for what is no record (`DORSALE_INVALID_ARGUMENT`), when a key or value is neither bytes nor text and no serializer makes it
   * such (a `SerializationError`), and, with a `transactional.id`, outside of an open transaction.
   */
  send(record: ProducerRecord<K, V>): Delivery
  /** Sends many records, no faster than the cluster takes them. Resolves with their number when all are written; rejects with the first that was lost. */
  sendAll(records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>): Promise<number>
  /** Whether the buffer is full: further records wait outside of it. `await room()` then. */
  readonly isFull: boolean
  /** Bytes of records that are not delivered yet. */
  readonly bufferedBytes: number
  /** Settles when the buffer has room again, or the producer closes. */
  room(): Promise<void>
  /** Sends at once what waits, and settles when the fate of everything sent so far is known. It does not reject: each delivery has its own outcome. */
  flush(): Promise<void>
  /** What the producer counts and measures of itself, under the names of Kafka's own client: a view that goes on with it. `findMetric` looks a name up. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric>
  /** The id under which the brokers know this producer, where they take client metrics (KIP-714). Rejects where they do not, and after `timeoutMs`. */
  clientInstanceId(options: { timeoutMs: number }): Promise<string>
  /**
   * Has a figure of the application's pushed to the brokers that ask for it, beside those of the client (KIP-1076): what they call it is `org.apache.kafka.`, its group and its name. It takes the place
   * of one that was called the same (group, name, tags); where the client itself has one, that stays. It is no part of `metrics()`.
   */
  registerMetricForSubscription(metric: KafkaMetric): void
  /** Has it pushed no more. */
  unregisterMetricFromSubscription(metric: KafkaMetric): void
  /** The partitions of a topic. Rejects when its metadata cannot be had within `max.block.ms`. */
  partitionsFor(topic: string): Promise<readonly PartitionInfo[]>

  /**
   * The first call of a producer with a `transactional.id`: registers it, ends what an earlier producer of that id left open, and fences that one. Rejects with
   * `DORSALE_TIMEOUT` after `max.block.ms`; call it again then, it is still under way. So are the other calls below.
   */
  initTransactions(): Promise<void>
  /** Opens a transaction. Nothing is sent yet. Throws when the producer has failed, or one is open. */
  beginTransaction(): void
  /**
   * Makes offsets of a consumer group part of the transaction: they are committed with its records, or not at all. `group` is what `consumer.groupMetadata()`
   * answers, so that a consumer that has left its group cannot commit (KIP-447); the name of a group alone commits whoever is in it, as with clients before that. Rejects with a
   * `TransactionError`, and with `DORSALE_INVALID_ARGUMENT` for what are no offsets: the transaction goes on then.
   */
  sendOffsetsToTransaction(offsets: readonly OffsetToCommit[], group: ConsumerGroupMetadata | string): Promise<void>
  /** Delivers what was sent, then makes it visible, all of it. Rejects with a `TransactionError`: when `severity` is `abortable`, abort and begin anew. */
  commitTransaction(): Promise<void>
  /** Makes sure that nothing of the transaction is ever seen by who reads committed records. Records that have not left yet fail. */
  abortTransaction(): Promise<void>
  /** Runs `body` inside a transaction: commits when it resolves, aborts when it rejects, and rejects with its error then. */
  transaction<Result>(body: () => Promise<Result>): Promise<Result>

  /**
   * Delivers what was sent and closes the connections. What is not delivered within `timeoutMs` (default: no bound but `delivery.timeout.ms`) fails. Idempotent.
   */
  close(options?: { timeoutMs?: number }): Promise<void>
}
