import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { createMessage, type errorCodes, initProducerIdRequest, ProtocolError } from '@dorsale/protocol'
import { Step } from '../shard/step.ts'
import type { TransactionPartition } from './add-partitions.ts'
import type { TransactionFilter } from './list-transactions.ts'
import {
  type DecidedTransaction,
  needsProducerId,
  type ProducerIdentity,
  type TransactionStep,
} from './transaction-context.ts'
import { type TransactionRecord, transactionRecordSerde } from './transaction-record.ts'
import { TransactionShard } from './transaction-shard.ts'

type Outcome<Value> = { value: Value } | { error: string }

/** A shard whose log is a list: records are replayed at once, through their bytes, and committed when the test says so. */
class TestShard {
  now = 1_000_000
  readonly log: { key: Uint8Array; value: Uint8Array | null }[] = []
  readonly told: DecidedTransaction[] = []
  #nextProducerId = 100n
  #timers: { delayMs: number; operation: (step: TransactionStep) => void }[] = []
  shard = this.#newShard()

  restart(): void {
    this.#timers = []
    this.shard = this.#newShard()
    for (const { key, value } of this.log) this.#replay(transactionRecordSerde.decode(key, value)!)
    this.shard.onLoaded()
  }

  init(
    id = 'x',
    { current, timeoutMs = 60_000 }: { current?: ProducerIdentity; timeoutMs?: number } = {},
  ): Outcome<ProducerIdentity> {
    const request = createMessage(initProducerIdRequest, {
      transactionalId: id,
      transactionTimeoutMs: timeoutMs,
      ...current,
    })
    return this.#withId((step, freshId, replier) => this.shard.initProducerId(step, request, freshId, replier))
  }

  add(
    identity: ProducerIdentity,
    places: string[],
    { id = 'x', version = 2 }: { id?: string; version?: number } = {},
  ): Outcome<void> {
    const request = { identity, partitions: places.map(partitionOf), clientTransactionVersion: version }
    return this.run((step, replier) => this.shard.addPartitions(step, id, request, replier))
  }

  verify(identity: ProducerIdentity, places: string[]): Outcome<void> {
    return this.run((step, replier) => {
      this.shard.verifyPartitions('x', identity, places.map(partitionOf))
      step.answer(replier, undefined)
    })
  }

  end(
    identity: ProducerIdentity,
    outcome: 'commit' | 'abort',
    { id = 'x', version = 2 }: { id?: string; version?: number } = {},
  ): Outcome<ProducerIdentity> {
    const request = { identity, committed: outcome === 'commit', clientTransactionVersion: version }
    return this.#withId((step, freshId, replier) => this.shard.end(step, id, request, freshId, replier))
  }

  /** Every partition of the decided transactions has its marker. */
  markersWritten(): void {
    for (const decided of this.told.splice(0)) {
      this.run<void>(step => this.shard.complete(step, decided.transactionalId, decided))
    }
  }

  state(id = 'x'): string {
    return this.shard.describe(id).transactionState
  }

  /** Fires the periodic work: 0 aborts what timed out, 1 expires ids. */
  fire(index: number): void {
    const { operation } = this.#timers[index]!
    this.run<void>(step => operation(step))
  }

  #newShard(): TransactionShard {
    return new TransactionShard({
      config: {
        timeoutMsMax: 900_000,
        idExpirationMs: 604_800_000,
        timeoutCheckIntervalMs: 10_000,
        expiryCheckIntervalMs: 3_600_000,
      },
      timers: {
        set: (delayMs, operation) => {
          const timer = { delayMs, operation }
          this.#timers.push(timer)
          return { cancel() {} }
        },
      },
      logger: silentLogger,
      valueVersion: () => 1,
      writeMarkers: decided => void this.told.push(decided),
    })
  }

  #withId(
    operation: (
      step: TransactionStep,
      freshId: bigint | undefined,
      replier: { answer(value: ProducerIdentity): void; fail(error: ProtocolError): void },
    ) => unknown,
  ): Outcome<ProducerIdentity> {
    return this.run((step, replier) => {
      if (operation(step, undefined, replier) !== needsProducerId) return
      assert.deepEqual([step.records.length, step.replies.length], [0, 0], 'nothing is done before there is an id')
      assert.notEqual(operation(step, this.#nextProducerId++, replier), needsProducerId)
    })
  }

  run<Value>(
    operation: (
      step: TransactionStep,
      replier: { answer(value: Value): void; fail(error: ProtocolError): void },
    ) => void,
  ): Outcome<Value> {
    const step = new Step<TransactionRecord>(this.now)
    let outcome: Outcome<Value> = { error: 'no answer' }
    const fail = (error: ProtocolError) => {
      outcome = { error: error.errorName }
    }
    try {
      operation(step, {
        answer: value => {
          outcome = { value }
        },
        fail,
      })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      fail(error)
    }
    for (const record of step.records) {
      const bytes = transactionRecordSerde.encode(record)
      this.log.push(bytes)
      this.#replay(transactionRecordSerde.decode(bytes.key, bytes.value)!)
    }
    for (const reply of step.replies) reply.send()
    return outcome
  }

  #replay(record: TransactionRecord): void {
    this.shard.replay(record)
  }
}

function partitionOf(place: string): TransactionPartition {
  const [topic = '', partition] = place.split('-')
  return { topic, partition: Number(partition) }
}

const p = (producerId: bigint, producerEpoch: number): ProducerIdentity => ({ producerId, producerEpoch })
const is = (producerId: bigint, producerEpoch: number) => ({ value: p(producerId, producerEpoch) })
const error = (name: keyof typeof errorCodes) => ({ error: name })

test('a transaction goes through its states, and each has its own epoch (KIP-890)', () => {
  const test = new TestShard()
  assert.deepEqual(test.init(), is(100n, 0))
  assert.equal(test.state(), 'Empty')
  assert.deepEqual(test.add(p(100n, 0), ['t-0', 't-1']), { value: undefined })
  assert.deepEqual(test.add(p(100n, 0), ['t-1', 'u-0']), { value: undefined })
  assert.equal(test.state(), 'Ongoing')
  const before = test.log.length
  test.add(p(100n, 0), ['t-0', 'u-0'])
  assert.equal(test.log.length, before, 'what is known is not written again')
  assert.deepEqual(test.shard.describe('x').topics, [
    { topic: 't', partitions: [0, 1] },
    { topic: 'u', partitions: [0] },
  ])
  assert.deepEqual(test.end(p(100n, 0), 'commit'), is(100n, 1))
  assert.equal(test.state(), 'PrepareCommit')
  const [told] = test.told
  assert.deepEqual(
    [told!.committed, told!.producerEpoch, told!.transactionVersion, [...told!.partitions.keys()]],
    [true, 1, 2, ['t', 'u']],
  )
  test.markersWritten()
  assert.equal(test.state(), 'CompleteCommit')
  assert.deepEqual(test.add(p(100n, 0), ['t-0']), error('PRODUCER_FENCED'))
  assert.deepEqual(test.add(p(100n, 1), ['t-0']), { value: undefined })
  assert.deepEqual(test.end(p(100n, 1), 'abort'), is(100n, 2))
  test.markersWritten()
  assert.equal(test.state(), 'CompleteAbort')
})

test('in the first protocol the epoch stays', () => {
  const test = new TestShard()
  test.init()
  test.add(p(100n, 0), ['t-0'], { version: 0 })
  assert.deepEqual(test.end(p(100n, 0), 'commit', { version: 0 }), is(100n, 0))
  assert.equal(test.told[0]!.producerEpoch, 0)
  test.markersWritten()
  assert.deepEqual(test.end(p(100n, 0), 'commit', { version: 0 }), is(100n, 0), 'ended again')
  assert.deepEqual(test.end(p(100n, 0), 'abort', { version: 0 }), error('INVALID_TXN_STATE'))
  test.add(p(100n, 0), ['t-0'], { version: 0 })
  assert.equal(test.state(), 'Ongoing')
})

test('a producer that takes over aborts what is open and fences', () => {
  const test = new TestShard()
  test.init()
  test.add(p(100n, 0), ['t-0'])
  assert.deepEqual(test.init(), error('CONCURRENT_TRANSACTIONS'))
  assert.equal(test.state(), 'PrepareAbort')
  assert.deepEqual([test.told[0]!.committed, test.told[0]!.producerEpoch], [false, 1])
  assert.deepEqual(test.init(), error('CONCURRENT_TRANSACTIONS'))
  test.markersWritten()
  assert.deepEqual(test.init(), is(100n, 2))
  assert.deepEqual(test.add(p(100n, 0), ['t-0']), error('PRODUCER_FENCED'))
  assert.deepEqual(test.end(p(100n, 0), 'commit'), error('PRODUCER_FENCED'))
  assert.deepEqual(test.end(p(7n, 0), 'commit'), error('INVALID_PRODUCER_ID_MAPPING'))
  assert.deepEqual(test.init('x', { current: p(100n, 0) }), error('PRODUCER_FENCED'))
})

test('the same producer asks for its next epoch, twice when the answer is lost (KIP-360)', () => {
  const test = new TestShard()
  test.init()
  assert.deepEqual(test.init('x', { current: p(100n, 0) }), is(100n, 1))
  assert.deepEqual(test.init('x', { current: p(100n, 0) }), is(100n, 1))
  assert.deepEqual(test.init('x', { current: p(100n, 1) }), is(100n, 2))
  assert.deepEqual(test.init(), is(100n, 3), 'another producer')
  assert.deepEqual(test.init('x', { current: p(100n, 2) }), error('PRODUCER_FENCED'))
})

test('an EndTxn whose answer was lost is answered the same again, and not the other way', () => {
  const test = new TestShard()
  test.init()
  test.add(p(100n, 0), ['t-0'])
  test.end(p(100n, 0), 'commit')
  assert.deepEqual(test.end(p(100n, 0), 'commit'), error('CONCURRENT_TRANSACTIONS'))
  assert.deepEqual(test.end(p(100n, 0), 'abort'), error('INVALID_TXN_STATE'))
  test.markersWritten()
  assert.deepEqual(test.end(p(100n, 0), 'commit'), is(100n, 1))
  assert.deepEqual(test.end(p(100n, 0), 'abort'), error('INVALID_TXN_STATE'))
})

test('an abort of what never began gives the next epoch; a commit is refused', () => {
  const test = new TestShard()
  test.init()
  assert.deepEqual(test.end(p(100n, 0), 'commit'), error('INVALID_TXN_STATE'))
  assert.deepEqual(test.end(p(100n, 0), 'abort'), is(100n, 1))
  assert.equal(test.told[0]!.partitions.size, 0)
  test.markersWritten()
  assert.equal(test.state(), 'CompleteAbort')
  assert.deepEqual(test.end(p(100n, 0), 'abort', { version: 0 }), error('PRODUCER_FENCED'))
})

test('when the epochs are used up the next transaction has another producer id', () => {
  const test = new TestShard()
  test.init()
  let identity = p(100n, 0)
  while (identity.producerId === 100n) {
    test.add(identity, ['t-0'])
    const ended = test.end(identity, 'commit') as { value: ProducerIdentity }
    if (ended.value.producerId !== 100n) {
      assert.equal(identity.producerEpoch, 32_766)
      assert.equal(test.told.at(-1)!.producerEpoch, 32_767)
      test.markersWritten()
      assert.deepEqual(test.end(identity, 'commit'), ended, 'the answer was lost')
    } else test.markersWritten()
    identity = ended.value
  }
  assert.deepEqual(identity, p(101n, 0))
  assert.deepEqual(test.add(identity, ['t-0']), { value: undefined })
  test.log.splice(0, test.log.length - 1)
  test.restart()
  assert.equal(test.state(), 'Ongoing')
})

test('partitions are verified for brokers: part of the open transaction, or the transaction must be aborted', () => {
  const test = new TestShard()
  test.init()
  assert.deepEqual(test.verify(p(100n, 0), ['t-0']), error('TRANSACTION_ABORTABLE'))
  test.add(p(100n, 0), ['t-0'])
  assert.deepEqual(test.verify(p(100n, 0), ['t-0']), { value: undefined })
  assert.deepEqual(test.verify(p(100n, 0), ['t-0', 't-1']), error('TRANSACTION_ABORTABLE'))
  assert.deepEqual(test.verify(p(100n, 1), ['t-0']), error('PRODUCER_FENCED'))
  test.end(p(100n, 0), 'commit')
  assert.deepEqual(test.verify(p(100n, 1), ['t-0']), error('CONCURRENT_TRANSACTIONS'))
  assert.deepEqual(test.add(p(100n, 1), ['t-0']), error('CONCURRENT_TRANSACTIONS'))
  test.markersWritten()
  assert.deepEqual(test.verify(p(100n, 1), ['t-0']), error('TRANSACTION_ABORTABLE'))
})

test('a decision outlives the coordinator: the partitions are told after a restart', () => {
  for (const outcome of ['commit', 'abort'] as const) {
    const test = new TestShard()
    test.init()
    test.add(p(100n, 0), ['t-0', 'u-3'])
    test.end(p(100n, 0), outcome)
    test.told.length = 0
    test.restart()
    const [told] = test.told
    assert.deepEqual(
      [told!.committed, told!.producerId, told!.producerEpoch, told!.partitions.get('u')?.has(3)],
      [outcome === 'commit', 100n, 1, true],
    )
    test.markersWritten()
    test.restart()
    assert.deepEqual(test.told, [])
    assert.deepEqual(test.end(p(100n, 0), outcome), is(100n, 1))
  }
})

test('what is open for longer than its timeout is aborted, and its producer fenced', () => {
  const test = new TestShard()
  test.init('x', { timeoutMs: 5000 })
  test.add(p(100n, 0), ['t-0'])
  test.restart()
  test.now += 5000
  test.fire(0)
  assert.equal(test.state(), 'Ongoing')
  test.now += 1
  test.fire(0)
  assert.equal(test.state(), 'PrepareAbort')
  test.markersWritten()
  assert.deepEqual(test.end(p(100n, 0), 'commit', { version: 0 }), error('PRODUCER_FENCED'))
})

test('ids that are silent for long are forgotten, not open ones', () => {
  const test = new TestShard()
  test.init('silent')
  test.init('open')
  test.add(p(101n, 0), ['t-0'], { id: 'open' })
  test.restart()
  test.now += 604_800_000
  test.fire(1)
  assert.throws(() => test.state('silent'), { errorName: 'TRANSACTIONAL_ID_NOT_FOUND' })
  assert.equal(test.state('open'), 'Ongoing')
})

test('timeouts outside of the bounds are refused with the bounds', () => {
  const test = new TestShard()
  for (const timeoutMs of [0, -1, 900_001]) {
    assert.deepEqual(test.init('x', { timeoutMs }), error('INVALID_TRANSACTION_TIMEOUT'))
  }
})

test('transactions are listed by state, producer, age and id', () => {
  const test = new TestShard()
  test.init('a')
  test.init('b')
  test.add(p(101n, 0), ['t-0'], { id: 'b' })
  test.now += 1000
  const everything: TransactionFilter = {
    states: new Set<string>(),
    producerIds: new Set<bigint>(),
    durationMs: -1,
    matchesId: undefined,
  }
  const list = (filter: Partial<TransactionFilter>) =>
    test.shard.list(new Step(test.now), { ...everything, ...filter }).map(({ transactionalId }) => transactionalId)
  assert.deepEqual(list({}), ['a', 'b'])
  assert.deepEqual(list({ states: new Set(['Ongoing', 'Nonsense']) }), ['b'])
  assert.deepEqual(list({ producerIds: new Set([100n]) }), ['a'])
  // As in Kafka, one that has not begun is older than anything.
  assert.deepEqual(list({ durationMs: 999 }), ['a', 'b'])
  assert.deepEqual(list({ durationMs: 1000 }), ['a'])
  assert.deepEqual(list({ matchesId: id => id === 'a' }), ['a'])
})
