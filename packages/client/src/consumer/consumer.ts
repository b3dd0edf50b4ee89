import type { consumerTable } from '../config/consumer-config.ts'
import type { DeserializerSetting, ReadBy, SerdeKey } from '../config/serde-settings.ts'
import type { SettingsOf } from '../config/settings.ts'
import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'
import type { OffsetToCommit } from '../transactions/transaction-coordinator.ts'
import type { ClientWorld } from '../world.ts'
import type { Assignor } from './assignors/assignor.ts'
import type { GroupOffset } from './committed-offsets.ts'
import type { ConsumerInterceptor } from './consumer-interceptor.ts'
import type { Departure } from './group-link.ts'
import type { GroupMetadata, RebalanceListener } from './group-listener.ts'
import type { FoundOffset, TopicPartition } from './offset-lookup.ts'
import type { Assignment } from './partition-set.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'
import type { OnDeserializationError } from './record-decoder.ts'
import type { Topics } from './subscription.ts'

/** Settings of a consumer, under Kafka's keys. `Key` and `Value` are what makes keys and values of bytes; without one they stay bytes. */
export type ConsumerSettings<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
> = Omit<SettingsOf<typeof consumerTable>, SerdeKey> & {
  readonly 'key.deserializer'?: Key | string
  readonly 'value.deserializer'?: Value | string
}

/** What `createConsumer` makes a consumer of. */
export interface ConsumerOptions<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
> {
  readonly world: ClientWorld
  readonly settings: ConsumerSettings<Key, Value>
  /** The application's own assignors, which `partition.assignment.strategy` names. */
  readonly assignors?: readonly Assignor[]
  /** See and change what is handed out, in this order. */
  readonly interceptors?: readonly ConsumerInterceptor<ReadBy<Key>, ReadBy<Value>>[]
  /** Hears of a record that cannot be read; the record is passed by unless this throws. Default: the error is thrown to whoever asks for records. */
  readonly onDeserializationError?: OnDeserializationError
}

/** How a consumer takes its leave. */
export interface CloseOptions {
  /** How long what is under way may take: handing over what is held, the last commit, leaving. Default: 30 s. */
  readonly timeoutMs?: number
  /** What the group hears. */
  readonly group?: Departure
}

/**
 * Reads the topics that it subscribes to, together with the other members of its group (`group.id`), or the partitions that it is assigned by hand.
 *
 * ```ts
 * consumer.subscribe(['orders'])
 * for await (const chunk of consumer.chunks()) {
 *   for (const record of chunk) handle(record)
 * }
 * ```
 *
 * Asking for more says that what was handed out before is handled. With `enable.auto.commit` that, and no more, is committed: at intervals, before partitions go to
 * another member, and when the consumer closes. A loop that is left, by `break` or by an error, has not handled what it holds: `commit` can say otherwise.
 *
 * Nothing is fetched faster than it is taken: what waits to be handed out is bounded by `fetch.max.bytes` and one answer of each broker.
 *
 * What keeps it from reading and may pass, brokers and coordinators that are away among it, is waited for without an end, as Java's `poll` does; the logger hears of it. Calls that ask a question (`commit`,
 * `committed`, `position`, ...) end with `DORSALE_TIMEOUT` after `default.api.timeout.ms`.
 *
 * A record that cannot be read is a `RecordDeserializationError`, thrown when it is the next one: the position stays there until the application seeks past it.
 */
export interface Consumer<K = Uint8Array, V = Uint8Array> {
  /**
   * Reads topics together with the other members of the group: by name, by a pattern of JavaScript that this consumer matches against whole names, or by a
   * `SubscriptionPattern` that the broker matches. Takes the place of an earlier subscription. Joins when records are first asked for.
   */
  subscribe(topics: Topics, listener?: RebalanceListener): void
  /** Gives everything up: leaves the group, or lets go of what was assigned by hand. */
  unsubscribe(): Promise<void>
  /** The topics that are subscribed to; with a pattern, those that match it at the moment. */
  readonly subscription: readonly string[]
  /** Has the group divide its partitions anew. */
  enforceRebalance(reason?: string): void
  /** Who this is in its group. Throws `DORSALE_COMMIT_FAILED` while it is no member of the group that it subscribed with. */
  groupMetadata(): GroupMetadata

  /** Reads these partitions, and no others. Those that it reads already keep their place unless an offset is given. */
  assign(assignments: readonly Assignment[]): void
  readonly assignment: readonly TopicPartition[]
  /** The partitions of a topic, for `assign`. Rejects when its metadata cannot be had within `default.api.timeout.ms`. */
  partitionsFor(topic: string): Promise<TopicPartition[]>

  /**
   * What was fetched, partition by partition in turn, at most `max.poll.records` at a time, for ever: until the consumer closes, or the loop is left. Asking for the next
   * chunk moves the position past it. An error ends the loop; a new one goes on from the same place.
   */
  chunks(): AsyncGenerator<RecordChunk<K, V>, void, undefined>
  /** The records one by one. Slower than `chunks` by the cost of a promise each. The position follows each record: a loop that is left goes on after the last. */
  records(): AsyncGenerator<ConsumerRecord<K, V>, void, undefined>
  /** The next chunk, if one comes within `timeoutMs`; undefined when none does, and after `stop`. Rejects while nothing is subscribed to or assigned, and when the consumer is closed. */
  poll(options: { timeoutMs: number }): Promise<RecordChunk<K, V> | undefined>

  /**
   * Commits where the group goes on: behind a record, behind a chunk, at the given offsets, or, without an argument, behind everything that was handed out. Commits
   * that are not awaited share requests, and an older offset never overtakes a newer one. Tries again what may pass, for `timeoutMs` (default: `default.api.timeout.ms`), and
   * rejects with `DORSALE_TIMEOUT` then: a consumer that is to end does not wait longer for a coordinator that is away than it likes. Rejects with `DORSALE_COMMIT_FAILED` when this
   * is no member any more.
   */
  commit(
    what?: ConsumerRecord<K, V> | RecordChunk<K, V> | readonly OffsetToCommit[],
    options?: { readonly timeoutMs?: number },
  ): Promise<void>
  /** As `commit`, for those who do not wait: `done` hears what became of it, and the log does of a failure when there is none. */
  commitAsync(
    what?: ConsumerRecord<K, V> | RecordChunk<K, V> | readonly OffsetToCommit[],
    done?: (error?: Error) => void,
  ): void
  /** Where the group is in these partitions; those without a committed offset are left out. */
  committed(partitions: readonly TopicPartition[]): Promise<GroupOffset[]>

  /** Goes on from an offset. */
  seek(place: TopicPartition & { offset: number }): void
  /** Without an argument: in everything that is assigned. */
  seekToBeginning(partitions?: readonly TopicPartition[]): void
  seekToEnd(partitions?: readonly TopicPartition[]): void
  /** Goes on from the first record that is not older than `timestamp` (milliseconds since 1970), or from the end. */
  seekToTime(timestamp: number, partitions?: readonly TopicPartition[]): void
  /** Hands out nothing of these until `resume`; what was fetched of them is let go. */
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
  readonly paused: readonly TopicPartition[]
  /** Offset of the next record that will be handed out; waits until it is known. */
  position(of: TopicPartition): Promise<number>
  /** Records between the position and the high watermark, with `read_committed` the last stable offset; undefined until both are known. */
  lag(of: TopicPartition): number | undefined

  /** The first offsets that are there. */
  beginningOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]>
  /** The offsets after the last record; with `read_committed`, after the last that is decided. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<FoundOffset[]>
  /** The first records that are not older than a time; -1 where there is none. */
  offsetsForTimes(questions: readonly (TopicPartition & { timestamp: number })[]): Promise<FoundOffset[]>

  /** What the consumer counts and measures of itself, under the names of Kafka's own client: a view that goes on with it. `findMetric` looks a name up. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric>
  /** The id under which the brokers know this consumer, where they take client metrics (KIP-714). Rejects where they do not, and after `timeoutMs`. */
  clientInstanceId(options: { timeoutMs: number }): Promise<string>
  /**
   * Has a figure of the application's pushed to the brokers that ask for it, beside those of the client (KIP-1076): what they call it is `org.apache.kafka.`, its group and its name. It takes the place
   * of one that was called the same (group, name, tags); where the client itself has one, that stays. It is no part of `metrics()`.
   */
  registerMetricForSubscription(metric: KafkaMetric): void
  /** Has it pushed no more. */
  unregisterMetricFromSubscription(metric: KafkaMetric): void

  /** Ends every loop when it asks for more, so that what it holds is handled first; `close` follows. For a signal to end: commits then cover all that was handled. */
  stop(): void
  /**
   * Ends every loop, commits what was handled (with `enable.auto.commit`), gives the partitions up, leaves the group and closes the connections. What is not done in
   * time is left undone. Idempotent.
   */
  close(options?: CloseOptions): Promise<void>
}
