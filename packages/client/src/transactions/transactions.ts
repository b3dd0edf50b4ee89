import { DorsaleError } from '@dorsale/base'
import { describe, invalidArgument, requireOffsets } from '../misuse.ts'
import { timeoutError } from '../network/cluster.ts'
import type { Identity } from '../producer/identity.ts'
import type { PartitionQueue, ProducerIdentity } from '../producer/partition-queue.ts'
import type { ProducerBatch } from '../producer/producer-batch.ts'
import type { ClientWorld } from '../world.ts'
import {
  type ConsumerGroupMetadata,
  implicitVersion,
  type OffsetToCommit,
  type TransactionCoordinator,
} from './transaction-coordinator.ts'
import { type ErrorSource, misuse, severityOf, TransactionError } from './transaction-error.ts'

/**
 * Where a transactional producer stands.
 *
 *     uninitialized --init--> initializing --> ready --begin--> open --commit--> committing --> ready
 *                                                               open --abort---> aborting ----> ready
 *                                        open, committing --error--> failed --abort--> aborting
 *                                                     anything --fatal error--> fatal
 */
type State =
  /** Not even known to the coordinator. */
  | 'uninitialized'
  | 'initializing'
  /** Between two transactions. */
  | 'ready'
  /** Records and offsets are taken. */
  | 'open'
  /** What was sent is delivered, then the coordinator decides. */
  | 'committing'
  /** What may have been written is waited for, then the coordinator is told. */
  | 'aborting'
  /** Something was lost: the transaction can only be aborted. */
  | 'failed'
  /** The producer can only be closed. */
  | 'fatal'

export interface TransactionsOptions {
  readonly world: ClientWorld
  readonly coordinator: TransactionCoordinator
  readonly transactionalId: string
  /** `max.block.ms`: how long a call waits. The operation itself goes on, and the same call waits for it again. */
  readonly maxBlockMs: number
  /** Batches may leave that could not before. */
  onReady(): void
  /** The transaction is lost: fail what has not been sent. */
  onFailing(error: Error): void
  /** Settles when the fate of everything sent is known. */
  flush(): Promise<void>
}

/** The last version of Produce in which a batch does not add its partition to the transaction. */
const explicitProduceVersion = 11

/**
 * The transactions of one producer, one after another (KIP-98). With `transaction.version` 2 of the cluster (KIP-890) partitions join by being written to and each
 * transaction has its own epoch; before, the coordinator is told first, and an epoch lasts until something goes wrong.
 */
export class Transactions implements Identity {
  readonly isNumbered = true
  readonly transactionalId: string
  readonly #options: TransactionsOptions
  #state: State = 'uninitialized'
  #error: TransactionError | undefined
  #identity: ProducerIdentity | undefined
  /** The coordinator knows of a transaction, or may. */
  #isStarted = false
  /** Numbers were lost: the next transaction needs a new epoch. */
  #needsEpoch = false
  /** First protocol: partitions that the coordinator knows, and those that it has to be told of. */
  readonly #added = new Set<PartitionQueue>()
  readonly #wanted = new Set<PartitionQueue>()
  #adding: Promise<void> | undefined
  /** The operation under way. */
  #pending: { readonly name: string; readonly promise: Promise<void> } | undefined

  constructor(options: TransactionsOptions) {
    this.#options = options
    this.transactionalId = options.transactionalId
  }

  get produceVersionMax(): number | undefined {
    return this.#isImplicit ? undefined : explicitProduceVersion
  }

  /** Registers with the coordinator: waits for the outcome of a transaction that an earlier producer of this id left, and fences that producer. */
  init(): Promise<void> {
    return this.#operate('initTransactions', () => {
      this.#require('initTransactions', ['uninitialized'])
      this.#state = 'initializing'
      return this.#initialize()
    })
  }

  begin(): void {
    this.#require('beginTransaction', ['ready'])
    this.#state = 'open'
  }

  /** Throws unless a transaction takes records. */
  requireOpen(): void {
    this.#require('send', ['open'])
  }

  async sendOffsets(offsets: readonly OffsetToCommit[], of: ConsumerGroupMetadata | string): Promise<void> {
    requireOffsets(offsets, 'sendOffsetsToTransaction')
    const group = groupOf(of)
    await this.#operate('sendOffsetsToTransaction', async () => {
      this.#require('sendOffsetsToTransaction', ['open'])
      if (offsets.length === 0) return
      if (this.#isImplicit) this.#isStarted = true
      await this.#attempt('coordinator', async () => {
        await this.#options.coordinator.commitOffsets(this.#identity!, offsets, group)
        this.#isStarted = true
      })
    })
  }

  commit(): Promise<void> {
    return this.#operate('commitTransaction', async () => {
      this.#require('commitTransaction', ['open'])
      this.#state = 'committing'
      await this.#options.flush()
      if (this.#error !== undefined) throw this.#error
      await this.#end('commit')
    })
  }

  abort(): Promise<void> {
    return this.#operate('abortTransaction', async () => {
      this.#require('abortTransaction', ['open', 'failed'])
      this.#state = 'aborting'
      this.#error = undefined
      this.#abandon(new DorsaleError('DORSALE_TRANSACTION_ABORTED', 'the transaction was aborted'))
      await this.#options.flush()
      await this.#adding
      await this.#end('abort')
    })
  }

  isReady(): boolean {
    return this.#identity !== undefined && this.#state !== 'fatal'
  }

  admits(queue: PartitionQueue): boolean {
    const identity = this.#identity
    if (identity === undefined || queue.needsOther(identity)) return false
    if (this.#isImplicit) this.#isStarted = true
    else if (!this.#added.has(queue)) {
      this.#want(queue)
      return false
    }
    return queue.number(identity)
  }

  onFailed(error: Error, batch: ProducerBatch): void {
    if (batch.baseSequence >= 0) this.#needsEpoch = true
    this.#fail(error, 'batch')
  }

  /** A record of the transaction failed before it was in a batch: without it the transaction must not be committed. */
  onRecordFailed(error: Error): void {
    if (this.#state === 'open' || this.#state === 'committing') this.#fail(error, 'batch')
  }

  get #isImplicit(): boolean {
    return this.#options.coordinator.version >= implicitVersion
  }

  async #initialize(current?: ProducerIdentity): Promise<void> {
    await this.#attempt('identity', async () => {
      this.#identity = await this.#options.coordinator.initialize(current)
      this.#needsEpoch = false
      this.#becomeReady()
    })
  }

  async #end(outcome: 'commit' | 'abort'): Promise<void> {
    const identity = this.#identity!
    let next: ProducerIdentity | undefined
    if (this.#isStarted) {
      await this.#attempt('coordinator', async () => {
        next = await this.#options.coordinator.end(identity, outcome)
      })
    }
    this.#added.clear()
    this.#isStarted = false
    if (next !== undefined) {
      this.#identity = next
      this.#needsEpoch = false
    }
    if (this.#needsEpoch) await this.#initialize(identity)
    else this.#becomeReady()
  }

  #becomeReady(): void {
    if (this.#state !== 'fatal') this.#state = 'ready'
    this.#options.onReady()
  }

  /** Asks the coordinator for partitions, together with all others of the same turn. */
  #want(queue: PartitionQueue): void {
    if (this.#state !== 'open' && this.#state !== 'committing') return
    this.#wanted.add(queue)
    this.#adding ??= this.#add()
  }

  async #add(): Promise<void> {
    while (this.#wanted.size > 0 && this.#error === undefined) {
      // Those that this turn still asks for go along.
      await undefined
      const queues = [...this.#wanted]
      this.#wanted.clear()
      try {
        const places = queues.map(({ topic, partition }) => [topic, partition] as const)
        await this.#options.coordinator.addPartitions(this.#identity!, places)
        this.#isStarted = true
        for (const queue of queues) this.#added.add(queue)
      } catch (error) {
        this.#fail(error as Error, 'coordinator')
      }
    }
    this.#wanted.clear()
    this.#adding = undefined
    this.#options.onReady()
  }

  /** Runs a step of an operation; its failure is the transaction's. */
  async #attempt(source: ErrorSource, step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      throw this.#fail(error as Error, source)
    }
  }

  /** Notes what went wrong, once; answers what the caller is told. */
  #fail(error: Error, source: ErrorSource): Error {
    if (error instanceof TransactionError) return error
    if (error instanceof DorsaleError && error.code === 'DORSALE_CLOSED') return error
    const severity = severityOf(error, source)
    const failure = new TransactionError(this.transactionalId, severity, error)
    if (this.#state === 'fatal') return failure
    // While it is being aborted, a batch that fails changes nothing.
    if (severity === 'abortable' && this.#state === 'aborting' && source === 'batch') return failure
    if (severity === 'abortable' && this.#error !== undefined) return failure
    this.#error = failure
    this.#state = severity === 'fatal' ? 'fatal' : 'failed'
    this.#abandon(failure)
    return failure
  }

  #abandon(error: Error): void {
    this.#wanted.clear()
    this.#options.onFailing(error)
  }

  #require(name: string, states: readonly State[]): void {
    if (states.includes(this.#state)) return
    // In a failed transaction the reason says more than the state.
    if (this.#error !== undefined) throw this.#error
    throw misuse(`${name} is for ${advice[states[0]!]}; this producer is ${this.#state}`)
  }

  /** One operation at a time, waited for `max.block.ms` at most; the same call joins one that is still under way. */
  async #operate(name: string, operation: () => Promise<void>): Promise<void> {
    if (this.#pending !== undefined && this.#pending.name !== name) {
      throw misuse(`${name} must wait: ${this.#pending.name} is under way, call that again`)
    }
    if (this.#pending === undefined) {
      const promise = operation().finally(() => {
        this.#pending = undefined
      })
      this.#pending = { name, promise }
    }
    await this.#within(name, this.#pending.promise)
  }

  async #within(name: string, promise: Promise<void>): Promise<void> {
    const { world, maxBlockMs } = this.#options
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = world.clock.setTimer(maxBlockMs, () => reject(timeoutError(name, maxBlockMs)))
    try {
      await Promise.race([promise, late])
    } finally {
      timer.cancel()
    }
  }
}

/** Throws for what names no group: the coordinator could not be told, and the transaction would be lost for it. */
function groupOf(given: ConsumerGroupMetadata | string): ConsumerGroupMetadata {
  const group = typeof given === 'string' ? { groupId: given } : given
  if (typeof group?.groupId === 'string' && group.groupId !== '') return group
  const text = 'sendOffsetsToTransaction takes consumer.groupMetadata(), or the name of a group, and was given'
  throw invalidArgument(`${text} ${describe(given)}`)
}

/** What an operation is for, by the state that it needs. */
const advice: Readonly<Partial<Record<State, string>>> = {
  uninitialized: 'a producer that has not called it yet',
  ready: 'a producer after initTransactions, with no transaction open',
  open: 'an open transaction: call beginTransaction first',
}
