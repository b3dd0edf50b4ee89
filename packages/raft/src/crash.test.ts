import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { type Host, World } from '@dorsale/sim'
import { openRaft } from './raft-node.ts'
import { bootstrapSnapshotId, encodeSnapshot, writeSnapshotSync } from './snapshots.ts'
import { RecordingListener, textSerde } from './testing/recording-listener.ts'
import { defaultRaftConfig } from './types.ts'
import { supportedKraftVersions } from './voters.ts'

/*
 * Goal: no acknowledged record is ever lost, and no epoch is led twice, whatever the death. Method: a node that opens the log, appends and
 * snapshots, is killed at its n-th call to the world, for every n, by the death of the process or of the machine, again and again on one disk.
 */

const root = '/data'
const directoryId = 'g2ph3zvfRxayG6jq_fMhcw'
const endpoints = [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }]

interface Book {
  /** Records whose append was acknowledged, over all lives. */
  readonly acknowledged: string[]
  readonly epochs: number[]
  next: number
}

function format({ disk }: Host): void {
  disk.makeDirectorySync(`${root}/__cluster_metadata-0`)
  disk.syncDirectorySync('/')
  disk.syncDirectorySync(root)
  const voter = { id: 1, directoryId, endpoints, kraftVersions: supportedKraftVersions }
  const quorum = { kraftVersion: 1, voters: [voter] }
  const content = { id: bootstrapSnapshotId, lastContainedTimestamp: 0, quorum, records: ['first'] }
  const batches = encodeSnapshot(content, textSerde, 0)
  writeSnapshotSync(disk, `${root}/__cluster_metadata-0`, bootstrapSnapshotId, batches)
}

/** One life: everything acknowledged before must be there, then it appends. */
async function live(
  host: Host,
  book: Book,
  { appends, segmentBytes }: { appends: number; segmentBytes: number },
): Promise<void> {
  const listener = new RecordingListener<string>()
  const raft = await openRaft({
    ...host,
    logger: silentLogger,
    logDirectory: root,
    nodeId: 1,
    directoryId,
    clusterId: 'cluster',
    endpoints,
    serde: textSerde,
    listener,
    config: { ...defaultRaftConfig, snapshotBytes: 600, retentionBytes: 900, snapshotIntervalMs: 0, segmentBytes },
  })
  const epoch = listener.leader!.epoch
  assert.ok(!book.epochs.includes(epoch), `epoch ${epoch} is led twice`)
  book.epochs.push(epoch)
  const present = new Set(listener.records)
  for (const record of book.acknowledged) assert.ok(present.has(record), `${record} was acknowledged and is lost`)
  assert.equal(present.size, listener.records.length, 'a record is there twice')
  for (let count = 0; count < appends; count++) {
    const record = `${book.next++}`
    // Awaited in pairs, so that syncs cover one batch and several.
    const { committed } = raft.append([record])
    const noted = committed.then(() => void book.acknowledged.push(record))
    if (count % 2 === 1) await noted
  }
  await raft.close()
}

/** `callsMax`: the longest life, in calls to the world. Small segments are more work to recover, and a segment begins in many a death. */
const shapes = [
  { what: 'one segment', segmentBytes: defaultRaftConfig.segmentBytes, callsMax: 230, step: 7 },
  { what: 'many segments', segmentBytes: 900, callsMax: 600, step: 19 },
]

for (const powerLoss of [false, true]) {
  for (const { what, segmentBytes, callsMax, step } of shapes) {
    const death = powerLoss ? 'the machine' : 'the process'
    test(`no acknowledged record is lost when ${death} dies at any call (${what})`, async () => {
      for (let seed = 1; seed <= 6; seed++) {
        const world = new World({ seed })
        const machine = world.machine('m')
        const book: Book = { acknowledged: [], epochs: [], next: 0 }
        machine.spawn('formatter', format)
        await world.run({ forMs: 100 })
        // Each life dies a little later than the last: from before the log is open to after it is closed.
        for (let calls = 3; calls <= callsMax; calls += step) {
          const process = machine.spawn('node', host => live(host, book, { appends: 12, segmentBytes }))
          process.killAfter(calls + seed, { powerLoss })
          await world.run({ forMs: 2000 })
          if (process.alive) process.kill()
        }
        machine.spawn('node', host => live(host, book, { appends: 0, segmentBytes }))
        await world.run({ forMs: 2000 })
        assert.ok(book.acknowledged.length > 50, `only ${book.acknowledged.length} appends were acknowledged`)
      }
    })
  }
}
