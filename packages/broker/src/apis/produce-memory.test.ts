/** Memory under a produce goes when its batches are written and its answer is on the way, and stays where a write has failed: the disk may still have it in hand. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Disk, DiskError, type DiskFile } from '@dorsale/base'
import { nodeDisk } from '@dorsale/base/node'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from '../testing/batches.ts'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

/** More than one read of a socket brings, so that the frame is joined; and more than is written in place. */
const large = 'x'.repeat(300_000)

describe('memory under a produce', () => {
  for (const acks of [-1, 1]) {
    test(`acks=${acks}: what is written and answered is let go of`, async t => {
      const { client, written } = await start(t)
      for (const [offset, value] of ['first', large, large, 'last'].entries()) {
        assert.deepEqual(await produce(client, acks, value), { errorCode: errorCodes.NONE, baseOffset: offset })
      }
      // What is small is left to the collector.
      assert.deepEqual(
        written.map(chunk => chunk.length > 0),
        [true, false, false, true],
      )
      assert.deepEqual(await contents(client), ['0: first', `1: ${large}`, `2: ${large}`, '3: last'])
    })
  }

  test('what is under way to a log that has moved stays, though the copy has told of it', async t => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { client, written, world } = await start(t, { holds: held })
    t.after(async () => letGo())
    const produced = produce(client, -1, large)
    const other = world.client()
    for (const path of directoriesOf(world.directory)) {
      const dirs = [{ path, topics: [{ name: 't', partitions: [0] }] }]
      await other.call(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, 2, { dirs })
    }
    assert.deepEqual(await produced, { errorCode: errorCodes.NONE, baseOffset: 0 })
    assert.equal(written.length, 2, 'one write is held, the other was the copy’s')
    assert.ok(written[0] !== undefined && written[0].length > large.length)
  })

  test('what could not be written stays', async t => {
    const { client, written } = await start(t, { fails: true })
    assert.equal((await produce(client, -1, large)).errorCode, errorCodes.KAFKA_STORAGE_ERROR)
    assert.equal(written.length, 1)
    assert.ok(written[0] !== undefined && written[0].length > large.length)
  })
})

async function start(t: { after(undo: () => Promise<void>): void }, options: Behaviour = {}) {
  const written: Uint8Array[] = []
  const settings = (directory: string) => ({ 'log.dirs': directoriesOf(directory).join(',') })
  const world = new BrokerWorld(settings, { disk: notingDisk(written, options) })
  t.after(() => world.stop())
  await world.start()
  await world.createTopic('t')
  return { client: world.client(), written, world }
}

function directoriesOf(directory: string): string[] {
  return ['one', 'two'].map(name => join(directory, name))
}

async function produce(client: TestClient, acks: number, value: string) {
  const partitionData = [{ index: 0, records: batchOf([value]) }]
  const message = { acks, timeoutMs: 10_000, topicData: [{ name: 't', partitionData }] }
  const { responses } = await client.call(produceRequest, produceResponse, 12, message)
  const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!
  return { errorCode, baseOffset }
}

async function contents(client: TestClient): Promise<string[]> {
  const { responses } = await client.call(fetchRequest, fetchResponse, 12, {
    maxBytes: 1e7,
    topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e7 }] }],
  })
  return recordsOf(responses[0]!.partitions[0]!.records)
}

interface Behaviour {
  /** Writes fail. Default: they do not. */
  readonly fails?: boolean
  /** The first large write waits for it. */
  readonly holds?: Promise<void>
}

/** The real disk; chunks that are written to the topic's segments are noted. */
function notingDisk(written: Uint8Array[], { fails = false, holds }: Behaviour): Disk {
  const noted = (file: DiskFile): DiskFile => {
    const note = (chunks: readonly Uint8Array[]): void => {
      written.push(...chunks)
      if (fails) throw new DiskError('EIO', 'write', file.path)
    }
    return {
      path: file.path,
      sizeSync: () => file.sizeSync(),
      readSync: (target, position) => file.readSync(target, position),
      read: (target, position) => file.read(target, position),
      writeSync: (chunks, position) => {
        note(chunks)
        return file.writeSync(chunks, position)
      },
      write: async (chunks, position) => {
        note(chunks)
        if (written.length === 1) await holds
        return await file.write(chunks, position)
      },
      syncSync: () => file.syncSync(),
      sync: () => file.sync(),
      truncateSync: size => file.truncateSync(size),
      closeSync: () => file.closeSync(),
    }
  }
  return {
    ...nodeDisk,
    openSync(path, mode) {
      const file = nodeDisk.openSync(path, mode)
      return path.endsWith('.log') && path.includes('/t-') ? noted(file) : file
    },
  }
}
