import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { createProducer } from '../producer/kafka-producer.ts'
import type { Producer, ProducerSettings } from '../producer/producer.ts'
import { type Deed, type FakeCluster, type Seen, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { OffsetToCommit } from './transaction-coordinator.ts'
import { TransactionError } from './transaction-error.ts'

/** Both protocols: with 2 brokers add partitions by themselves and each transaction has an epoch of its own (KIP-890). */
const protocols = [1, 2]

function open(cluster: FakeCluster, world: ClientWorld, settings: ProducerSettings = {}): Producer {
  const small = { 'batch.size': 100, 'linger.ms': 0, 'request.timeout.ms': 1000, 'transactional.id': 'x' }
  return createProducer({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap, ...small, ...settings },
    onDeliveryError() {},
  })
}

/** Runs a body in a fake cluster of each protocol, with a topic `t` of two partitions and a producer that is ready. */
function inBoth(
  name: string,
  body: (given: { cluster: FakeCluster; world: ClientWorld; producer: Producer; protocol: number }) => Promise<void>,
  settings: ProducerSettings = {},
): void {
  for (const protocol of protocols) {
    test(`${name} (transaction.version ${protocol})`, () =>
      withCluster({ brokers: 2 }, async (cluster, world) => {
        cluster.transactions.version = protocol
        cluster.createTopic('t', 2, { leaders: [1, 2] })
        const producer = open(cluster, world, settings)
        await producer.initTransactions()
        await body({ cluster, world, producer, protocol })
        await producer.close({ timeoutMs: 1000 })
      }))
  }
}

const isSeverity = (severity: string) => (error: unknown) =>
  error instanceof TransactionError && error.severity === severity
const committed = (cluster: FakeCluster) => [0, 1].map(index => cluster.values('t', index, { committed: true }))
/** Answers the first request of a name that way, and lets the others be. */
const once = (name: string, deed: Deed) => {
  let isDone = false
  return (request: Seen): Deed => {
    if (isDone || request.name !== name) return undefined
    isDone = true
    return deed
  }
}

inBoth(
  'what is committed is there, records of several partitions and offsets',
  async ({ cluster, producer, protocol }) => {
    producer.beginTransaction()
    for (const partition of [0, 1]) producer.send({ topic: 't', partition, value: `a${partition}` })
    await producer.sendOffsetsToTransaction([{ topic: 'in', partition: 3, offset: 42 }], { groupId: 'g' })
    assert.deepEqual(committed(cluster), [[], []])
    await producer.commitTransaction()
    assert.deepEqual(committed(cluster), [['a0'], ['a1']])
    assert.equal(cluster.transactions.committedOffsets.get('g in-3'), 42)
    // KIP-890: the coordinator is not asked first, and every transaction has the next epoch.
    assert.equal(cluster.count('AddPartitionsToTxn') > 0, protocol === 1)
    assert.equal(cluster.count('AddOffsetsToTxn') > 0, protocol === 1)
    assert.equal(cluster.transactions.epochOf('x'), protocol === 1 ? 0 : 1)
  },
)

inBoth('what is aborted never is, and what has not left fails', async ({ cluster, producer }) => {
  producer.beginTransaction()
  await producer.send({ topic: 't', partition: 0, value: 'gone' })
  const late = producer.send({ topic: 't', partition: 1, value: 'late' }).then()
  const isLost = assert.rejects(late, { code: 'DORSALE_TRANSACTION_ABORTED' })
  await producer.abortTransaction()
  await isLost
  await producer.transaction(async () => void producer.send({ topic: 't', partition: 0, value: 'kept' }))
  assert.deepEqual(committed(cluster), [['kept'], []])
})

inBoth('a transaction without records needs no coordinator', async ({ cluster, producer }) => {
  await producer.transaction(async () => {})
  producer.beginTransaction()
  await producer.abortTransaction()
  assert.equal(cluster.count('EndTxn'), 0)
})

inBoth('a body that throws aborts, and its error is heard', async ({ cluster, producer }) => {
  const body = async () => {
    await producer.send({ topic: 't', partition: 0, value: 'gone' })
    throw new Error('no stock')
  }
  await assert.rejects(producer.transaction(body), /no stock/)
  assert.deepEqual(committed(cluster), [[], []])
  await producer.transaction(async () => void producer.send({ topic: 't', partition: 0, value: 'kept' }))
  assert.deepEqual(committed(cluster), [['kept'], []])
})

inBoth(
  'a lost batch makes the transaction abortable, and the next one goes on',
  async ({ cluster, producer, protocol }) => {
    cluster.script = once('Produce', { errorCode: errorCodes.INVALID_RECORD })
    producer.beginTransaction()
    await assert.rejects(producer.send({ topic: 't', partition: 0, value: 'bad' }).then(), {
      errorName: 'INVALID_RECORD',
    })
    assert.throws(() => producer.send({ topic: 't', partition: 0, value: 'more' }), isSeverity('abortable'))
    await assert.rejects(producer.commitTransaction(), { code: 'DORSALE_TRANSACTION_ABORTABLE' })
    await producer.abortTransaction()
    await producer.transaction(async () => void producer.send({ topic: 't', partition: 0, value: 'good' }))
    assert.deepEqual(committed(cluster), [['good'], []])
    // Numbers were lost: what may yet arrive of them must be refused by its epoch.
    assert.equal(cluster.transactions.epochOf('x'), protocol === 1 ? 1 : 2)
  },
)

inBoth('a batch that is lost while the commit waits for it turns the commit down', async ({ cluster, producer }) => {
  cluster.script = once('Produce', { errorCode: errorCodes.INVALID_RECORD })
  producer.beginTransaction()
  producer.send({ topic: 't', partition: 0, value: 'bad' })
  await assert.rejects(producer.commitTransaction(), isSeverity('abortable'))
  await producer.abortTransaction()
  assert.deepEqual(committed(cluster), [[], []])
})

inBoth(
  'what follows a lost batch in its partition is lost with it, not numbered anew',
  async ({ cluster, world, producer }) => {
    producer.beginTransaction()
    await producer.send({ topic: 't', partition: 0, value: 'first' })
    let count = 0
    cluster.script = ({ name }) => {
      if (name !== 'Produce') return undefined
      count++
      if (count === 1) return { errorCode: errorCodes.INVALID_RECORD }
      return count === 2 ? { errorCode: errorCodes.NOT_ENOUGH_REPLICAS } : undefined
    }
    const large = 'x'.repeat(100)
    const lost = [producer.send({ topic: 't', partition: 0, value: large }).then()]
    lost.push(producer.send({ topic: 't', partition: 0, value: large }).then())
    const startMs = world.clock.monotonic()
    const outcomes = await Promise.allSettled(lost)
    assert(world.clock.monotonic() - startMs < 1000, 'not only when delivery.timeout.ms is over')
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    await producer.abortTransaction()
    assert.deepEqual(cluster.values('t', 0), ['first'])
  },
)

inBoth(
  'a newer producer of the same id fences the older, whose transaction is aborted (R-03-103)',
  async ({ cluster, world, producer }) => {
    producer.beginTransaction()
    await producer.send({ topic: 't', partition: 0, value: 'old' })
    const newer = open(cluster, world)
    await newer.initTransactions()
    await assert.rejects(producer.commitTransaction(), { code: 'DORSALE_TRANSACTION_FATAL' })
    await assert.rejects(producer.abortTransaction(), isSeverity('fatal'))
    await newer.transaction(async () => void newer.send({ topic: 't', partition: 0, value: 'new' }))
    assert.deepEqual(committed(cluster), [['new'], []])
    await newer.close()
  },
)

for (const name of [
  'InitProducerId',
  'Produce',
  'TxnOffsetCommit',
  'EndTxn',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
]) {
  inBoth(`an answer to ${name} that is lost changes nothing`, async ({ cluster, world, producer }) => {
    cluster.script = once(name, 'cut after')
    const next = open(cluster, world)
    await next.initTransactions()
    await next.transaction(async () => {
      for (const partition of [0, 1]) next.send({ topic: 't', partition, value: 'a' })
      await next.sendOffsetsToTransaction([{ topic: 'in', partition: 0, offset: 1 }], { groupId: 'g' })
    })
    assert.deepEqual(committed(cluster), [['a'], ['a']])
    await next.close()
    await assert.rejects(producer.transaction(async () => void producer.send({ topic: 't', value: 'old' })))
  })
}

const passing = [
  errorCodes.CONCURRENT_TRANSACTIONS,
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.NOT_COORDINATOR,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
]
for (const errorCode of passing) {
  inBoth(`error ${errorCode} of a coordinator passes`, async ({ cluster, producer }) => {
    for (const name of ['EndTxn', 'TxnOffsetCommit', 'AddPartitionsToTxn']) {
      cluster.script = once(name, { errorCode })
      await producer.transaction(async () => {
        await producer.send({ topic: 't', partition: 0, value: name })
        await producer.sendOffsetsToTransaction([{ topic: 'in', partition: 0, offset: 1 }], { groupId: 'g' })
      })
    }
    assert.deepEqual(committed(cluster)[0], ['EndTxn', 'TxnOffsetCommit', 'AddPartitionsToTxn'])
  })
}

const refusals: [name: string, errorCode: number, severity: string][] = [
  ['TxnOffsetCommit', errorCodes.ILLEGAL_GENERATION, 'abortable'],
  ['TxnOffsetCommit', errorCodes.FENCED_INSTANCE_ID, 'abortable'],
  ['TxnOffsetCommit', errorCodes.GROUP_AUTHORIZATION_FAILED, 'abortable'],
  ['TxnOffsetCommit', errorCodes.TRANSACTION_ABORTABLE, 'abortable'],
  ['TxnOffsetCommit', errorCodes.INVALID_PRODUCER_EPOCH, 'fatal'],
  ['EndTxn', errorCodes.TRANSACTION_ABORTABLE, 'abortable'],
  ['EndTxn', errorCodes.UNKNOWN_PRODUCER_ID, 'abortable'],
  ['EndTxn', errorCodes.INVALID_TXN_STATE, 'fatal'],
  ['EndTxn', errorCodes.INVALID_PRODUCER_EPOCH, 'fatal'],
  ['EndTxn', errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'fatal'],
  ['Produce', errorCodes.TOPIC_AUTHORIZATION_FAILED, 'abortable'],
  ['Produce', errorCodes.INVALID_PRODUCER_EPOCH, 'abortable'],
  ['Produce', errorCodes.PRODUCER_FENCED, 'fatal'],
]
for (const [name, errorCode, severity] of refusals) {
  inBoth(`error ${errorCode} in the answer to ${name} is ${severity}`, async ({ cluster, producer }) => {
    cluster.script = once(name, { errorCode })
    producer.beginTransaction()
    producer.send({ topic: 't', partition: 0, value: 'a' })
    const all = async () => {
      await producer.sendOffsetsToTransaction([{ topic: 'in', partition: 0, offset: 1 }], { groupId: 'g' })
      await producer.commitTransaction()
    }
    await assert.rejects(all(), isSeverity(severity))
    if (severity === 'fatal') return
    await producer.abortTransaction()
    await producer.transaction(async () => void producer.send({ topic: 't', partition: 1, value: 'b' }))
    assert.deepEqual(committed(cluster), [[], ['b']])
  })
}

inBoth(
  'a call gives up waiting after max.block.ms, and the same call goes on waiting',
  async ({ cluster, world, producer }) => {
    let isSilent = true
    cluster.script = ({ name }) => (isSilent && name === 'EndTxn' ? 'silence' : undefined)
    producer.beginTransaction()
    producer.send({ topic: 't', partition: 0, value: 'a' })
    await assert.rejects(producer.commitTransaction(), { code: 'DORSALE_TIMEOUT', retriable: true })
    await assert.rejects(producer.abortTransaction(), /commitTransaction is under way/)
    isSilent = false
    const startMs = world.clock.monotonic()
    await producer.commitTransaction()
    assert(world.clock.monotonic() - startMs < 5000)
    assert.deepEqual(committed(cluster)[0], ['a'])
  },
  { 'max.block.ms': 3000n, 'request.timeout.ms': 5000 },
)

inBoth(
  'a record that fails before it is in a batch fails its transaction',
  async ({ cluster, producer }) => {
    for (const lost of [
      { topic: 'nowhere', value: 'no metadata' },
      { topic: 't', partition: 0, value: 'x'.repeat(2000) },
    ]) {
      producer.beginTransaction()
      producer.send({ topic: 't', partition: 0, value: 'a' })
      producer.send(lost)
      await producer.flush()
      await assert.rejects(producer.commitTransaction(), isSeverity('abortable'))
      await producer.abortTransaction()
    }
    assert.deepEqual(committed(cluster), [[], []])
    await producer.transaction(async () => void producer.send({ topic: 't', partition: 0, value: 'b' }))
    assert.deepEqual(committed(cluster), [['b'], []])
  },
  { 'max.block.ms': 2000, 'max.request.size': 1000 },
)

test('R-03-098: what names no group or no offset is refused in words, and the transaction goes on; the name of a group alone will do', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world)
    await producer.initTransactions()
    producer.beginTransaction()
    const offsets = [{ topic: 'in', partition: 0, offset: 1 }]
    const refused: readonly (readonly [offsets: unknown, group: unknown, message: RegExp])[] = [
      [offsets, undefined, /^sendOffsetsToTransaction takes consumer\.groupMetadata\(\), .* was given nothing$/],
      [offsets, '', /was given the text ''$/],
      [{ 'in-0': 1 }, 'g', /takes an array of \{ topic, partition \}, and was given an object$/],
      [[{ topic: 'in', partition: 0 }], 'g', /^the offset of sendOffsetsToTransaction .* is nothing$/],
      [[{ topic: 'in', partition: 0, offset: '1' }], 'g', /is the text '1'$/],
    ]
    for (const [wrong, group, message] of refused) {
      const call = producer.sendOffsetsToTransaction(wrong as OffsetToCommit[], group as string)
      await assert.rejects(call, { code: 'DORSALE_INVALID_ARGUMENT', message })
    }
    await producer.sendOffsetsToTransaction(offsets, 'g')
    await producer.commitTransaction()
    const { body } = cluster.seen.find(({ name }) => name === 'TxnOffsetCommit')!
    assert.equal((body as { groupId: string }).groupId, 'g')
    await producer.close()
  }))

test('what is called at the wrong time is refused with a sentence', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = open(cluster, world)
    const wrong = { code: 'DORSALE_TRANSACTION_STATE' }
    assert.throws(() => producer.beginTransaction(), wrong)
    await producer.initTransactions()
    await assert.rejects(producer.initTransactions(), wrong)
    assert.throws(() => producer.send({ topic: 't', value: 'a' }), /call beginTransaction first/)
    await assert.rejects(producer.commitTransaction(), wrong)
    await assert.rejects(producer.abortTransaction(), wrong)
    await assert.rejects(producer.sendOffsetsToTransaction([], { groupId: 'g' }), wrong)
    producer.beginTransaction()
    assert.throws(() => producer.beginTransaction(), wrong)
    await producer.close()
    const plain = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    assert.throws(() => plain.beginTransaction(), /need a transactional.id/)
    await plain.close()
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'transactional.id': 'x', 'enable.idempotence': false }
    assert.throws(() => createProducer({ world, settings }), /transactional.id needs enable.idempotence/)
  }))

// Goal: a transaction is all or nothing, whatever happens on the way. Method: requests of every kind are cut before and after they take effect, left unanswered
// and refused at random, while a producer commits and aborts; the model is the list of transactions whose commit was acknowledged.
for (let seed = 1; seed <= 8; seed++) {
  for (const protocol of protocols) {
    test(`all or nothing through trouble of every kind, seed ${seed} (transaction.version ${protocol})`, () =>
      withCluster({ seed, brokers: 2 }, async (cluster, world) => {
        cluster.transactions.version = protocol
        cluster.createTopic('t', 2, { leaders: [1, 2] })
        const prng = seededPrng(seed, 'script')
        const deeds: Deed[] = ['cut', 'cut after', 'silence', ...passing.map(errorCode => ({ errorCode }))]
        const batchDeeds: Deed[] = ['cut', 'cut after', 'silence', { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER }]
        const isTransactional = /Txn|InitProducerId/
        cluster.script = ({ name }) => {
          if (randomBelow(prng, 4) > 0) return undefined
          if (name === 'Produce') return batchDeeds[randomBelow(prng, batchDeeds.length)]
          return isTransactional.test(name) ? deeds[randomBelow(prng, deeds.length)] : undefined
        }
        const producer = open(cluster, world, { 'delivery.timeout.ms': 30_000 })
        await producer.initTransactions()
        const expected: string[][] = [[], []]
        for (let index = 0; index < 12; index++) {
          const values: [number, string][] = []
          const send = async () => {
            for (let count = randomBelow(prng, 6); count >= 0; count--) {
              const partition = randomBelow(prng, 2)
              values.push([partition, `${index}.${count}`])
              producer.send({ topic: 't', partition, value: `${index}.${count}` })
            }
            if (randomBelow(prng, 3) === 0) throw new Error('aborts')
          }
          const isCommitted = await producer.transaction(send).then(
            () => true,
            (error: Error) => {
              if (error.message !== 'aborts' && !isSeverity('abortable')(error)) throw error
              return false
            },
          )
          if (isCommitted) for (const [partition, value] of values) expected[partition]!.push(value)
        }
        assert.deepEqual(committed(cluster), expected)
        assert(expected.flat().length > 0)
        await producer.close({ timeoutMs: 1000 })
      }))
  }
}
