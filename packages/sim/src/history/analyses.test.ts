import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './analyses.ts'
import type { FindingKind, HistoryEvent, JudgeOptions } from './history.ts'

const sent = (value: string, offset?: number, more: object = {}): HistoryEvent => ({
  kind: 'send',
  process: 'p',
  partition: 't-0',
  value,
  outcome: 'ok',
  offset,
  ...more,
})
const read = (...reads: [offset: number, value: string][]): HistoryEvent => polled('c', ...reads)
const polled = (process: string, ...reads: [offset: number, value: string][]): HistoryEvent => ({
  kind: 'poll',
  process,
  reads: reads.map(([offset, value]) => ({ partition: 't-0', offset, value })),
})
const inTransaction = (transaction: string) => ({ transaction })
const ended = (transaction: string, outcome: 'committed' | 'aborted' | 'unknown'): HistoryEvent => ({
  kind: 'transaction',
  transaction,
  outcome,
})
const toEnd: JudgeOptions = { readToEnd: true }
const timed: HistoryEvent[] = [
  sent('a', 0, { timestamp: 10 }),
  sent('b', 1, { timestamp: 30 }),
  read([0, 'a'], [1, 'b']),
]
const looked = (
  timestamp: number,
  found: { offset: number; timestamp: number } | undefined,
): HistoryEvent & { kind: 'lookup' } => ({
  kind: 'lookup',
  process: 'l',
  partition: 't-0',
  timestamp,
  found,
  askedAt: 3,
})

const cases: [name: string, history: HistoryEvent[], options: JudgeOptions, expected: FindingKind[]][] = [
  ['an empty history', [], toEnd, []],
  ['sent and read', [sent('a', 0), sent('b', 1), read([0, 'a'], [1, 'b'])], toEnd, []],
  [
    'read in several polls, by several readers',
    [sent('a', 0), sent('b', 1), read([0, 'a']), polled('d', [0, 'a']), read([1, 'b'])],
    toEnd,
    [],
  ],

  ['acknowledged, never read, with a later one read', [sent('a', 0), sent('b', 1), read([1, 'b'])], {}, ['lost write']],
  ['acknowledged last and not read yet', [sent('a', 0), sent('b', 1), read([0, 'a'])], {}, []],
  ['acknowledged last and not read at the end', [sent('a', 0), sent('b', 1), read([0, 'a'])], toEnd, ['lost write']],
  ['acknowledged without an offset', [sent('a')], toEnd, ['lost write']],
  ['without promise', [sent('a', 0)], { readToEnd: true, lossAllowed: true }, []],
  ['of unknown outcome', [sent('a', undefined, { outcome: 'unknown' })], toEnd, []],
  [
    'deleted on purpose',
    [sent('a', 0), sent('b', 1), { kind: 'log start', partition: 't-0', offset: 1 }, read([1, 'b'])],
    toEnd,
    [],
  ],

  ['refused and read', [sent('a', undefined, { outcome: 'fail' }), read([0, 'a'])], toEnd, ['aborted read']],
  ['read and never sent', [read([0, 'x'])], toEnd, ['invented value']],
  [
    'read elsewhere',
    [sent('a', undefined, { partition: 't-1', outcome: 'unknown' }), read([0, 'a'])],
    toEnd,
    ['invented value'],
  ],

  [
    'two values acknowledged at one offset',
    [sent('a', 0), sent('b', 0, { process: 'q' }), read([0, 'a'])],
    {},
    ['inconsistent offsets'],
  ],
  [
    'acknowledged at an offset where another is read',
    [sent('a', 0), sent('b'), read([0, 'b'])],
    {},
    ['inconsistent offsets'],
  ],

  ['one value twice', [sent('a', 0), read([0, 'a'], [1, 'a'])], toEnd, ['duplicate']],
  ['twice, as expected', [sent('a', 0), read([0, 'a'], [1, 'a'])], { readToEnd: true, duplicatesAllowed: true }, []],

  [
    'back without a seek',
    [sent('a', 0), sent('b', 1), read([0, 'a'], [1, 'b']), read([0, 'a'])],
    toEnd,
    ['non-monotonic poll'],
  ],
  ['again without a seek', [sent('a', 0), read([0, 'a']), read([0, 'a'])], toEnd, ['non-monotonic poll']],
  ['back after a seek', [sent('a', 0), read([0, 'a']), { kind: 'seek', process: 'c' }, read([0, 'a'])], toEnd, []],
  [
    'over a record that another reader saw',
    [sent('a', 0), sent('b', 1), sent('c', 2), polled('d', [1, 'b']), read([0, 'a'], [2, 'c'])],
    toEnd,
    ['poll skip'],
  ],
  ['over an offset that nobody knows', [sent('a', 0), sent('c', 2), read([0, 'a'], [2, 'c'])], toEnd, []],

  [
    'over what was deleted',
    [
      sent('a', 0),
      sent('b', 1),
      sent('c', 2),
      { kind: 'log start', partition: 't-0', offset: 2 },
      read([0, 'a'], [2, 'c']),
    ],
    toEnd,
    [],
  ],
  [
    'acknowledged without an offset, in a log that lost its beginning',
    [sent('a'), { kind: 'log start', partition: 't-0', offset: 1 }],
    toEnd,
    [],
  ],

  [
    'read by somebody, and not by the last reader',
    [sent('a', 0), sent('b', 1), polled('d', [0, 'a'], [1, 'b']), read([0, 'a'])],
    { readToEnd: true, lastReader: 'c' },
    ['lost write'],
  ],
  [
    'the last of each key stays, the others may go',
    [sent('a', 0, { key: 'k' }), sent('b', 1, { key: 'l' }), sent('c', 2, { key: 'k' }), read([1, 'b'], [2, 'c'])],
    toEnd,
    [],
  ],
  [
    'the last of a key is gone',
    [sent('a', 0, { key: 'k' }), sent('b', 1, { key: 'k' }), sent('c', 2, { key: 'l' }), read([0, 'a'], [2, 'c'])],
    toEnd,
    ['lost write', 'poll skip'],
  ],
  ['a tombstone goes', [sent('a', 0, { key: 'k' }), sent('b', 1, { key: 'k', isTombstone: true })], toEnd, []],

  ['the first that is late enough', [...timed, looked(20, { offset: 1, timestamp: 30 })], toEnd, []],
  ['exactly that time', [...timed, looked(30, { offset: 1, timestamp: 30 })], toEnd, []],
  ['a later one', [...timed, looked(10, { offset: 1, timestamp: 30 })], toEnd, ['wrong look-up']],
  ['one that is too early', [...timed, looked(35, { offset: 1, timestamp: 30 })], toEnd, ['wrong look-up']],
  [
    'a timestamp that the record does not have',
    [...timed, looked(20, { offset: 1, timestamp: 25 })],
    toEnd,
    ['wrong look-up'],
  ],
  ['nothing that late', [...timed, looked(31, undefined)], toEnd, []],
  ['nothing, though there is one', [...timed, looked(30, undefined)], toEnd, ['wrong look-up']],
  ['nothing yet', [...timed, { ...looked(30, undefined), askedAt: 0 }], toEnd, []],
  [
    'what was deleted is not found',
    [...timed, { kind: 'log start', partition: 't-0', offset: 1 }, looked(10, { offset: 1, timestamp: 30 })],
    toEnd,
    [],
  ],

  ['sends that fall back', [sent('a', 5), sent('b', 4), read([4, 'b'], [5, 'a'])], toEnd, ['non-monotonic send']],
  ['sends of two producers', [sent('a', 5), sent('b', 4, { process: 'q' }), read([4, 'b'], [5, 'a'])], toEnd, []],

  [
    'an aborted transaction, unread',
    [sent('a', 0, inTransaction('t')), ended('t', 'aborted'), sent('b', 2), read([2, 'b'])],
    toEnd,
    [],
  ],
  [
    'an aborted transaction, read',
    [sent('a', 0, inTransaction('t')), ended('t', 'aborted'), read([0, 'a'])],
    toEnd,
    ['aborted read'],
  ],
  ['a committed transaction, lost', [sent('a', 0, inTransaction('t')), ended('t', 'committed')], toEnd, ['lost write']],
  [
    'a committed transaction, half of it read',
    [sent('a', 0, inTransaction('t')), sent('b', 1, inTransaction('t')), ended('t', 'committed'), read([0, 'a'])],
    toEnd,
    ['lost write', 'torn transaction'],
  ],
  [
    'a transaction of unknown outcome, half of it read',
    [sent('a', 0, inTransaction('t')), sent('b', 1, inTransaction('t')), ended('t', 'unknown'), read([0, 'a'])],
    toEnd,
    ['torn transaction'],
  ],
  [
    'an open transaction passed over',
    [sent('a', 0), sent('b', 1, inTransaction('t')), sent('c', 2), ended('t', 'aborted'), read([0, 'a'], [2, 'c'])],
    toEnd,
    [],
  ],
  [
    'two transactions that read each other',
    [
      sent('a', 0, inTransaction('t')),
      sent('b', 1, { process: 'q', ...inTransaction('u') }),
      { ...read([1, 'b']), ...inTransaction('t') },
      { ...polled('d', [0, 'a']), ...inTransaction('u') },
      ended('t', 'committed'),
      ended('u', 'committed'),
    ],
    toEnd,
    ['cycle'],
  ],
  [
    'a chain of transactions',
    [
      sent('a', 0, inTransaction('t')),
      { ...read([0, 'a']), ...inTransaction('u') },
      sent('b', 1, inTransaction('u')),
      { ...polled('d', [1, 'b']), ...inTransaction('v') },
      ...['t', 'u', 'v'].map(name => ended(name, 'committed')),
    ],
    toEnd,
    [],
  ],
]

for (const [name, history, options, expected] of cases) {
  test(`history: ${name}`, () => {
    const findings = judge(history, options)
    assert.deepEqual(
      findings.map(finding => finding.kind),
      expected,
      findings.map(finding => finding.text).join('\n'),
    )
  })
}
