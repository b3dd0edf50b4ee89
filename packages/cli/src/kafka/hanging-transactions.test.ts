import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Admin, ProducerState, TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { findHangingTransactions } from './hanging-transactions.ts'

const nowMs = 10_000_000

/** A cluster in which these producers have an open transaction in `t`-0; ids, and what their coordinator says of them. */
function adminOf(
  producers: readonly ProducerState[],
  ids: Readonly<Record<string, bigint>>,
  held: Readonly<Record<string, readonly TopicPartition[]>>,
): Admin {
  const admin = {
    describeProducers: async (places: readonly TopicPartition[]) => places.map(() => producers),
    listTransactions: async () => [
      Object.entries(ids).map(([transactionalId, producerId]) => ({ transactionalId, producerId })),
    ],
    describeTransactions: (keys: readonly string[]) => ({
      outcomes: async () =>
        keys.map(key =>
          held[key] === undefined
            ? { key, error: new ProtocolError(errorCodes.TRANSACTIONAL_ID_NOT_FOUND) }
            : { key, value: { topicPartitions: held[key] } },
        ),
    }),
  }
  return admin as unknown as Admin
}

const place = { topic: 't', partition: 0 }
const search = { brokerId: undefined, lastBeforeMs: nowMs }
const open = (producerId: bigint, more: Partial<ProducerState> = {}): ProducerState => ({
  producerId,
  producerEpoch: 0,
  lastSequence: 0,
  lastTimestamp: nowMs - 1,
  coordinatorEpoch: 0,
  currentTransactionStartOffset: 5,
  ...more,
})
const found = async (...args: Parameters<typeof adminOf>) =>
  (await findHangingTransactions(adminOf(...args), [place], search)).map(({ producer }) => producer.producerId)

test('a transaction that its coordinator holds does not hang', async () => {
  assert.deepEqual(await found([open(1n)], { x: 1n }, { x: [place] }), [])
})

test('one of which no coordinator knows hangs: no id, an id that is gone, or another partition', async () => {
  assert.deepEqual(await found([open(1n)], {}, {}), [1n])
  assert.deepEqual(await found([open(1n)], { x: 1n }, {}), [1n])
  assert.deepEqual(await found([open(1n)], { x: 1n }, { x: [{ topic: 't', partition: 1 }] }), [1n])
})

test('what is young, and what is not open, is not looked at', async () => {
  const closed = open(1n, { currentTransactionStartOffset: undefined })
  assert.deepEqual(await found([closed, open(2n, { lastTimestamp: nowMs })], {}, {}), [])
})
