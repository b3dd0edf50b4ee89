import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '@dorsale/base'
import { type Host, World } from '@dorsale/sim'
import { openRaft } from './raft-node.ts'
import { bootstrapSnapshotId, encodeSnapshot, listSnapshots, snapshotName, writeSnapshotSync } from './snapshots.ts'
import { writeFile } from './testing/kafka-fixture.ts'
import { RecordingListener, textSerde } from './testing/recording-listener.ts'
import { defaultRaftConfig, type RaftConfig, type RaftNode } from './types.ts'
import { supportedKraftVersions, type Voter } from './voters.ts'

const root = '/data'
const logDirectory = `${root}/__cluster_metadata-0`
const directoryId = 'g2ph3zvfRxayG6jq_fMhcw'
const endpoints = [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }]
const self: Voter = { id: 1, directoryId, endpoints, kraftVersions: supportedKraftVersions }

/** Leaves what a formatter leaves: the first voters and the first records. */
function format({ disk }: Host, voters: readonly Voter[] = [self]): void {
  disk.makeDirectorySync(logDirectory)
  const content = {
    id: bootstrapSnapshotId,
    lastContainedTimestamp: 0,
    quorum: { kraftVersion: 1, voters },
    records: ['first'],
  }
  writeSnapshotSync(disk, logDirectory, bootstrapSnapshotId, encodeSnapshot(content, textSerde, 0))
}

interface Opened {
  readonly raft: RaftNode<string>
  readonly listener: RecordingListener<string>
}

async function open(host: Host, config: Partial<RaftConfig> = {}, changed: Partial<Voter> = {}): Promise<Opened> {
  const listener = new RecordingListener<string>()
  const raft = await openRaft({
    ...host,
    logger: silentLogger,
    logDirectory: root,
    nodeId: changed.id ?? 1,
    directoryId: changed.directoryId ?? directoryId,
    clusterId: 'cluster',
    endpoints: changed.endpoints ?? endpoints,
    serde: textSerde,
    listener,
    config: { ...defaultRaftConfig, ...config },
  })
  return { raft, listener }
}

function onFormatted(body: (host: Host, world: World) => Promise<void>): Promise<void> {
  const world = new World({ seed: 1 })
  return world.within(async host => {
    format(host)
    await body(host, world)
  })
}

test('the first start of a formatted directory leads epoch 1 and hands over the bootstrap records', () =>
  onFormatted(async host => {
    const { raft, listener } = await open(host)
    assert.deepEqual(listener.bootstrap, ['first'])
    assert.deepEqual(listener.leader, { leaderId: 1, epoch: 1 })
    assert.deepEqual(listener.records, [])
    // Leader change, kraft version and voters.
    assert.equal(raft.quorum.highWatermark, 3)
    assert.equal(
      Buffer.from(host.disk.readFileSync(`${logDirectory}/quorum-state`)).toString(),
      '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    )
    await raft.close()
  }))

test('what was committed is there after a restart, in a new epoch', () =>
  onFormatted(async host => {
    const first = await open(host)
    await first.raft.append(['a', 'b']).committed
    await first.raft.append(['c']).committed
    assert.deepEqual(first.listener.records, ['a', 'b', 'c'])
    await first.raft.close()
    for (const epoch of [2, 3, 4]) {
      const { raft, listener } = await open(host)
      assert.deepEqual(listener.records, ['a', 'b', 'c'])
      assert.deepEqual(listener.leader, { leaderId: 1, epoch })
      await raft.close()
    }
  }))

test('a batch is delivered when it is committed, in order, and before its append resolves', () =>
  onFormatted(async host => {
    const { raft, listener } = await open(host)
    const appended = [raft.append(['a']), raft.append(['b', 'c']), raft.append(['d'])]
    assert.deepEqual(
      appended.map(each => [each.baseOffset, each.lastOffset]),
      [
        [3, 3],
        [4, 5],
        [6, 6],
      ],
    )
    assert.equal(listener.records.length, 0, 'not before they are on the platter')
    await appended[1]!.committed
    assert.ok(listener.records.includes('c'))
    await appended[2]!.committed
    assert.deepEqual(listener.records, ['a', 'b', 'c', 'd'])
    await raft.close()
  }))

test('appends of one turn share a sync', () =>
  onFormatted(async host => {
    let syncs = 0
    const counting: Host = {
      ...host,
      disk: {
        ...host.disk,
        openSync(path, mode) {
          const file = host.disk.openSync(path, mode)
          const sync = file.sync.bind(file)
          const syncSync = file.syncSync.bind(file)
          return Object.assign(file, {
            sync: () => {
              if (path.endsWith('.log')) syncs++
              return sync()
            },
            syncSync: () => {
              if (path.endsWith('.log')) syncs++
              syncSync()
            },
          })
        },
      },
    }
    const { raft } = await open(counting)
    syncs = 0
    await Promise.all(Array.from({ length: 100 }, (_, index) => raft.append([`${index}`]).committed))
    assert.ok(syncs >= 1 && syncs <= 2, `${syncs} syncs for 100 appends`)
    await raft.close()
  }))

test('the log is snapshotted by bytes, replayed from the snapshot, and what it replaces is removed', () =>
  onFormatted(async host => {
    const config = { snapshotBytes: 4000, retentionBytes: 6000, segmentBytes: 1024 * 1024 }
    const { raft, listener } = await open(host, config)
    const text = 'x'.repeat(100)
    for (let index = 0; index < 200; index++) {
      // What a compacting state machine does: old records are forgotten.
      listener.records = listener.records.slice(-3)
      await raft.append([`${index} ${text}`]).committed
      await new Promise<void>(resolve => host.clock.setTimer(10, resolve))
    }
    const kept = listSnapshots(host.disk, logDirectory)
    assert.ok(kept.length <= 3, `${kept.length} snapshots are kept`)
    assert.ok(kept.every(({ id }) => id.epoch === 1))
    assert.ok(raft.quorum.logStartOffset > 0, 'the log has lost its beginning')
    const expected = listener.records.slice(-3)
    await raft.close()

    const again = await open(host, config)
    assert.deepEqual(again.listener.bootstrap, [], 'a log with a snapshot needs no bootstrap')
    assert.equal(again.listener.snapshots.length, 1)
    assert.deepEqual(again.listener.records.slice(-3), expected)
    await again.raft.close()
  }))

test('what a snapshot has replaced goes when it is old, however little it is', () =>
  onFormatted(async host => {
    const config = { snapshotBytes: 1000, retentionBytes: -1, retentionMs: 50 }
    const { raft, listener } = await open(host, config)
    for (let index = 0; index < 60; index++) {
      listener.records = listener.records.slice(-3)
      await raft.append([`${index} ${'x'.repeat(100)}`]).committed
      await new Promise<void>(resolve => host.clock.setTimer(10, resolve))
    }
    assert.ok(raft.quorum.logStartOffset > 0, 'the log has lost its beginning')
    await raft.close()
  }))

test('the log is snapshotted by age, but not when nothing has changed', () =>
  onFormatted(async (host, world) => {
    const { raft } = await open(host, { snapshotIntervalMs: 1000 })
    await raft.append(['a']).committed
    const names = (): string[] => listSnapshots(host.disk, logDirectory).map(({ id }) => snapshotName(id))
    const wait = (ms: number): Promise<void> => new Promise(resolve => host.clock.setTimer(ms, resolve))
    await wait(1100)
    assert.deepEqual(names(), [
      '00000000000000000000-0000000000.checkpoint',
      '00000000000000000004-0000000001.checkpoint',
    ])
    await wait(5000)
    assert.equal(names().length, 2)
    await raft.append(['b']).committed
    await wait(1100)
    assert.equal(names().length, 3)
    await raft.close()
    assert.ok(world.nowMs > 7000)
  }))

test('a snapshot ahead of the log starts the log again behind it', () =>
  onFormatted(async host => {
    const id = { endOffset: 500, epoch: 7 }
    const content = { id, lastContainedTimestamp: 5, quorum: { kraftVersion: 1, voters: [self] }, records: ['state'] }
    writeSnapshotSync(host.disk, logDirectory, id, encodeSnapshot(content, textSerde, 0))
    const { raft, listener } = await open(host)
    assert.deepEqual(listener.records, ['state'])
    assert.deepEqual(listener.leader, { leaderId: 1, epoch: 8 })
    assert.equal(raft.append(['next']).baseOffset, 501)
    await raft.close()
  }))

test("new endpoints of this node replace the voter set's", () =>
  onFormatted(async host => {
    await (await open(host)).raft.close()
    const moved = [{ name: 'CONTROLLER', host: 'elsewhere', port: 9999 }]
    await (await open(host, {}, { endpoints: moved })).raft.close()
    const { raft } = await open(host, {}, { endpoints: moved })
    assert.deepEqual(raft.quorum.voters[0]?.endpoints, moved)
    // Three of the first leader change, two of the second, one of the third: the voters are written when they change.
    assert.equal(raft.quorum.highWatermark, 6)
    await raft.close()
  }))

test('without quorum-state the epoch is taken from the log', () =>
  onFormatted(async host => {
    for (let start = 0; start < 3; start++) await (await open(host)).raft.close()
    host.disk.removeSync(`${logDirectory}/quorum-state`)
    const { raft, listener } = await open(host)
    assert.equal(listener.leader?.epoch, 4)
    await raft.close()
  }))

test('a vote for itself that led to nothing is kept', () =>
  onFormatted(async host => {
    const voted = `{"leaderId":-1,"leaderEpoch":9,"votedId":1,"votedDirectoryId":"${directoryId}","data_version":1}`
    writeFile(host.disk, `${logDirectory}/quorum-state`, Buffer.from(voted))
    const { raft, listener } = await open(host)
    assert.equal(listener.leader?.epoch, 9)
    await raft.close()
  }))

const refused: [string, (host: Host) => Promise<unknown> | unknown, RegExp][] = [
  ['not formatted', ({ disk }) => disk.removeSync(`${logDirectory}/${snapshotName(bootstrapSnapshotId)}`), /format it/],
  [
    'damaged quorum-state',
    ({ disk }) => writeFile(disk, `${logDirectory}/quorum-state`, Buffer.from('{')),
    /quorum state/,
  ],
  [
    'a leader that is no voter',
    ({ disk }) =>
      writeFile(
        disk,
        `${logDirectory}/quorum-state`,
        Buffer.from(`{"leaderId":5,"leaderEpoch":9,"votedId":-1,"votedDirectoryId":"${directoryId}","data_version":1}`),
      ),
    /names node 5 as the leader of epoch 9/,
  ],
  [
    'a damaged snapshot',
    ({ disk }) => {
      const path = `${logDirectory}/${snapshotName(bootstrapSnapshotId)}`
      const bytes = disk.readFileSync(path)
      bytes[100]! ^= 1
      writeFile(disk, path, bytes)
    },
    /has a damaged batch at byte 0/,
  ],
  [
    'a cut snapshot',
    ({ disk }) => {
      const path = `${logDirectory}/${snapshotName(bootstrapSnapshotId)}`
      writeFile(disk, path, disk.readFileSync(path).subarray(0, 200))
    },
    /is cut or damaged at byte/,
  ],
  ['other voters too', host => format(host, [self, { ...self, id: 2 }]), /has the voters 1, 2/],
  [
    'a disk of another voter',
    host => format(host, [{ ...self, directoryId: 'SdEXTuTyQZSVKRgciwLcmg' }]),
    /is no voter/,
  ],
]

for (const [name, damage, expected] of refused) {
  test(`refused: ${name}`, () =>
    onFormatted(async host => {
      await damage(host)
      await assert.rejects(open(host), (error: Error & { code?: string }) => {
        assert.match(error.code ?? '', /^DORSALE_RAFT_(CORRUPT|FOREIGN)$/)
        assert.match(error.message, expected)
        return true
      })
    }))
}

test('nothing is appended after close, and close may be called twice', () =>
  onFormatted(async host => {
    const { raft } = await open(host)
    const last = raft.append(['kept']).committed
    await Promise.all([raft.close(), raft.close(), last])
    assert.throws(() => raft.append(['a']), { code: 'DORSALE_RAFT_CLOSED' })
    const { raft: again, listener } = await open(host)
    assert.deepEqual(listener.records, ['kept'])
    await again.close()
  }))

test('a failed fsync halts the node: nothing more is committed, nothing is retried', async () => {
  const world = new World({ seed: 3 })
  await world.within(async host => {
    format(host)
    const { raft, listener } = await open(host)
    await raft.append(['before']).committed
    const { diskFaults } = world.machine('test')
    diskFaults.syncError = 1
    const failed = [raft.append(['a']), raft.append(['b'])]
    for (const each of failed) await assert.rejects(each.committed, { code: 'DORSALE_RAFT_HALTED' })
    assert.equal(listener.halted?.code, 'DORSALE_RAFT_HALTED')
    diskFaults.syncError = 0
    assert.throws(() => raft.append(['c']), { code: 'DORSALE_RAFT_HALTED' })
    assert.deepEqual(listener.records, ['before'])
    await raft.close()
  })
})

test('a failed write halts the node', async () => {
  const world = new World({ seed: 4 })
  await world.within(async host => {
    format(host)
    const { raft, listener } = await open(host)
    world.machine('test').diskFaults.writeError = 1
    await assert.rejects(raft.append(['a']).committed, { code: 'DORSALE_RAFT_HALTED' })
    assert.equal(listener.halted?.code, 'DORSALE_RAFT_HALTED')
    await raft.close()
  })
})

test('a segment that cannot be begun halts the node as any failed write does', async () => {
  const world = new World({ seed: 4 })
  await world.within(async host => {
    format(host)
    const { raft, listener } = await open(host, { segmentBytes: 900 })
    const long = 'x'.repeat(500)
    await raft.append([long]).committed
    world.machine('test').diskFaults.writeError = 1
    const { baseOffset, lastOffset, committed } = raft.append([long, 'a'])
    assert.equal(lastOffset, baseOffset + 1)
    await assert.rejects(committed, { code: 'DORSALE_RAFT_HALTED' })
    assert.equal(listener.halted?.code, 'DORSALE_RAFT_HALTED')
    await raft.close()
  })
})

test('a listener that cannot apply what is committed halts the node', () =>
  onFormatted(async host => {
    const { raft, listener } = await open(host)
    listener.onCommit = () => {
      throw new Error('no such topic')
    }
    await assert.rejects(raft.append(['a']).committed, /no such topic/)
    assert.equal(listener.halted?.code, 'DORSALE_RAFT_HALTED')
    await raft.close()
  }))
