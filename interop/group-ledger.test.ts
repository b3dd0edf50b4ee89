import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupLedger } from './group-ledger.ts'

const sent = new Map([['a', 2]])
const cases: [name: string, outputs: string[], expected: RegExp | string][] = [
  ['once', ['=assigned 0,1\n0\t0\tk\ta 0\n', '1\t0\tk\ta 1\n'], 'each line read by the group, 0 of them again'],
  [
    'again, behind a death inside a line',
    ['0\t0\tk\ta 0\n0\t1\tk', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n'],
    /, 1 of them again/,
  ],
  ['never', ['0\t0\tk\ta 0\n'], /1 lines were never read/],
  ['another line at the same place', ['0\t0\tk\ta 0\n', '0\t0\tk\ta 1\n'], /0@0 is a 1, and was a 0/],
  ['a line that nobody sent', ['0\t0\tk\ta 0\n0\t1\tk\ta 1\n0\t2\tk\ta 2\n'], /nobody sent a 2/],
]

for (const [name, outputs, expected] of cases) {
  test(`group ledger: ${name}`, () => {
    const ledger = new GroupLedger()
    for (const output of outputs) {
      const write = ledger.member()
      for (const byte of Buffer.from(output)) write(Buffer.of(byte))
    }
    let words: string
    try {
      words = ledger.end(sent)
    } catch (error) {
      words = (error as Error).message
    }
    assert.match(words, new RegExp(expected))
  })
}
