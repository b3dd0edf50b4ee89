/** Transactions over the wire: InitProducerId (22) to TxnOffsetCommit (28), DescribeTransactions (65), ListTransactions (66), with Produce and Fetch. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  endTxnRequest,
  endTxnResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  produceRequest,
  produceResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

interface Identity {
  producerId: bigint
  producerEpoch: number
}

const world = new BrokerWorld({ 'offsets.topic.num.partitions': '2', 'transaction.state.log.num.partitions': '2' })
let client: TestClient
const { NONE } = errorCodes

before(async () => {
  await world.start()
  client = world.client()
  await world.createTopic('t', { partitions: 2 })
})
after(() => world.stop())

async function init(id: string, current?: Identity, version = 5) {
  const find = { keyType: 1, coordinatorKeys: [id] }
  await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, find)
  const value = { transactionalId: id, transactionTimeoutMs: 60_000, ...current }
  return client.call(initProducerIdRequest, initProducerIdResponse, version, value)
}

const passing: readonly number[] = [errorCodes.CONCURRENT_TRANSACTIONS, errorCodes.COORDINATOR_LOAD_IN_PROGRESS]

/** Asks until the transaction before is complete, and after a restart until the coordinator has read its log. */
async function ready(id: string): Promise<Identity> {
  for (;;) {
    const { errorCode, producerId, producerEpoch } = await init(id)
    if (errorCode === NONE) return { producerId, producerEpoch }
    assert.ok(passing.includes(errorCode), `answered ${errorCode}`)
  }
}

async function write(
  id: string | null,
  identity: Identity,
  values: string[],
  { partition = 0, baseSequence = 0, version = 12 } = {},
) {
  const records = batchOf(values, { ...identity, baseSequence, transactional: true })
  const { responses } = await client.call(produceRequest, produceResponse, version, {
    transactionalId: id,
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: 't', partitionData: [{ index: partition, records }] }],
  })
  return responses[0]!.partitionResponses[0]!
}

function end(id: string, identity: Identity, committed: boolean, version = 5) {
  return client.call(endTxnRequest, endTxnResponse, version, { transactionalId: id, ...identity, committed })
}

async function read(isolationLevel: number, { partition = 0, start = 0 } = {}) {
  const { responses } = await client.call(fetchRequest, fetchResponse, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    isolationLevel,
    topics: [{ topic: 't', partitions: [{ partition, fetchOffset: start, partitionMaxBytes: 1_000_000 }] }],
  })
  return responses[0]!.partitions[0]!
}

async function endOffset(partition = 0): Promise<number> {
  return (await read(0, { partition })).highWatermark
}

test('what is written in a transaction is read by the committed reader when it is committed', async () => {
  const start = await endOffset()
  const identity = await ready('commits')
  assert.equal((await write('commits', identity, ['a', 'b'])).errorCode, NONE)
  assert.equal((await write('commits', identity, ['c'], { baseSequence: 2 })).errorCode, NONE)
  assert.equal((await read(1, { start })).lastStableOffset, start)
  assert.deepEqual(recordsOf((await read(1, { start })).records), [])
  const ended = await end('commits', identity, true)
  assert.deepEqual([ended.errorCode, ended.producerEpoch], [NONE, identity.producerEpoch + 1])
  const next = { producerId: ended.producerId, producerEpoch: ended.producerEpoch }
  // Its first batch waits until the markers of the one before are written.
  assert.equal((await write('commits', next, ['d'])).errorCode, NONE)
  const committed = await read(1, { start })
  assert.deepEqual(recordsOf(committed.records).slice(0, 3), [`${start}: a`, `${start + 1}: b`, `${start + 2}: c`])
  assert.equal(committed.lastStableOffset, start + 4, 'behind the marker, before the open transaction')
  assert.equal((await end('commits', next, true)).errorCode, NONE)
})

test('what is aborted is named to the committed reader, and a late batch is not let in', async () => {
  const start = await endOffset()
  const identity = await ready('aborts')
  await write('aborts', identity, ['gone'])
  assert.equal((await end('aborts', identity, false)).errorCode, NONE)
  await ready('aborts')
  const { abortedTransactions, lastStableOffset } = await read(1, { start })
  assert.deepEqual(
    abortedTransactions!.map(({ producerId, firstOffset }) => [producerId, firstOffset]),
    [[identity.producerId, start]],
  )
  assert.equal(lastStableOffset, start + 2)
  const late = await write('aborts', identity, ['late'], { baseSequence: 1 })
  assert.equal(late.errorCode, errorCodes.PRODUCER_FENCED)
  assert.equal(await endOffset(), start + 2)
})

test('before v12 a batch must have been announced: an old client hears INVALID_TXN_STATE, a newer one TRANSACTION_ABORTABLE', async () => {
  const identity = await ready('explicit')
  assert.equal((await write('explicit', identity, ['a'], { version: 9 })).errorCode, errorCodes.INVALID_TXN_STATE)
  assert.equal((await write('explicit', identity, ['a'], { version: 11 })).errorCode, errorCodes.TRANSACTION_ABORTABLE)
  assert.equal(
    (await write(null, identity, ['a'])).errorCode,
    errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    'whose it is must be said',
  )
  const add = (topics: { name: string; partitions: number[] }[]) =>
    client.call(addPartitionsToTxnRequest, addPartitionsToTxnResponse, 3, {
      v3AndBelowTransactionalId: 'explicit',
      v3AndBelowProducerId: identity.producerId,
      v3AndBelowProducerEpoch: identity.producerEpoch,
      v3AndBelowTopics: topics,
    })
  const refused = await add([
    { name: 't', partitions: [0] },
    { name: 'absent', partitions: [0] },
    { name: '__consumer_offsets', partitions: [0] },
  ])
  assert.deepEqual(
    refused.resultsByTopicV3AndBelow.map(({ resultsByPartition }) => resultsByPartition[0]!.partitionErrorCode),
    [errorCodes.OPERATION_NOT_ATTEMPTED, errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorCodes.TOPIC_AUTHORIZATION_FAILED],
  )
  const added = await add([{ name: 't', partitions: [0, 1] }])
  assert.deepEqual(
    added.resultsByTopicV3AndBelow[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    [NONE, NONE],
  )
  assert.equal((await write('explicit', identity, ['a'], { version: 11 })).errorCode, NONE)
  const ended = await end('explicit', identity, true, 4)
  assert.deepEqual([ended.errorCode, ended.producerEpoch], [NONE, -1])
  assert.equal((await ready('explicit')).producerEpoch, identity.producerEpoch + 1)
})

test('a producer of the same id fences the one before', async () => {
  const first = await ready('fences')
  await write('fences', first, ['a'])
  assert.equal((await init('fences')).errorCode, errorCodes.CONCURRENT_TRANSACTIONS)
  const second = await ready('fences')
  assert(second.producerEpoch > first.producerEpoch)
  assert.equal((await end('fences', first, true)).errorCode, errorCodes.PRODUCER_FENCED)
  assert.equal((await end('fences', first, true, 1)).errorCode, errorCodes.INVALID_PRODUCER_EPOCH)
  assert.equal((await init('fences', first, 3)).errorCode, errorCodes.INVALID_PRODUCER_EPOCH)
})

test('offsets of a group count when their transaction commits', async () => {
  for (const version of [3, 5]) {
    const id = `offsets-${version}`
    const groupId = `group-${version}`
    await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, { keyType: 0, coordinatorKeys: [groupId] })
    const offsetOf = async (requireStable = false) => {
      const partitions = [{ name: 't', partitionIndexes: [0] }]
      const { groups } = await client.call(offsetFetchRequest, offsetFetchResponse, 9, {
        groups: [{ groupId, topics: partitions }],
        requireStable,
      })
      const { committedOffset, errorCode } = groups[0]!.topics[0]!.partitions[0]!
      return errorCode === NONE ? committedOffset : errorCode
    }
    const commitOffset = async (identity: Identity, committedOffset: number) => {
      if (version < 5) {
        const { errorCode } = await client.call(addOffsetsToTxnRequest, addOffsetsToTxnResponse, 3, {
          transactionalId: id,
          ...identity,
          groupId,
        })
        assert.equal(errorCode, NONE)
      }
      const { topics } = await client.call(txnOffsetCommitRequest, txnOffsetCommitResponse, version, {
        transactionalId: id,
        groupId,
        ...identity,
        topics: [
          { name: 't', partitions: [{ partitionIndex: 0, committedOffset }] },
          { name: 'absent', partitions: [{ partitionIndex: 0, committedOffset }] },
        ],
      })
      assert.equal(topics[1]!.partitions[0]!.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
      return topics[0]!.partitions[0]!.errorCode
    }
    const first = await ready(id)
    assert.equal(await commitOffset(first, 7), NONE)
    assert.equal(await offsetOf(), -1)
    assert.equal(await offsetOf(true), errorCodes.UNSTABLE_OFFSET_COMMIT)
    await end(id, first, true)
    const second = await ready(id)
    assert.equal(await offsetOf(true), 7)
    assert.equal(await commitOffset(second, 9), NONE)
    await end(id, second, false)
    await ready(id)
    assert.equal(await offsetOf(true), 7)
    if (version >= 5) assert.equal(await commitOffset(first, 1), errorCodes.PRODUCER_FENCED)
  }
})

test('offsets that were pending when the broker died are decided after it', async () => {
  const groupId = 'pending-group'
  await client.call(findCoordinatorRequest, findCoordinatorResponse, 6, { keyType: 0, coordinatorKeys: [groupId] })
  const identity = await ready('pending')
  await client.call(txnOffsetCommitRequest, txnOffsetCommitResponse, 5, {
    transactionalId: 'pending',
    groupId,
    ...identity,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 5 }] }],
  })
  await world.restart()
  client = world.client()
  const ask = async () => {
    const { groups } = await client.call(offsetFetchRequest, offsetFetchResponse, 9, {
      groups: [{ groupId, topics: [{ name: 't', partitionIndexes: [0] }] }],
      requireStable: true,
    })
    return groups[0]!.topics[0]?.partitions[0]?.errorCode ?? groups[0]!.errorCode
  }
  let errorCode = await ask()
  while (errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS) errorCode = await ask()
  assert.equal(errorCode, errorCodes.UNSTABLE_OFFSET_COMMIT)
  // A producer of the same id takes over, which aborts: what was replayed from the log is ended by a marker that is written now.
  await ready('pending')
  assert.equal(await ask(), NONE)
})

test('a decision survives the broker, and so do the open transaction and its timeout', async () => {
  const start = await endOffset(1)
  const decided = await ready('decided')
  const open = await ready('open')
  await write('decided', decided, ['d'], { partition: 1 })
  await write('open', open, ['o'], { partition: 1 })
  await end('decided', decided, true)
  await world.restart()
  client = world.client()
  assert.equal((await read(1, { partition: 1, start })).lastStableOffset, start + 1)
  let ended = await end('open', open, true)
  while (ended.errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS) ended = await end('open', open, true)
  assert.equal(ended.errorCode, NONE)
  await ready('open')
  await ready('decided')
  const { records, lastStableOffset, highWatermark } = await read(1, { partition: 1, start })
  assert.deepEqual(recordsOf(records).slice(0, 2), [`${start}: d`, `${start + 1}: o`])
  assert.equal(lastStableOffset, highWatermark)
})

test('transactions are described and listed', async () => {
  const identity = await ready('told')
  await write('told', identity, ['a'])
  const { transactionStates } = await client.call(describeTransactionsRequest, describeTransactionsResponse, 0, {
    transactionalIds: ['told', 'nobody', ''],
  })
  assert.deepEqual(
    transactionStates.map(({ errorCode, transactionState }) => [errorCode, transactionState]),
    [
      [NONE, 'Ongoing'],
      [errorCodes.TRANSACTIONAL_ID_NOT_FOUND, ''],
      [errorCodes.INVALID_REQUEST, ''],
    ],
  )
  assert.deepEqual(transactionStates[0]!.topics, [{ topic: 't', partitions: [0] }])
  const list = async (filter: object) => {
    const listed = await client.call(listTransactionsRequest, listTransactionsResponse, 2, filter)
    return [listed.errorCode, listed.unknownStateFilters, listed.transactionStates.map(each => each.transactionalId)]
  }
  assert.deepEqual(await list({ stateFilters: ['Ongoing', 'Sleeping'] }), [NONE, ['Sleeping'], ['told']])
  assert.deepEqual(await list({ stateFilters: ['Sleeping', 'Sleeping'] }), [NONE, ['Sleeping'], []])
  assert.deepEqual(await list({ transactionalIdPattern: 'to.*' }), [NONE, [], ['told']])
  assert.deepEqual(await list({ transactionalIdPattern: '(' }), [errorCodes.INVALID_REGULAR_EXPRESSION, [], []])
  await end('told', identity, true)
})

test('markers are written for coordinators elsewhere and administrators, each partition for itself', async () => {
  const identity = await ready('hanging')
  await write('hanging', identity, ['h'])
  const mark = (coordinatorEpoch: number, partitionIndexes: number[]) =>
    client.call(writeTxnMarkersRequest, writeTxnMarkersResponse, 2, {
      markers: [
        {
          producerId: identity.producerId,
          producerEpoch: identity.producerEpoch + 1,
          transactionResult: false,
          topics: [{ name: 't', partitionIndexes }],
          coordinatorEpoch,
          transactionVersion: 2,
        },
      ],
    })
  const before = await endOffset()
  const topics = [{ name: 't', partitionIndexes: [0, 9] }]
  const ofNobody = { producerId: -1n, producerEpoch: 0, transactionResult: true, topics, coordinatorEpoch: 5 }
  const refused = await client.call(writeTxnMarkersRequest, writeTxnMarkersResponse, 1, { markers: [ofNobody] })
  assert.deepEqual(
    refused.markers[0]!.topics[0]!.partitions.map(({ errorCode }) => errorCode),
    [errorCodes.INVALID_REQUEST, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
  )
  assert.equal(await endOffset(), before, 'nothing is written')
  const { markers } = await mark(5, [0, 9])
  assert.deepEqual(
    markers[0]!.topics[0]!.partitions.map(({ errorCode }) => errorCode),
    [NONE, errorCodes.UNKNOWN_TOPIC_OR_PARTITION],
  )
  const { lastStableOffset, highWatermark } = await read(1)
  assert.deepEqual([lastStableOffset, highWatermark], [before + 1, before + 1])
  const older = await mark(4, [0])
  assert.equal(older.markers[0]!.topics[0]!.partitions[0]!.errorCode, errorCodes.TRANSACTION_COORDINATOR_FENCED)
})

test('what is no request of a transaction is refused', async () => {
  assert.equal((await init('')).errorCode, errorCodes.INVALID_REQUEST)
  const nobody = { producerId: 4711n, producerEpoch: 0 }
  assert.equal((await end('nobody', nobody, true)).errorCode, errorCodes.INVALID_PRODUCER_ID_MAPPING)
  assert.equal((await write('nobody', nobody, ['a'])).errorCode, errorCodes.INVALID_PRODUCER_ID_MAPPING)
  assert.equal((await end('', nobody, true)).errorCode, errorCodes.INVALID_REQUEST)
  assert.equal((await write('', nobody, ['a'])).errorCode, errorCodes.INVALID_REQUEST)
  const value = { transactionalId: 'x', transactionTimeoutMs: 900_001 }
  const { errorCode } = await client.call(initProducerIdRequest, initProducerIdResponse, 5, value)
  assert.equal(errorCode, errorCodes.INVALID_TRANSACTION_TIMEOUT)
})
