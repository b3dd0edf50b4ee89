import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '@dorsale/protocol'
import { type Host, World } from '@dorsale/sim'
import { loadStorage } from './format/load-storage.ts'
import { openRaft } from './raft-node.ts'
import { encodeSnapshot, listSnapshots, readSnapshot, snapshotName } from './snapshots.ts'
import { copyFixture, type DumpedRecord, readDump } from './testing/kafka-fixture.ts'
import { RecordingListener } from './testing/recording-listener.ts'
import { defaultRaftConfig } from './types.ts'

const serde = { encode: encodeMetadataRecord, decode: decodeMetadataRecord }
const directory = '/kafka'
const logDirectory = `${directory}/__cluster_metadata-0`
const endpoints = [{ name: 'CONTROLLER', host: 'localhost', port: 20493 }]

/** Runs `body` on a disk that holds what Kafka left. */
function onFixture(body: (host: Host) => Promise<void> | void): Promise<void> {
  return new World({ seed: 1 }).within(async host => {
    copyFixture(host.disk, directory)
    await body(host)
  })
}

/** `TOPIC_RECORD` for `TopicRecord`; Kafka's dump tool writes it so. */
function dumpedType(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

function assertSame(records: readonly MetadataRecord[], dumped: readonly DumpedRecord[]): void {
  const expected = dumped.filter(row => row.type !== undefined)
  assert.equal(records.length, expected.length)
  for (const [index, { type, version, data }] of expected.entries()) {
    const record = records[index]!
    assert.equal(dumpedType(record.type), type)
    assert.equal(record.version, version)
    const told = JSON.parse(
      JSON.stringify(record.value, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
    )
    for (const [field, value] of Object.entries(data)) assert.deepEqual(told[field], value, `${type}.${field}`)
  }
}

test('the log and the newest snapshot of a real Kafka are read record by record as its own tool reads them', () =>
  onFixture(async host => {
    const listener = new RecordingListener<MetadataRecord>()
    const { metadataDirectory, clusterId } = loadStorage({
      disk: host.disk,
      directories: [directory],
      metadataDirectory: directory,
      nodeId: 1,
    })
    const raft = await openRaft({
      ...host,
      logger: silentLogger,
      logDirectory: directory,
      nodeId: 1,
      directoryId: metadataDirectory.id,
      clusterId,
      endpoints,
      serde,
      listener,
      config: defaultRaftConfig,
    })
    const dump = readDump()
    const snapshot = dump['00000000000000000059-0000000003.checkpoint']!
    const behind = dump['00000000000000000000.log']!.filter(row => row.offset >= 59)
    assert.deepEqual(listener.snapshots, [{ endOffset: 59, epoch: 3 }])
    assertSame(listener.records, [...snapshot, ...behind])
    assert.deepEqual(listener.leader, { leaderId: 1, epoch: 4 })
    assert.equal(raft.quorum.highWatermark, 66, 'the leader change of epoch 4 is committed')
    assert.equal(raft.quorum.voters[0]?.directoryId, metadataDirectory.id)
    await raft.close()
  }))

test("a snapshot is written byte for byte as Kafka's formatter wrote its own, timestamps apart", () =>
  onFixture(({ disk }) => {
    for (const file of listSnapshots(disk, logDirectory)) {
      const read = readSnapshot(disk, file, serde)
      const written = Buffer.concat(encodeSnapshot(read, serde, 0))
      const original = Buffer.from(disk.readFileSync(file.path))
      assert.equal(written.length, original.length, snapshotName(file.id))
      assert.deepEqual(withoutTimes(written), withoutTimes(original), snapshotName(file.id))
    }
  }))

/** Batch headers' checksums and timestamps zeroed. */
function withoutTimes(snapshot: Buffer): Buffer {
  const copy = Buffer.from(snapshot)
  for (let position = 0; position < copy.length; position += copy.readInt32BE(position + 8) + 12) {
    copy.fill(0, position + 17, position + 21)
    copy.fill(0, position + 27, position + 43)
  }
  return copy
}
