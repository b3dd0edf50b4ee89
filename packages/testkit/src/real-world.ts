/** Where a test broker touches the machine: its clock, network and chance, and the directories of brokers that are not kept in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeClock, nodeDisk, nodeNet, nodeOffload, nodePrng } from '@dorsale/base/node'

export function realWorld() {
  return { clock: nodeClock, prng: nodePrng(), net: nodeNet, fetch: globalThis.fetch }
}

export const realDisk = nodeDisk

/** A thread for what is compressed or checked in large pieces; it starts when it is first needed. */
export function realOffload() {
  return nodeOffload({ threads: 1 })
}

export interface TemporaryDirectory {
  readonly path: string
  /** Removes it with all that it holds. Idempotent. */
  remove(): void
}

/** A directory that is gone when the process ends, whatever ends the test before `remove`; only a SIGKILL leaves it behind. */
export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'dorsale-test-'))
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.on('exit', remove)
  return { path, remove }
}
