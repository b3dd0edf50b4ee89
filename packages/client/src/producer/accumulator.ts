import { assert, DorsaleError, Queue } from '@dorsale/base'
import { type CodecName, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Cluster } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Delivery } from './delivery.ts'
import { partitionOfKey } from './murmur2.ts'
import { PartitionQueue } from './partition-queue.ts'
import { ProducerBatch } from './producer-batch.ts'
import type { PreparedRecord } from './record.ts'
import { StickyPartitioner } from './sticky-partitioner.ts'

export interface AccumulatorOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly batchBytesMax: number
  readonly bufferBytesMax: number
  readonly recordBytesMax: number
  readonly maxBlockMs: number
  readonly deliveryTimeoutMs: number
  readonly codec: CodecName | undefined
  readonly level: number | undefined
  /** Batches are marked as parts of transactions. */
  readonly transactional: boolean
  readonly adaptive: boolean
  readonly ignoreKeys: boolean
  /** Something may be ready to be sent. */
  onWork(): void
  /** A record failed before it was in a batch, and nobody waits for it. */
  onLost(error: Error, topic: string): void
}

/** What makes waiting for a topic's metadata pointless. */
const hopeless = new Set<number>([errorCodes.INVALID_TOPIC_EXCEPTION, errorCodes.TOPIC_AUTHORIZATION_FAILED])

/** New batches grow from this; most of their lives they are far from full. */
const sizeHintMax = 4096

/**
 * Gathers records into batches, one growing batch per partition. Its memory is bounded: beyond `bufferBytesMax` records wait outside, in order, for at
 * most `maxBlockMs`; as many bytes may wait again, and beyond that a send fails at once.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #topics = new Map<string, TopicQueues>()
  /** Queues with batches that wait or are under way; the one served last is last. */
  readonly active = new Set<PartitionQueue>()
  #bufferedBytes = 0
  #pendingBytes = 0

  constructor(options: AccumulatorOptions) {
    this.#options = options
  }

  /** Bytes of records in batches whose fate is open. */
  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Whether records wait for room or metadata, so that whoever sends more should wait too. */
  get hasPending(): boolean {
    return this.#pendingBytes > 0
  }

  get isFull(): boolean {
    return this.#bufferedBytes >= this.#options.bufferBytesMax || this.#pendingBytes > 0
  }

  get isEmpty(): boolean {
    return this.active.size === 0 && this.#pendingBytes === 0
  }

  append(record: PreparedRecord, delivery: Delivery): void {
    const { recordBytesMax, bufferBytesMax, world, maxBlockMs, cluster } = this.#options
    if (record.bytes > Math.min(recordBytesMax, bufferBytesMax)) {
      const text = `the record takes up ${record.bytes} bytes, more than max.request.size or buffer.memory allow`
      this.#lose(delivery, new ProtocolError(errorCodes.MESSAGE_TOO_LARGE, text), record.topic)
      return
    }
    let topic = this.#topics.get(record.topic)
    if (topic === undefined) {
      topic = new TopicQueues(record.topic, this.#options)
      this.#topics.set(record.topic, topic)
      cluster.addTopic(record.topic)
    }
    if (topic.pending.length === 0 && this.#place(topic, record, delivery)) return
    if (this.#pendingBytes + record.bytes > Math.max(bufferBytesMax, record.bytes)) {
      const text = 'buffer.memory is used up, and as much again waits: send no faster than the cluster takes it'
      this.#lose(delivery, new DorsaleError('DORSALE_BUFFER_FULL', text, { retriable: true }), record.topic)
      return
    }
    topic.pending.push({ record, delivery, deadlineMs: world.clock.monotonic() + maxBlockMs })
    this.#pendingBytes += record.bytes
    this.#options.onWork()
  }

  /** Places what waited, where there are room and metadata by now; fails what has waited for too long. Answers when to look again. */
  settlePending(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY
    if (this.#pendingBytes === 0) return nextMs
    for (const topic of this.#topics.values()) {
      for (let first = topic.pending.peek(); first !== undefined; first = topic.pending.peek()) {
        const error = this.#hopeOf(topic, first, nowMs)
        if (error === undefined && !this.#place(topic, first.record, first.delivery)) {
          nextMs = Math.min(nextMs, first.deadlineMs)
          break
        }
        topic.pending.shift()
        this.#pendingBytes -= first.record.bytes
        if (error !== undefined) this.#lose(first.delivery, error, topic.name)
      }
    }
    return nextMs
  }

  /** A batch's fate is known: its memory is free. */
  release(queue: PartitionQueue, batch: ProducerBatch): void {
    this.#bufferedBytes -= batch.accountedBytes
    assert(this.#bufferedBytes >= 0, 'memory is released once')
    if (queue.isEmpty) this.active.delete(queue)
  }

  /** Fails all that waits outside of the batches. */
  failPending(error: Error): void {
    for (const topic of this.#topics.values()) {
      for (const { record, delivery } of topic.pending) {
        this.#pendingBytes -= record.bytes
        this.#lose(delivery, error, topic.name)
      }
      topic.pending.clear()
    }
  }

  #hopeOf(topic: TopicQueues, { deadlineMs }: Pending, nowMs: number): Error | undefined {
    const { cluster, maxBlockMs } = this.#options
    const errorCode = cluster.metadata.errorOf(topic.name)
    if (errorCode !== undefined && hopeless.has(errorCode)) return new ProtocolError(errorCode)
    if (nowMs < deadlineMs) return undefined
    const isKnown = cluster.metadata.topic(topic.name) !== undefined
    const why = isKnown ? 'room in the buffer, or of its partition' : `metadata of topic ${topic.name}`
    const cause = errorCode === undefined ? cluster.lastError : new ProtocolError(errorCode)
    return new DorsaleError('DORSALE_TIMEOUT', `no ${why} within ${maxBlockMs} ms`, { retriable: true, cause })
  }

  /** False when there is no room, or no such partition yet. */
  #place(topic: TopicQueues, record: PreparedRecord, delivery: Delivery): boolean {
    const { cluster, bufferBytesMax, world } = this.#options
    const info = cluster.metadata.topic(topic.name)
    if (info === undefined || this.#bufferedBytes + record.bytes > bufferBytesMax) return false
    const partition = topic.partitionOf(record, info.partitions)
    if (partition >= info.partitions.length) {
      cluster.refresh()
      return false
    }
    const queue = topic.queue(partition)
    let batch = queue.last
    if (batch === undefined || !batch.fits(record, this.#options.batchBytesMax)) {
      if (batch !== undefined) batch.isClosed = true
      batch = this.#open(queue, world.clock.monotonic())
      // A new batch has work to do sooner or later; records that join it change nothing unless they fill it.
      this.#options.onWork()
    }
    const index = batch.append(record)
    if (batch.sizeInBytes >= this.#options.batchBytesMax) {
      batch.isClosed = true
      this.#options.onWork()
    }
    this.#bufferedBytes += record.bytes
    delivery.place(batch, index, record.timestamp)
    return true
  }

  #open(queue: PartitionQueue, nowMs: number): ProducerBatch {
    const { deliveryTimeoutMs, codec, level, transactional, batchBytesMax, onWork } = this.#options
    const batch = new ProducerBatch({
      topic: queue.topic,
      partition: queue.partition,
      number: queue.batchCount++,
      nowMs,
      deadlineMs: nowMs + deliveryTimeoutMs,
      codec,
      level,
      transactional,
      sizeHint: Math.min(batchBytesMax, sizeHintMax),
      onAwaited: onWork,
    })
    queue.waiting.push(batch)
    this.active.add(queue)
    return batch
  }

  #lose(delivery: Delivery, error: Error, topic: string): void {
    if (!delivery.fail(error)) this.#options.onLost(error, topic)
  }
}

interface Pending {
  readonly record: PreparedRecord
  readonly delivery: Delivery
  readonly deadlineMs: number
}

/** One topic: its partitions, and the records that wait until they can be placed. */
class TopicQueues {
  readonly name: string
  readonly pending = new Queue<Pending>()
  readonly #queues: PartitionQueue[] = []
  readonly #sticky: StickyPartitioner
  readonly #ignoreKeys: boolean

  constructor(name: string, options: AccumulatorOptions) {
    this.name = name
    this.#ignoreKeys = options.ignoreKeys
    this.#sticky = new StickyPartitioner({
      prng: options.world.prng,
      batchBytes: Math.max(1, options.batchBytesMax),
      adaptive: options.adaptive,
    })
  }

  queue(partition: number): PartitionQueue {
    this.#queues[partition] ??= new PartitionQueue(this.name, partition)
    return this.#queues[partition]
  }

  partitionOf(record: PreparedRecord, partitions: readonly { leaderId: number }[]): number {
    if (record.partition !== undefined) return record.partition
    if (record.key !== null && !this.#ignoreKeys) return partitionOfKey(record.key, partitions.length)
    const partition = this.#sticky.place(() =>
      partitions.map(({ leaderId }, index) => (leaderId < 0 ? -1 : (this.#queues[index]?.waiting.length ?? 0))),
    )
    this.#sticky.placed(record.bytes)
    return partition
  }
}
