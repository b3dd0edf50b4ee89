import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMessage, DecodeError, transactionLogValue } from '@dorsale/protocol'
import { Transaction } from './transaction.ts'

test('a record of a state that does not exist is damaged, not a bug', () => {
  const value = createMessage(transactionLogValue, { transactionStatus: 127 })
  assert.throws(() => new Transaction('t').replay(value), DecodeError)
})
