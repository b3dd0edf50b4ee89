import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findComplaints, planDump } from './data-directory.ts'

test('each file is read with its decoder, and a stranger is noticed', () => {
  const plan = planDump([
    '.lock',
    '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint',
    '__cluster_metadata-0/00000000000000000000.index',
    '__cluster_metadata-0/00000000000000000000.log',
    '__cluster_metadata-0/quorum-state',
    '__consumer_offsets-12/00000000000000000000.log',
    'bootstrap.checkpoint',
    'meta.properties',
    'orders-0/00000000000000000000.log',
    'orders-0/00000000000000000000.timeindex',
    'orders-0/00000000000000000007.snapshot',
    'orders-0/notes.txt',
    'orders-0/partition.metadata',
  ])
  assert.deepEqual(
    [...plan.byDecoder].map(([decoder, paths]) => [decoder, paths.length]),
    [
      ['--cluster-metadata-decoder', 3],
      ['', 4],
      ['--offsets-decoder', 1],
    ],
  )
  assert.deepEqual(plan.unknown, ['orders-0/notes.txt'])
})

test('complaints of kafka-dump-log are told from its ordinary lines', () => {
  const cases: [line: string, isComplaint: boolean][] = [
    ['baseOffset: 0 lastOffset: 9 count: 10 magic: 2 compresscodec: none crc: 1 isvalid: true', false],
    ['baseOffset: 0 lastOffset: 9 count: 10 magic: 2 compresscodec: none crc: 1 isvalid: false', true],
    ['| offset: 3 payload: {"type":"CONFIG_RECORD","data":{"name":"errors.tolerance"}}', false],
    ['Mismatches in :/data/log/orders-0/00000000000000000000.index', true],
    ['Non-consecutive offsets in /data/log/orders-0/00000000000000000512.log', false],
    ['  -1 is followed by 512', false],
    ['  519 is followed by 530', true],
    ['Ignoring unknown file /data/log/orders-0/notes.txt', true],
    ['Found timestamp mismatch in :/data/log/orders-0/00000000000000000000.timeindex', true],
    ['Exception in thread "main" java.lang.IllegalStateException', true],
    ['offset: 120 position: 8192', false],
  ]
  for (const [line, isComplaint] of cases) assert.equal(findComplaints(line).length, isComplaint ? 1 : 0, line)
})
