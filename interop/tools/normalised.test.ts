import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectedOutputs } from './expected.ts'
import { mainClassOf } from './java-tools.ts'
import { differingLines, normalisedLines } from './normalised.ts'
import { files, runs } from './runs.ts'

const facts = { port: 20_940, directory: '/somewhere/ours' }

test('what a broker draws by itself is taken for what it stands for', () => {
  const output = [
    'Topic: orders\tTopicId: z0yqJbxYTxCpfTRPMHzcYA',
    '127.0.0.1:20940   (id: 1)',
    'at /somewhere/ours/data/log',
    '2026-11-27 13:42:11:274, 1000, 37950.6641',
    'ConsumerGroupHeartbeat(68): 0 to 1',
    'perf-consumer-12345',
    '{"timestamp":1795786933974,"name":"x","key":null}',
    '',
  ].join('\n')
  assert.deepEqual(normalisedLines(output, facts, { isUnordered: false, masks: [/(?<=1000, ).*/g] }), [
    'Topic: orders TopicId: #id',
    '127.0.0.1:#port (id: 1)',
    'at #directory/data/log',
    '#time, 1000, #',
    'ConsumerGroupHeartbeat(68): 0 to 1',
    'perf-consumer-#',
    '{"key":null,"name":"x","timestamp":#now}',
  ])
  assert.deepEqual(normalisedLines('b\na\n', facts, { isUnordered: true, masks: [] }), ['a', 'b'])
})

test('lines that only one has are told, wherever they stand', () => {
  assert.deepEqual(differingLines(['a', 'b', 'c'], ['a', 'b', 'c']), [])
  assert.deepEqual(differingLines(['a', 'x', 'c'], ['a', 'b', 'c', 'd']), ['kafka    b', 'dorsale  x', 'kafka    d'])
  assert.deepEqual(differingLines([], ['a']), ['kafka    a'])
  assert.deepEqual(differingLines(['a', 'b'], ['b', 'a']).sort(), ['dorsale  b', 'kafka    b'])
})

test('every run names a tool that is known and files that are there; every expected difference has a reason', () => {
  for (const { tool, words } of runs) {
    assert.match(mainClassOf(tool), /\.[A-Z]\w+$/)
    for (const word of words.filter(each => each.startsWith('$FILES/'))) assert.ok(word.slice(7) in files, word)
  }
  for (const { run, reason } of expectedOutputs) {
    assert.ok(reason.length > 20)
    assert.ok(run === '' || runs.some(({ tool }) => run.startsWith(tool)), run)
  }
})
