import { Alarm, DorsaleError } from '@dorsale/base'
import {
  decodeMessage,
  type ErrorCode,
  encodeMessage,
  errorCodes,
  type ProduceResponsePartitionProduceResponse,
  ProtocolError,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { channels } from '../diagnostics/channels.ts'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { ProducerMetrics } from '../metrics/producer-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Accumulator } from './accumulator.ts'
import type { Identity } from './identity.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { ProduceCall, type SentBatch, versionMaxOf } from './produce-call.ts'
import type { BatchPlace, ProducerBatch } from './producer-batch.ts'

export interface SenderOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly accumulator: Accumulator
  readonly acks: -1 | 0 | 1
  readonly identity: Identity
  readonly lingerMs: number
  readonly requestTimeoutMs: number
  readonly requestBytesMax: number
  readonly retries: number
  readonly retryBackoff: Backoff
  readonly metrics: ProducerMetrics
  /** Batches left or failed: whoever waits for room or for a flush may look again. */
  onProgress(): void
  /** A batch failed and nobody waits for it. */
  onLost(error: Error, batch: ProducerBatch): void
}

/**
 * Sends what is ready. Everything that may let a batch proceed (an append, an answer, a timer, new metadata) calls `wake`, and `#run`, once at the end of the
 * turn, decides what goes. Nothing else sends.
 */
export class Sender {
  readonly #options: SenderOptions
  #isDeferred = false
  #isStopped = false
  readonly #alarm: Alarm
  /** Flushes under way: every batch is ready. */
  flushing = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.world.clock, () => this.wake())
  }

  /** Looks at what is ready, at the end of this turn. */
  wake(): void {
    if (this.#isDeferred || this.#isStopped) return
    this.#isDeferred = true
    this.#options.world.clock.defer(() => {
      this.#isDeferred = false
      if (!this.#isStopped) this.#run()
    })
  }

  /** Sends nothing more; what has not been answered fails. */
  stop(error: Error): void {
    this.#isStopped = true
    this.#alarm.cancel()
    this.#options.accumulator.failPending(error)
    const { active } = this.#options.accumulator
    for (const queue of [...active]) {
      for (const batch of [...queue.inFlight, ...queue.waiting]) if (!batch.isDone) this.#fail(queue, batch, error)
    }
    active.clear()
  }

  /**
   * Fails what has not been sent yet, since its transaction is lost: records outside of batches, batches without a number, and those of partitions whose count
   * is broken. Batches that were sent before, and may have been written, go on being sent until their fate is known.
   */
  abandonUnsent(error: Error): void {
    this.#options.accumulator.failPending(error)
    for (const queue of [...this.#options.accumulator.active]) {
      for (const batch of [...queue.waiting]) {
        if (!batch.isDone && (batch.baseSequence < 0 || queue.isBroken)) this.#fail(queue, batch, error)
      }
    }
    this.wake()
  }

  #run(): void {
    const { world, accumulator, cluster } = this.#options
    const nowMs = world.clock.monotonic()
    let nextMs = accumulator.settlePending(nowMs)
    // A list: a client talks to a few brokers, and a table would be made for each record that is sent alone.
    const ready: ReadyLink[] = []
    for (const queue of accumulator.active) {
      // What is idle leaves here and not with its last batch: whoever awaits each record has sent the next by now.
      if (queue.isEmpty) {
        accumulator.active.delete(queue)
        continue
      }
      nextMs = Math.min(nextMs, this.#expire(queue, nowMs))
      const batch = queue.waiting[0]
      if (batch === undefined) continue
      const leaderId = cluster.metadata.partition(queue.topic, queue.partition)?.leaderId ?? -1
      const link = cluster.link(leaderId)
      if (link === undefined) {
        cluster.refresh()
        continue
      }
      const readyMs = this.#readyMs(queue, batch, link)
      if (readyMs > nowMs) {
        nextMs = Math.min(nextMs, readyMs)
        continue
      }
      const known = ready.find(each => each.link === link)
      if (known === undefined) ready.push({ link, queues: [queue] })
      else known.queues.push(queue)
    }
    if (ready.length > 0 && this.#options.identity.isReady()) {
      for (const { link, queues } of ready) {
        if (link.state === 'ready') link.together(() => this.#drain(link, queues, nowMs))
        else link.connect()
      }
    }
    this.#alarm.ringBy(nextMs)
    this.#options.onProgress()
  }

  /** When the batch may leave. */
  #readyMs(queue: PartitionQueue, batch: ProducerBatch, link: BrokerLink): number {
    if (batch.attempts > 0) return batch.notBeforeMs
    const { accumulator, lingerMs } = this.#options
    const isDue = batch.isClosed || queue.waiting.length > 1 || this.flushing > 0 || accumulator.hasPending
    // Somebody waits for the answer: to linger would only make them wait, unless answers to others are due first (Nagle).
    if (isDue || (batch.isAwaited && link.inFlightCount === 0)) return 0
    return batch.createdMs + lingerMs
  }

  /** Fails what is out of time; answers when the next of the queue is. */
  #expire(queue: PartitionQueue, nowMs: number): number {
    const dueMs = queue.firstDueMs()
    if (dueMs > nowMs) return dueMs
    for (const batch of [...queue.inFlight, ...queue.waiting]) {
      if (batch.isDone || batch.deadlineMs > nowMs) continue
      const waited = Math.round(nowMs - batch.createdMs)
      const text = `${batch.recordCount} records for ${queue.topic}-${queue.partition} were not delivered within delivery.timeout.ms (${waited} ms)`
      this.#fail(queue, batch, new DorsaleError('DORSALE_TIMEOUT', text, { retriable: true }))
    }
    return queue.firstDueMs()
  }

  #drain(link: BrokerLink, queues: readonly PartitionQueue[], nowMs: number): void {
    const { accumulator, cluster, identity, requestBytesMax } = this.#options
    const { active } = accumulator
    let left: readonly PartitionQueue[] = queues
    while (link.hasRoom && left.length > 0) {
      const batches: SentBatch[] = []
      let bytes = 0
      for (const queue of left) {
        const batch = queue.waiting[0]
        if (batch === undefined || this.#readyMs(queue, batch, link) > nowMs) continue
        if (batches.length > 0 && bytes + batch.sizeInBytes > requestBytesMax) continue
        if (!identity.admits(queue)) continue
        bytes += batch.sizeInBytes
        const topicId = cluster.metadata.topic(queue.topic)?.topicId ?? noTopicId
        batches.push({ queue, batch: queue.send(), topicId, isAnswered: false })
        if (active.size === 1) continue
        // Behind the others, for the next time that not all fit.
        active.delete(queue)
        active.add(queue)
      }
      if (batches.length === 0) return
      this.#send(link, batches)
      left = left.filter(queue => queue.waiting.length > 0)
    }
  }

  #send(link: BrokerLink, batches: readonly SentBatch[]): void {
    const { acks, requestTimeoutMs, identity, accumulator, metrics, world } = this.#options
    const sentMs = world.clock.monotonic()
    let recordCount = 0
    for (const { queue, batch } of batches) {
      if (batch.attempts++ === 0) {
        batch.bytes()
        accumulator.observe(queue, batch)
      }
      metrics.onBatchSent(batch, sentMs)
      this.#tellBatch(batch)
      recordCount += batch.recordCount
    }
    metrics.onRequestSent(recordCount, sentMs)
    const versionMax = Math.min(versionMaxOf(batches), identity.produceVersionMax ?? Number.POSITIVE_INFINITY)
    const version = link.versions.pick(produceRequest, versionMax)
    if (version === undefined) {
      this.#failAll(
        batches,
        new ProtocolError(
          errorCodes.UNSUPPORTED_VERSION,
          'the broker serves no version of Produce that this client speaks',
        ),
      )
      return
    }
    const call = new ProduceCall({ link, sentMs, batches, version })
    const value = {
      transactionalId: identity.transactionalId,
      acks,
      timeoutMs: requestTimeoutMs,
      topicData: call.topicData(),
    }
    link.send({
      table: produceRequest,
      version,
      body: encodeMessage(produceRequest, version, value),
      timeoutMs: requestTimeoutMs,
      onReply: acks === 0 ? undefined : body => this.#onReply(call, body),
      onError: acks === 0 ? undefined : error => this.#onLostAnswer(call, error),
    })
    if (acks === 0) {
      for (const { queue, batch } of batches)
        this.#succeed(queue, batch, { baseOffset: -1, appendTime: -1, logStartOffset: -1 })
      this.wake()
    }
  }

  #onReply(call: ProduceCall, body: Uint8Array): void {
    const { cluster, metrics, world } = this.#options
    try {
      const response = decodeMessage(produceResponse, call.version, body)
      const leaders = []
      for (const topic of response.responses) {
        for (const answer of topic.partitionResponses) {
          const sent = call.answered(topic, answer.index)
          if (sent === undefined) continue
          const { queue, batch } = sent
          if (answer.currentLeader.leaderId >= 0)
            leaders.push({ topic: queue.topic, index: answer.index, ...answer.currentLeader })
          this.#onAnswer(queue, batch, answer)
        }
      }
      if (leaders.length > 0) cluster.noteLeaders(response.nodeEndpoints, leaders)
      call.link.throttle(response.throttleTimeMs)
      const nowMs = world.clock.monotonic()
      metrics.onAnswered(nowMs - call.sentMs, response.throttleTimeMs, nowMs)
    } catch (error) {
      // An answer that cannot be read says nothing, and what follows it could not be believed.
      call.link.drop(error as Error)
    }
    for (const { queue, batch, isAnswered } of call.batches) {
      if (isAnswered) continue
      const error = new ProtocolError(errorCodes.NETWORK_EXCEPTION, 'the answer does not name the partition')
      this.#retryOrFail(queue, batch, error)
    }
    this.wake()
  }

  #onLostAnswer({ batches }: ProduceCall, error: Error): void {
    this.#options.cluster.refresh()
    for (const { queue, batch } of batches) this.#retryOrFail(queue, batch, error)
    this.wake()
  }

  #onAnswer(queue: PartitionQueue, batch: ProducerBatch, answer: ProduceResponsePartitionProduceResponse): void {
    const { errorCode } = answer
    // Written before: the answer to an earlier try was lost.
    if (errorCode === errorCodes.NONE || errorCode === errorCodes.DUPLICATE_SEQUENCE_NUMBER) {
      this.#succeed(queue, batch, {
        baseOffset: answer.baseOffset,
        appendTime: answer.logAppendTimeMs,
        logStartOffset: answer.logStartOffset,
      })
      return
    }
    // The topic takes smaller batches than this producer makes, or these compressed worse than those before.
    if (errorCode === errorCodes.MESSAGE_TOO_LARGE && batch.recordCount > 1 && !batch.isDone) {
      this.#options.accumulator.split(queue, batch)
      this.#options.metrics.onSplit()
      return
    }
    const [first] = answer.recordErrors
    const text = answer.errorMessage ?? first?.batchIndexErrorMessage ?? undefined
    const error = new ProtocolError(errorCode as ErrorCode, text)
    const { isNumbered, transactionalId } = this.#options.identity
    const mayNumberAnew = isNumbered && transactionalId === null && !batch.isDone
    if (mayNumberAnew && this.#isCountLost(queue, batch, errorCode)) {
      queue.breakCount()
      this.#sendAgain(queue, batch)
    } else this.#retryOrFail(queue, batch, error)
  }

  /** Whether the broker refused a number and has not written the batch, so that it may be sent under a new number. */
  #isCountLost(queue: PartitionQueue, batch: ProducerBatch, errorCode: number): boolean {
    if (errorCode === errorCodes.UNKNOWN_PRODUCER_ID) return true
    // A batch before it was given up: the broker misses that one.
    return errorCode === errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER && queue.isBroken && !queue.isNext(batch)
  }

  #retryOrFail(queue: PartitionQueue, batch: ProducerBatch, error: Error): void {
    // Its time was over while the answer was under way.
    if (batch.isDone) {
      this.#settle(queue, batch)
      return
    }
    const { retries, cluster, identity } = this.#options
    const isOutOfOrder = error instanceof ProtocolError && error.errorCode === errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER
    // The broker misses an earlier batch, which is about to be sent again.
    const isBehind = identity.isNumbered && isOutOfOrder && queue.hasEarlier(batch)
    // In a transaction nothing is numbered anew: what follows a batch that is lost is lost with it.
    const isLost = identity.transactionalId !== null && queue.isBroken
    if (isLost || (!isBehind && !isRetriable(error)) || batch.attempts > retries) {
      this.#fail(queue, batch, error)
      return
    }
    if (error instanceof ProtocolError && error.action === 'refresh') cluster.refresh()
    this.#sendAgain(queue, batch)
  }

  #sendAgain(queue: PartitionQueue, batch: ProducerBatch): void {
    const { world, retryBackoff, metrics } = this.#options
    metrics.onRetry(batch)
    batch.notBeforeMs = world.clock.monotonic() + backoffMs(retryBackoff, batch.attempts, world.prng)
    queue.sendAgain(batch)
  }

  #succeed(queue: PartitionQueue, batch: ProducerBatch, place: BatchPlace): void {
    queue.acknowledge(batch)
    if (batch.isDone) return
    batch.succeed(place, { isTaken: this.#options.acks !== 0 })
    this.#tellSettled(batch, place.baseOffset, undefined)
    this.#options.accumulator.release(batch)
  }

  #fail(queue: PartitionQueue, batch: ProducerBatch, error: Error): void {
    const { accumulator, onLost, metrics } = this.#options
    metrics.onLost(batch.topic, batch.recordCount)
    const isUnderWay = queue.inFlight.includes(batch)
    const isOutOfTime = error instanceof DorsaleError && error.code === 'DORSALE_TIMEOUT'
    // What is out of time while under way stays there until its answer comes: until then nothing may be numbered anew.
    if (!(isUnderWay && isOutOfTime && !this.#isStopped)) queue.abandon(batch)
    else queue.breakCount()
    const isHeard = batch.fail(error)
    this.#tellSettled(batch, -1, error)
    accumulator.release(batch)
    if (!isHeard) onLost(error, batch)
    this.#options.identity.onFailed(error, batch)
  }

  #tellBatch({ topic, partition, recordCount, sizeInBytes, attempts: attempt }: ProducerBatch): void {
    const { produceBatch } = channels
    if (produceBatch.hasSubscribers) produceBatch.publish({ topic, partition, recordCount, sizeInBytes, attempt })
  }

  #tellSettled(batch: ProducerBatch, baseOffset: number, error: Error | undefined): void {
    const { produceSettled } = channels
    if (!produceSettled.hasSubscribers) return
    const { topic, partition, recordCount, createdMs } = batch
    const tookMs = this.#options.world.clock.monotonic() - createdMs
    produceSettled.publish({ topic, partition, recordCount, baseOffset, tookMs, error })
  }

  /** The answer to a batch that was given up. */
  #settle(queue: PartitionQueue, batch: ProducerBatch): void {
    queue.abandon(batch)
  }

  #failAll(batches: readonly SentBatch[], error: Error): void {
    for (const { queue, batch } of batches) this.#fail(queue, batch, error)
  }
}

/** A broker, and the partitions that it leads and whose first batch may leave. */
interface ReadyLink {
  readonly link: BrokerLink
  readonly queues: PartitionQueue[]
}
