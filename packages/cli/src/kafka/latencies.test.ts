import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Latencies, LatencyWindow } from './latencies.ts'
import { paddedTable } from './padded-table.ts'

test('a run is summed up as by the tools of Kafka', () => {
  const latencies = new Latencies(1000)
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms, 1024, 1000 + ms * 2)
  assert.equal(
    latencies.summary('records sent'),
    '1000 records sent, 500.000000 records/sec (0.49 MB/sec), 500.50 ms avg latency, 1000.00 ms max latency, 501 ms 50th, 951 ms 95th, 991 ms 99th, 1000 ms 99.9th.\n',
  )
})

test('a run of nothing has a summary too', () => {
  assert.match(new Latencies(0).summary('records sent'), /^0 records sent, 0\.000000 records\/sec \(0\.00 MB\/sec\)/)
})

test('a window is told when it is over, and begins anew', () => {
  const window = new LatencyWindow(0, 5000)
  assert.equal(window.add(10, 1024, 4999), undefined)
  assert.equal(
    window.add(30, 1024, 5000),
    '2 records sent, 0.4 records/sec (0.00 MB/sec), 20.0 ms avg latency, 30.0 ms max latency.\n',
  )
  assert.equal(window.add(1, 1024, 9999), undefined)
  assert.match(window.add(1, 1024, 10_000) ?? '', /^2 records sent, 0\.4 records/)
})

test('columns are as wide as their widest cell, with a tab behind each', () => {
  assert.equal(
    paddedTable(
      ['Id', 'Name'],
      [
        ['1', 'longer'],
        ['22', ''],
      ],
    ),
    'Id\tName  \t\n1 \tlonger\t\n22\t      \t\n',
  )
})
