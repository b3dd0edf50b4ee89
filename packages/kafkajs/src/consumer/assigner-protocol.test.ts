import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from '@dorsale/protocol'
import { AssignerProtocol } from './assigner-protocol.ts'

const { MemberMetadata, MemberAssignment } = AssignerProtocol

/** Bytes that kafkajs 2.2.4 writes. */
const metadataHex = '00010000000200066f726465727300087061796d656e74730000000178'
const assignmentHex = '00010000000200066f726465727300000002000000000000000200087061796d656e7473000000010000000100000000'

test('what members tell is written and read in the bytes of kafkajs', () => {
  const metadata = { version: 1, topics: ['orders', 'payments'], userData: Buffer.from('x') }
  assert.equal(MemberMetadata.encode(metadata).toString('hex'), metadataHex)
  assert.deepEqual(MemberMetadata.decode(Buffer.from(metadataHex, 'hex')), metadata)
  const assignment = { version: 1, assignment: { orders: [0, 2], payments: [1] }, userData: Buffer.alloc(0) }
  assert.equal(MemberAssignment.encode(assignment).toString('hex'), assignmentHex)
  assert.deepEqual(MemberAssignment.decode(Buffer.from(assignmentHex, 'hex')), assignment)
})

test('no bytes are no assignment, and bytes that are cut off are refused', () => {
  assert.equal(MemberAssignment.decode(Buffer.alloc(0)), null)
  const bytes = Buffer.from(assignmentHex, 'hex')
  // Four bytes from the end the user data begins, which may be missing.
  for (let length = 2; length < bytes.length - 4; length++) {
    assert.throws(() => MemberAssignment.decode(bytes.subarray(0, length)), DecodeError, `${length} bytes`)
  }
})

test('a count that the bytes cannot hold allocates nothing', () => {
  assert.throws(() => MemberMetadata.decode(Buffer.from('00007fffffff', 'hex')), DecodeError)
})
