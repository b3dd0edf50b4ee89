import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { DecodeError } from '@dorsale/protocol'
import { Step } from '../shard/step.ts'
import { Transaction } from './transaction.ts'
import { changed, type TransactionContext } from './transaction-context.ts'
import { transactionRecordSerde } from './transaction-record.ts'

const { records } = JSON.parse(
  readFileSync(new URL('../../vectors/transaction-records.json', import.meta.url), 'utf8'),
) as { records: { state: string; version: number; key: string; value: string }[] }

const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex')

test('reads the records of Kafka, and writes them to the byte', () => {
  for (const { state, version, key, value } of records) {
    const record = transactionRecordSerde.decode(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'))!
    assert.equal(record.version, version)
    const transaction = new Transaction(record.transactionalId)
    transaction.replay(record.value!)
    assert.equal(transaction.state, state)
    const bytes = transactionRecordSerde.encode(record)
    assert.deepEqual([hex(bytes.key), hex(bytes.value)], [key, value])
  }
})

test('a change that changes nothing is the record of Kafka', () => {
  for (const { key, value } of records) {
    const record = transactionRecordSerde.decode(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'))!
    const transaction = new Transaction(record.transactionalId)
    transaction.replay(record.value!)
    const context: TransactionContext = {
      config: { timeoutMsMax: 1, idExpirationMs: 1, timeoutCheckIntervalMs: 1, expiryCheckIntervalMs: 1 },
      timers: { set: () => ({ cancel() {} }) },
      logger: silentLogger,
      valueVersion: () => record.version,
      writeMarkers() {},
    }
    const step = new Step<never>(record.value!.transactionLastUpdateTimestampMs)
    const again = changed(context, step, transaction, { state: transaction.state })
    assert.equal(hex(transactionRecordSerde.encode(again).value), value)
  }
})

test('tombstones, other kinds of keys and versions to come', () => {
  const [{ key, value }] = records as [(typeof records)[0]]
  const keyBytes = Buffer.from(key, 'hex')
  const tombstone = { transactionalId: 'xt1795776974893', version: 0, value: null }
  assert.deepEqual(transactionRecordSerde.decode(keyBytes, null), tombstone)
  assert.equal(hex(transactionRecordSerde.encode(tombstone).key), key)
  assert.equal(transactionRecordSerde.decode(Buffer.from('0001', 'hex'), null), undefined)
  assert.throws(() => transactionRecordSerde.decode(keyBytes, Buffer.from(`0002${value.slice(4)}`, 'hex')), DecodeError)
  assert.throws(() => transactionRecordSerde.decode(keyBytes, Buffer.from(value.slice(0, 20), 'hex')), DecodeError)
})
