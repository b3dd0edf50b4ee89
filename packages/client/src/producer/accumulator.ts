import { assert, BufferPool, DorsaleError, Queue } from '@dorsale/base'
import { type CodecName, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { PartitionInfo } from '../metadata/metadata-cache.ts'
import type { ProducerMetrics } from '../metrics/producer-metrics.ts'
import { type Cluster, timeoutError } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import { CompressionRatio } from './compression-ratio.ts'
import type { BatchDelivery } from './delivery.ts'
import { partitionOfKey } from './murmur2.ts'
import { PartitionQueue } from './partition-queue.ts'
import type { Partitioner } from './partitioner.ts'
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
  /** Places records that name no partition. Undefined: by key, or where a batch is being filled. */
  readonly partitioner: Partitioner | undefined
  /** Records without a key go to partitions that are led in this rack, where there are some (KIP-1123). Undefined: anywhere. */
  readonly preferredRack: string | undefined
  readonly lingerMs: number
  /** A broker that has not taken a ready batch for this long gets no more records without a key (KIP-794). 0: it does. */
  readonly availabilityTimeoutMs: number
  readonly metrics: ProducerMetrics
  /** Something may be ready to be sent. */
  onWork(): void
  /** A record failed before it was in a batch, */
  onFailed(error: Error): void
  /** and nobody waits for it. */
  onLost(error: Error, topic: string): void
}

/** What makes waiting for a topic's metadata pointless. */
const hopeless = new Set<number>([errorCodes.INVALID_TOPIC_EXCEPTION, errorCodes.TOPIC_AUTHORIZATION_FAILED])

/** What the first batch of a partition grows from; those after it are taken to be as large as the one before. */
const firstSizeHint = 1024

/** The part of `buffer.memory` that may lie idle until the next batches need it: what is under way, rather than what waits. */
const idlePart = 1 / 4

/**
 * Gathers records into batches, one growing batch per partition. Its memory is bounded: beyond `bufferBytesMax` records wait outside, in order, for at
 * most `maxBlockMs`; as many bytes may wait again, and beyond that a send fails at once.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #topics = new Map<string, TopicQueues>()
  /** Queues with batches that wait or are under way, and some that had such until lately; the one served last is last. The sender takes the idle ones out. */
  readonly active = new Set<PartitionQueue>()
  /** Memory of batches that were delivered. A million records of 10 KB cost 12 CPU-seconds with it, and 25 where each batch grows in memory of its own (bench/clients/drivers, on one broker). */
  readonly #pool: BufferPool
  #bufferedBytes = 0
  #pendingBytes = 0

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.#pool = new BufferPool({ idleBytesMax: this.idleBytesMax })
  }

  /** Bytes of memory that wait for the next batches. */
  get idleBytes(): number {
    return this.#pool.idleBytes
  }

  /** The most that `idleBytes` may be. */
  get idleBytesMax(): number {
    return Math.floor(this.#options.bufferBytesMax * idlePart)
  }

  /** Bytes of records in batches whose fate is open. */
  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Bytes of records that wait for room or metadata. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Records that wait for room. */
  get waitingCount(): number {
    let count = 0
    if (this.#pendingBytes === 0) return count
    for (const { waitsFor, pending } of this.#topics.values()) if (waitsFor === 'buffer') count += pending.length
    return count
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

  append(record: PreparedRecord, delivery: BatchDelivery): void {
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
    if (topic.pending.length === 0 && this.#tryPlace(topic, record, delivery)) return
    if (this.#pendingBytes + record.bytes > Math.max(bufferBytesMax, record.bytes)) {
      const text = 'buffer.memory is used up, and as much again waits: send no faster than the cluster takes it'
      this.#options.metrics.onExhausted()
      this.#lose(delivery, new DorsaleError('DORSALE_BUFFER_FULL', text, { retriable: true }), record.topic)
      return
    }
    const nowMs = world.clock.monotonic()
    if (topic.pending.length === 0) {
      topic.waitsFor = cluster.metadata.topic(topic.name) === undefined ? 'metadata' : 'buffer'
      topic.waitsSinceMs = nowMs
    }
    topic.pending.push({ record, delivery, deadlineMs: nowMs + maxBlockMs })
    this.#pendingBytes += record.bytes
    this.#options.onWork()
  }

  /** Places what waited, where there are room and metadata by now; fails what has waited for too long. Answers when to look again. */
  settlePending(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY
    if (this.#pendingBytes === 0) return nextMs
    for (const topic of this.#topics.values()) {
      if (topic.pending.length === 0) continue
      for (let first = topic.pending.peek(); first !== undefined; first = topic.pending.peek()) {
        const error = this.#hopeOf(topic, first, nowMs)
        if (error === undefined && !this.#tryPlace(topic, first.record, first.delivery)) {
          nextMs = Math.min(nextMs, first.deadlineMs)
          break
        }
        topic.pending.shift()
        this.#pendingBytes -= first.record.bytes
        if (error !== undefined) {
          if (topic.waitsFor === 'buffer') this.#options.metrics.onExhausted()
          this.#lose(first.delivery, error, topic.name)
        }
      }
      if (topic.pending.length === 0) this.#options.metrics.onWaited(topic.waitsFor, nowMs - topic.waitsSinceMs)
    }
    return nextMs
  }

  /** A batch is about to leave for the first time: what its topic's records are like. */
  observe(queue: PartitionQueue, batch: ProducerBatch): void {
    queue.plainBytesLast = batch.plainBytes
    if (batch.isCompressed) this.#ratioOf(queue).observe(batch.compressionRatio)
  }

  /** Puts smaller batches in the place of one that its topic does not take. */
  split(queue: PartitionQueue, batch: ProducerBatch): void {
    this.#ratioOf(queue).reset()
    queue.replace(batch, batch.split())
  }

  /** A batch's fate is known: its memory is free. */
  release(batch: ProducerBatch): void {
    this.#bufferedBytes -= batch.accountedBytes
    assert(this.#bufferedBytes >= 0, 'memory is released once')
  }

  /** Nothing more is sent: idle memory is let go of. */
  close(): void {
    this.#pool.clear()
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

  #hopeOf(topic: TopicQueues, { deadlineMs, record }: Pending, nowMs: number): Error | undefined {
    const { cluster, maxBlockMs } = this.#options
    const errorCode = cluster.metadata.errorOf(topic.name)
    if (errorCode !== undefined && hopeless.has(errorCode))
      return new ProtocolError(errorCode, `topic '${topic.name}': ${new ProtocolError(errorCode).message}`)
    if (cluster.finalError !== undefined) return cluster.finalError
    if (nowMs < deadlineMs) return undefined
    const cause = errorCode === undefined ? cluster.lastError : new ProtocolError(errorCode)
    return timeoutError(awaited(record, cluster.metadata.topic(topic.name)?.partitions.length), maxBlockMs, cause)
  }

  /** False when the record must wait. A record that the application's partitioner will not place is lost. */
  #tryPlace(topic: TopicQueues, record: PreparedRecord, delivery: BatchDelivery): boolean {
    try {
      return this.#place(topic, record, delivery)
    } catch (error) {
      this.#lose(delivery, error as Error, topic.name)
      return true
    }
  }

  /** False when there is no room, or no such partition yet. */
  #place(topic: TopicQueues, record: PreparedRecord, delivery: BatchDelivery): boolean {
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
      batch?.close()
      batch = this.#open(queue, record.codec, world.clock.monotonic())
      // A new batch has work to do sooner or later; records that join it change nothing unless they fill it.
      this.#options.onWork()
    }
    const index = batch.append(record)
    if (batch.sizeInBytes >= this.#options.batchBytesMax) {
      batch.close()
      this.#options.onWork()
    }
    this.#bufferedBytes += record.bytes
    delivery.place(batch, index, record.timestamp)
    return true
  }

  #open(queue: PartitionQueue, wish: PreparedRecord['codec'], nowMs: number): ProducerBatch {
    const { deliveryTimeoutMs, transactional, onWork } = this.#options
    const codec = wish === undefined ? this.#options.codec : wish === 'none' ? undefined : wish
    const level = codec === this.#options.codec ? this.#options.level : undefined
    const batch = new ProducerBatch({
      topic: queue.topic,
      partition: queue.partition,
      number: queue.batchCount++,
      nowMs,
      deadlineMs: nowMs + deliveryTimeoutMs,
      codec,
      wish,
      level,
      transactional,
      sizeHint: queue.plainBytesLast ?? firstSizeHint,
      pool: this.#pool,
      sizeEstimate: codec === undefined ? 1 : this.#ratioOf(queue).estimate,
      onAwaited: onWork,
    })
    queue.waiting.push(batch)
    this.active.add(queue)
    return batch
  }

  #ratioOf({ topic }: PartitionQueue): CompressionRatio {
    return this.#topics.get(topic)!.ratio
  }

  #lose(delivery: BatchDelivery, error: Error, topic: string): void {
    this.#options.metrics.onLost(topic, 1)
    this.#options.onFailed(error)
    if (!delivery.fail(error)) this.#options.onLost(error, topic)
  }
}

/** What a record waits for outside of the batches. `partitionCount`: of its topic; undefined: nobody has said so far. */
function awaited({ topic, partition }: PreparedRecord, partitionCount: number | undefined): string {
  if (partitionCount === undefined) return `metadata of topic ${topic}`
  if (partition === undefined || partition < partitionCount) return 'room in the buffer (buffer.memory)'
  return `partition ${partition} of topic ${topic}, which has ${partitionCount}`
}

interface Pending {
  readonly record: PreparedRecord
  readonly delivery: BatchDelivery
  readonly deadlineMs: number
}

/** One topic: its partitions, and the records that wait until they can be placed. */
class TopicQueues {
  readonly name: string
  readonly pending = new Queue<Pending>()
  /** What the first of them waits for, or the last that did. */
  waitsFor: 'metadata' | 'buffer' = 'metadata'
  /** On the monotonic clock. */
  waitsSinceMs = 0
  readonly ratio = new CompressionRatio()
  readonly #queues: PartitionQueue[] = []
  readonly #sticky: StickyPartitioner
  readonly #options: AccumulatorOptions

  constructor(name: string, options: AccumulatorOptions) {
    this.name = name
    this.#options = options
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

  /** Throws what a partitioner of the application throws, and a sentence about an index that cannot be. */
  partitionOf(record: PreparedRecord, partitions: readonly PartitionInfo[]): number {
    if (record.partition !== undefined) return record.partition
    const { partitioner, ignoreKeys } = this.#options
    if (partitioner !== undefined) return this.#ask(partitioner, record, partitions)
    if (record.key !== null && !ignoreKeys) return partitionOfKey(record.key, partitions.length)
    const partition = this.#sticky.place(() => this.#loads(partitions))
    this.#sticky.placed(record.bytes)
    return partition
  }

  #ask(partitioner: Partitioner, record: PreparedRecord, partitions: readonly PartitionInfo[]): number {
    const { key, value, headers } = record
    const partition = partitioner({ topic: this.name, key, value, headers, partitions })
    if (Number.isInteger(partition) && partition >= 0 && partition < partitions.length) return partition
    const text = `the partitioner answered ${partition}; ${this.name} has partitions 0 to ${partitions.length - 1}`
    throw new DorsaleError('DORSALE_PARTITIONER', text)
  }

  /** Batches that wait for each partition; -1: it should get nothing. */
  #loads(partitions: readonly PartitionInfo[]): number[] {
    const { cluster, preferredRack } = this.#options
    const late = this.#lateLeaders(partitions)
    const loads = partitions.map(({ leaderId }, index) =>
      leaderId < 0 || late.has(leaderId) ? -1 : (this.#queues[index]?.waiting.length ?? 0),
    )
    if (preferredRack === undefined) return loads
    const near = loads.map((load, index) => {
      const { leaderId } = partitions[index]!
      return cluster.metadata.brokers.get(leaderId)?.rack === preferredRack ? load : -1
    })
    return near.some(load => load >= 0) ? near : loads
  }

  /** Brokers that have left a ready batch waiting for too long. */
  #lateLeaders(partitions: readonly PartitionInfo[]): Set<number> {
    const { availabilityTimeoutMs, lingerMs, world } = this.#options
    const late = new Set<number>()
    if (availabilityTimeoutMs === 0) return late
    const dueMs = world.clock.monotonic() - lingerMs - availabilityTimeoutMs
    for (const { index, leaderId } of partitions) {
      const first = this.#queues[index]?.waiting[0]
      if (first !== undefined && first.createdMs < dueMs) late.add(leaderId)
    }
    return late
  }
}
