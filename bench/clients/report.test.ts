import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, renderClients } from './report.ts'

test('the median of an even count is between the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 2.5)
})

test('each cell is held against the best of the others, whichever way is better', () => {
  const figures = (client: string, recordsPerSecond: number, cpuSecondsPerMillion: number) => ({
    client,
    recordsPerSecond,
    cpuSecondsPerMillion,
    peakMb: 100,
  })
  const page = renderClients({
    kafka: '4.4.0',
    machine: { cpu: 'a', cores: 2, memoryGb: 8, kernel: 'b', fileSystem: 'c', node: 'd', java: 'e', kcat: 'f' },
    when: '2026-01-01T00:00',
    commit: 'abc',
    othersCores: 0,
    runs: 3,
    cells: [
      { name: 'one', title: 'one', figures: [figures('Dorsale', 300, 2), figures('a', 100, 4), figures('b', 200, 1)] },
      { name: 'two', title: 'two', figures: [figures('Dorsale', 50, 1), figures('a', 100, 4)] },
    ],
    longRead: { records: 1_000_000, memoryMb: [100, 110] },
  })
  const rows = page.split('\n').filter(line => /^\| (one|two) /.test(line))
  assert.deepEqual(rows.slice(0, 4), [
    '| one | 300 | 100 | 200 | 1.50 |',
    '| two | 50.00 | 100 |  | 0.50 (behind) |',
    '| one | 2.00 | 4.00 | 1.00 | 2.00 (behind) |',
    '| two | 1.00 | 4.00 |  | 0.25 |',
  ])
  assert.match(page, /Last to first: 1\.10\./)
})
