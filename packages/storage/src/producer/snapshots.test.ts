import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDisk, silentLogger } from '@dorsale/base'
import { ProducerState } from './producer-state.ts'
import { ProducerSnapshots } from './snapshots.ts'

test('a snapshot from before the first segment is not believed, one inside the log is', () => {
  const check = (logBegin: number, expected: number): void => {
    const disk = new MemoryDisk()
    disk.makeDirectorySync('/log')
    const options = { disk, directory: '/log', logger: silentLogger }
    const state = new ProducerState({ producerIdExpirationMs: 1000 })
    state.load([], 10, 0)
    new ProducerSnapshots({ ...options, names: [] }).take(state)
    const snapshots = new ProducerSnapshots({ ...options, names: disk.listSync('/log').map(({ name }) => name) })
    snapshots.restore(state, { logBegin, offsetMin: 16, offsetMax: 100, now: 0 })
    assert.equal(state.endOffset, expected)
  }
  check(0, 10)
  check(10, 10)
  check(11, 16)
})
