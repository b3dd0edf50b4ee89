import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StreamLedger } from './stream-ledger.ts'

const cases: [name: string, output: string, expected: RegExp | 'well'][] = [
  ['everything', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n1\t0\tk\tb 0\n', 'well'],
  ['a line is lost', '0\t0\tk\ta 0\n1\t0\tk\tb 0\n', /1 lines of a are lost, the first is 1/],
  ['a line twice', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n0\t2\tk\ta 1\n1\t0\tk\tb 0\n', /a 1 is there again/],
  ['out of order', '0\t0\tk\ta 1\n0\t1\tk\ta 0\n1\t0\tk\tb 0\n', /a 0 follows a 1/],
  ['a gap', '0\t0\tk\ta 0\n0\t2\tk\ta 1\n1\t0\tk\tb 0\n', /offset 2 where 1 is due/],
  ['a stranger', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n1\t0\tk\tb 0\n1\t1\tk\tc 0\n', /nobody sent/],
  ['a number never sent', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n1\t0\tk\tb 0\n1\t1\tk\tb 7\n', /nobody sent/],
  ['cut output', '0\t0\tk\ta 0\n0\t1\tk\ta 1\n1\t0\tk\tb 0\n1\t', /ends inside a line/],
]

for (const [name, output, expected] of cases) {
  test(`stream ledger: ${name}`, () => {
    for (const size of [1, 7, 1000]) {
      const ledger = new StreamLedger(
        new Map([
          ['a', 2],
          ['b', 1],
        ]),
      )
      for (let start = 0; start < output.length; start += size) {
        ledger.write(Buffer.from(output.slice(start, start + size)))
      }
      if (expected === 'well') assert.match(ledger.end(), /3 lines of 2 producers/)
      else assert.throws(() => ledger.end(), expected)
    }
  })
}
