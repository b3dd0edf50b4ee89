import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '@dorsale/sim'
import { encodeSnapshot, listSnapshots, readSnapshot, writeSnapshot, writeSnapshotSync } from './snapshots.ts'
import { writeFile } from './testing/kafka-fixture.ts'
import { textSerde } from './testing/recording-listener.ts'
import { supportedKraftVersions } from './voters.ts'

const id = { endOffset: 42, epoch: 7 }
const name = '00000000000000000042-0000000007.checkpoint'
const voter = {
  id: 1,
  directoryId: 'g2ph3zvfRxayG6jq_fMhcw',
  endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
  kraftVersions: supportedKraftVersions,
}
const content = {
  id,
  lastContainedTimestamp: 1234,
  quorum: { kraftVersion: 1, voters: [voter] },
  records: ['a', 'b', 'x'.repeat(2000)],
}

test('a snapshot is read as it was written, in as many batches as it takes', () =>
  new World({ seed: 1 }).within(async ({ disk }) => {
    disk.makeDirectorySync('/log')
    const records = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(1000)}`)
    const batches = encodeSnapshot({ ...content, records }, textSerde, 5)
    assert.ok(batches.length > 4, `${batches.length} batches`)
    await writeSnapshot(disk, '/log', id, batches)
    const [file] = listSnapshots(disk, '/log')
    assert.equal(file?.path, `/log/${name}`)
    assert.deepEqual(readSnapshot(disk, file!, textSerde), { ...content, records })
  }))

test('voters of the configuration are not named', () =>
  new World({ seed: 1 }).within(async ({ disk }) => {
    disk.makeDirectorySync('/log')
    const quorum = { kraftVersion: 0, voters: [voter] }
    writeSnapshotSync(disk, '/log', id, encodeSnapshot({ ...content, quorum }, textSerde, 5))
    const read = readSnapshot(disk, listSnapshots(disk, '/log')[0]!, textSerde)
    assert.deepEqual(read.quorum, { kraftVersion: 0, voters: [] })
  }))

test('what a death left half-written is cleared away, other files are left alone', () =>
  new World({ seed: 1 }).within(async ({ disk }) => {
    disk.makeDirectorySync('/log')
    const leftovers = [`${name}.part`, `${name}.deleted`, '00000000000000000042-0000000007-815.checkpoint.part']
    const others = ['00000000000000000042.log', 'quorum-state', 'leader-epoch-checkpoint', name, '42-7.checkpoint']
    for (const each of [...leftovers, ...others]) writeFile(disk, `/log/${each}`, new Uint8Array(1))
    assert.deepEqual(
      listSnapshots(disk, '/log').map(file => file.id),
      [id],
    )
    assert.deepEqual(
      disk.listSync('/log').map(entry => entry.name),
      others.sort(),
    )
  }))

test('every cut and every flipped byte is noticed, but for those that no checksum covers', () =>
  new World({ seed: 1 }).within(async ({ disk }) => {
    const path = `/${name}`
    const whole = Buffer.concat(encodeSnapshot(content, textSerde, 5))
    const file = { id, path, size: whole.length, modifiedMs: 0 }
    const read = (bytes: Uint8Array): boolean => {
      writeFile(disk, path, bytes)
      try {
        readSnapshot(disk, file, textSerde)
        return true
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'DORSALE_RAFT_CORRUPT', String(error))
        return false
      }
    }
    for (let length = 0; length < whole.length; length += 7)
      assert.equal(read(whole.subarray(0, length)), false, `cut at ${length}`)
    // Base offset and leader epoch stand outside the checksum, since a leader stamps them; in a snapshot nobody reads them.
    const batchStarts: number[] = []
    for (let at = 0; at < whole.length; at += whole.readInt32BE(at + 8) + 12) batchStarts.push(at)
    const isFree = (at: number): boolean =>
      batchStarts.some(start => {
        const inside = at - start
        return (inside >= 0 && inside < 8) || (inside >= 12 && inside < 16)
      })
    for (let at = 0; at < whole.length; at += at < 400 ? 1 : 37) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x55
      assert.equal(read(damaged), isFree(at), `byte ${at}`)
    }
  }))
