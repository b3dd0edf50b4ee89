import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sleep } from '../clock.ts'
import { clockContract, diskContract, netContract, offloadContract } from '../testing/index.ts'
import { nodeClock, nodeDisk, nodeNet, nodeOffload, nodePrng } from './index.ts'

async function withDirectory(body: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'dorsale-'))
  try {
    await body(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

clockContract(body => body(nodeClock))

test('a timer does not fire early, wherever in a millisecond it is set', async () => {
  // A loop that never blocks looks at its timers all the time.
  let isBusy = true
  const turn = () => isBusy && nodeClock.defer(turn)
  turn()
  const waitedMs: number[] = []
  for (let phase = 0; phase < 20; phase++) {
    while (Math.floor((nodeClock.monotonic() % 1) * 20) !== phase) {}
    const startMs = nodeClock.monotonic()
    await sleep(nodeClock, 2)
    waitedMs.push(nodeClock.monotonic() - startMs)
  }
  isBusy = false
  assert.ok(Math.min(...waitedMs) >= 2)
})

diskContract(body => withDirectory(root => body(nodeDisk, root)))

netContract(body => body(nodeNet, '127.0.0.1', nodeClock))

offloadContract(async body => {
  const offload = nodeOffload({ threads: 2 })
  try {
    await body(offload)
  } finally {
    await offload.close()
  }
})

test('directories are closed to others', () =>
  withDirectory(async root => {
    nodeDisk.makeDirectorySync(`${root}/a/b`)
    assert.equal(statSync(`${root}/a`).mode & 0o777, 0o700)
    assert.equal(statSync(`${root}/a/b`).mode & 0o777, 0o700)
  }))

test('a closed pool refuses work and fails what waited', async () => {
  const offload = nodeOffload({ threads: 1 })
  const task = { url: import.meta.url, name: 'never', run: () => 0 }
  const waiting = Promise.allSettled([offload.run(task, 0), offload.run(task, 0)])
  await offload.close()
  for (const result of await waiting) {
    assert.equal(result.status === 'rejected' && result.reason.code, 'DORSALE_OFFLOAD')
  }
  await assert.rejects(offload.run(task, 0), { code: 'DORSALE_OFFLOAD' })
})

test('words of the cryptographic generator do not repeat from block to block', () => {
  const prng = nodePrng()
  const words = new Set(Array.from({ length: 1000 }, () => prng.uint32()))
  assert.ok(words.size > 990)
  assert.equal(prng.bytes(7).length, 7)
})
