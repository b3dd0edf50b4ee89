import type { DeserializerSetting, SerdeKey } from '../config/serde-settings.ts'
import type { SettingsOf } from '../config/settings.ts'
import type { shareConsumerTable } from '../config/share-consumer-config.ts'
import type { TopicPartition } from '../consumer/offset-lookup.ts'
import type { OnDeserializationError } from '../consumer/record-decoder.ts'
import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'
import type { ClientWorld } from '../world.ts'
import type { AcknowledgementOutcome, AcknowledgeType } from './acknowledgement.ts'
import type { ShareRecord } from './acquired-chunk.ts'
import type { ShareChunk } from './held-records.ts'

/** Settings of a share consumer, under Kafka's keys. `Key` and `Value` are what makes keys and values of bytes; without one they stay bytes. */
export type ShareConsumerSettings<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
> = Omit<SettingsOf<typeof shareConsumerTable>, SerdeKey> & {
  readonly 'key.deserializer'?: Key | string
  readonly 'value.deserializer'?: Value | string
}

/** What `createShareConsumer` makes a share consumer of. */
export interface ShareConsumerOptions<
  Key extends DeserializerSetting = undefined,
  Value extends DeserializerSetting = undefined,
> {
  readonly world: ClientWorld
  readonly settings: ShareConsumerSettings<Key, Value>
  /** Hears what the brokers made of acknowledgements. What it throws is logged. */
  readonly onAcknowledged?: (outcomes: readonly AcknowledgementOutcome[]) => void
  /** Hears of a record that cannot be read; the record is rejected unless this throws. Default: the error is thrown to whoever asks for records, and the record is released. */
  readonly onDeserializationError?: OnDeserializationError
}

/** A record, or the place of one. */
export interface HeldPlace extends TopicPartition {
  readonly offset: number
}

/**
 * Reads topics together with the other members of a share group (KIP-932): each record goes to one of them, several may read from one partition, and each record is
 * acknowledged by itself. What is not acknowledged goes to somebody else.
 *
 * ```ts
 * consumer.subscribe(['orders'])
 * for await (const record of consumer.records()) {
 *   const isDone = await handle(record)
 *   consumer.acknowledge(record, isDone ? 'accept' : 'release')     // with share.acknowledgement.mode=explicit
 * }
 * ```
 *
 * With `share.acknowledgement.mode=implicit`, the default, asking for more accepts what was handed out before; what a loop holds when it is left is released. With `explicit` something must have been
 * said of each record before more is asked for. Acknowledgements travel with the next fetch; `commit` sends them at once, and says what became of them.
 */
export interface ShareConsumer<K = Uint8Array, V = Uint8Array> {
  /** Reads these topics, by name. Takes the place of an earlier subscription. Joins when records are first asked for. */
  subscribe(topics: readonly string[]): void
  /** Leaves the group. What is held and has not been acknowledged goes to others. */
  unsubscribe(): Promise<void>
  readonly subscription: readonly string[]

  /** What was acquired, partition by partition, at most `max.poll.records` at a time, for ever: until the consumer closes, or the loop is left. An error ends the loop; a new one goes on. */
  chunks(): AsyncGenerator<ShareChunk<K, V>, void, undefined>
  /** The records one by one. Asking for the next accepts the one before, with implicit acknowledgement. */
  records(): AsyncGenerator<ShareRecord<K, V>, void, undefined>
  /** The next chunk, if one comes within `timeoutMs`. Throws `DORSALE_UNACKNOWLEDGED` when nothing has been said of a record before, with explicit acknowledgement. */
  poll(options: { timeoutMs: number }): Promise<ShareChunk<K, V> | undefined>

  /**
   * Says what becomes of a record, or of the place that a `RecordDeserializationError` names; the last word before it is sent counts. A record that is renewed is handed out again once the broker
   * has heard. Throws `DORSALE_NOT_HELD` when the record is not held (any more), and with implicit acknowledgement.
   */
  acknowledge(record: HeldPlace, type?: AcknowledgeType): void
  /**
   * Sends what has been acknowledged, with implicit acknowledgement what was handed out, and answers what the brokers made of it. Rejects with `DORSALE_TIMEOUT` after
   * `default.api.timeout.ms`.
   */
  commit(): Promise<readonly AcknowledgementOutcome[]>
  /** As `commit`, for those who do not wait: `onAcknowledged` hears of it. */
  commitAsync(): void
  /** How long records stay with who acquired them, in milliseconds; undefined until a broker has said. */
  readonly acquisitionLockTimeoutMs: number | undefined

  /** What the consumer counts and measures of itself. `findMetric` looks a name up. */
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
  /** Ends every loop when it asks for more, so that what it holds is handled first; `close` follows. */
  stop(): void
  /** Sends what has been acknowledged, gives back what has not, leaves the group and closes the connections. What is not done in time (default: 30 s) is left undone. Idempotent. */
  close(options?: { timeoutMs?: number }): Promise<void>
}
