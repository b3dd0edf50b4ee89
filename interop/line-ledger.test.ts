import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineLedger } from './line-ledger.ts'
import { NumberedFile } from './numbered-file.ts'

const file = new NumberedFile('test', Buffer.from('a\n\nc\td\n'))

function check(output: string, expected: RegExp): void {
  const ledger = new LineLedger(file)
  for (const byte of Buffer.from(output)) ledger.write(Buffer.from([byte]))
  let verdict: string
  try {
    verdict = ledger.end()
  } catch (error) {
    verdict = String(error)
  }
  assert.match(verdict, expected, JSON.stringify(output))
}

test('the ledger accepts exactly the file', () => {
  check('0\t0\t0\ta\n0\t1\t1\t\n1\t0\t2\tc\td\n', /^3 lines from 2 partitions$/)
  check('Partition:0\tOffset:0\t0\ta\nPartition:0\tOffset:1\t1\t\nPartition:0\tOffset:2\t2\tc\td\n', /^3 lines/)
})

test('the ledger names what is amiss', () => {
  check('', /3 of 3 lines are lost, the first is 0/)
  check('0\t0\t0\ta\n0\t1\t1\t\n', /1 of 3 lines are lost, the first is 2/)
  check('0\t0\t0\ta\n1\t0\t0\ta\n0\t1\t1\t\n0\t2\t2\tc\td\n', /line 0 came twice/)
  check('0\t0\t1\t\n0\t1\t0\ta\n0\t2\t2\tc\td\n', /line 0 comes after line 1/)
  check('0\t0\t0\ta\n0\t2\t1\t\n0\t3\t2\tc\td\n', /has offset 2 where 1 was due/)
  check('0\t0\t0\tb\n0\t1\t1\t\n0\t2\t2\tc\td\n', /line 0 came back changed: b/)
  check('0\t0\t7\ta\n', /no such line: 7/)
  check('garbage\n', /not a record: garbage/)
  check('0\t0\t0\ta\n0\t1\t1\t\n0\t2\t2\tc\td', /ends inside a line/)
})

test('a file that a client would cut elsewhere is refused', () => {
  assert.throws(() => new NumberedFile('x', Buffer.from('a\r\nb\n')), /carriage returns/)
  assert.throws(() => new NumberedFile('x', Buffer.from('a\nb')), /does not end with a newline/)
  assert.throws(() => new NumberedFile('x', Buffer.from([0xff, 0x0a])), TypeError)
})
