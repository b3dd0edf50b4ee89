/** Replicas that move between the log directories of a broker: AlterReplicaLogDirs begins it, DescribeLogDirs shows it, the metadata follows. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { metadataRecordSerde } from '@dorsale/coordinate'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  BatchCursor,
  buildBatch,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  produceRequest,
  produceResponse,
  readRecords,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from './testing/broker-world.ts'

const directories = ['one', 'two', 'three'] as const
type Directory = (typeof directories)[number]
const throttleKey = 'replica.alter.log.dirs.io.max.bytes.per.second'
const brokerResource = 4
/** One of them is a piece of a copy, or nearly: the throttle lets the first through. */
const valueBytes = 700_000

/** A broker with three directories and topic `moving`, whose one partition lies in the first. */
class Moves {
  readonly world = new BrokerWorld(directory => ({
    'log.dirs': directories.map(name => `${directory}/${name}`).join(','),
    'metadata.log.dir': `${directory}/metadata`,
  }))
  client!: TestClient
  topicId = ''

  static async start(context: TestContext): Promise<Moves> {
    const moves = new Moves()
    context.after(() => moves.world.stop())
    await moves.world.start()
    moves.client = moves.world.client()
    // Before it is there: its directory is kept in mind.
    assert.equal(await moves.alter('one'), errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    moves.topicId = await moves.world.createTopic('moving')
    assert.deepEqual(await moves.places(), ['one'])
    return moves
  }

  async restart(): Promise<void> {
    await this.world.restart()
    this.client = this.world.client()
  }

  path(directory: Directory): string {
    return `${this.world.directory}/${directory}`
  }

  async alter(directory: Directory, topic = 'moving'): Promise<number> {
    const { results } = await this.client.call(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, 2, {
      dirs: [{ path: this.path(directory), topics: [{ name: topic, partitions: [0] }] }],
    })
    return results[0]!.partitions[0]!.errorCode
  }

  /** `bytes` a second; null: as fast as may be. */
  async throttle(bytes: number | null): Promise<void> {
    const config = {
      name: throttleKey,
      configOperation: bytes === null ? 1 : 0,
      value: bytes === null ? null : `${bytes}`,
    }
    const { responses } = await this.client.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
      resources: [{ resourceType: brokerResource, resourceName: '1', configs: [config] }],
    })
    assert.equal(responses[0]?.errorCode, errorCodes.NONE)
  }

  async produce(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.produceOne(Buffer.alloc(valueBytes, index))
  }

  /** Answers the offset of the record. */
  async produceOne(value: Uint8Array): Promise<number> {
    const records = buildBatch([{ timestamp: 1, key: null, value }])
    const { responses } = await this.client.call(produceRequest, produceResponse, 11, {
      acks: -1,
      topicData: [{ name: 'moving', partitionData: [{ index: 0, records }] }],
    })
    const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!
    assert.equal(errorCode, errorCodes.NONE)
    return baseOffset
  }

  async recordCount(): Promise<number> {
    let count = 0
    for (;;) {
      const { responses } = await this.client.call(fetchRequest, fetchResponse, 13, {
        maxBytes: 2e7,
        maxWaitMs: 0,
        topics: [{ topicId: this.topicId, partitions: [{ partition: 0, fetchOffset: count, partitionMaxBytes: 2e7 }] }],
      })
      const { errorCode, records } = responses[0]!.partitions[0]!
      assert.equal(errorCode, errorCodes.NONE)
      const cursor = new BatchCursor(records ?? new Uint8Array(0))
      const before = count
      while (cursor.next()) for (const { offset } of readRecords(cursor.header)) assert.equal(offset, count++)
      if (count === before) return count
    }
  }

  /** Where the replica lies, and, with `+` and what it lacks, where it is copied to. */
  async places(): Promise<string[]> {
    const { results } = await this.client.call(describeLogDirsRequest, describeLogDirsResponse, 5, {
      topics: [{ topic: 'moving', partitions: [0] }],
    })
    return results.flatMap(({ logDir, topics }) => {
      const partition = topics[0]?.partitions[0]
      const name = logDir.slice(this.world.directory.length + 1)
      if (partition === undefined) return []
      return partition.isFutureKey ? [`${name}+${partition.offsetLag}`] : [name]
    })
  }

  async until(places: readonly string[]): Promise<void> {
    const endMs = performance.now() + 20_000
    for (;;) {
      const found = await this.places()
      if (found.join() === places.join()) return
      if (performance.now() > endMs) assert.deepEqual(found, places)
      await delay(5)
    }
  }

  names(directory: Directory): string[] {
    return readdirSync(this.path(directory), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name.replace(/[0-9a-f]{32}/, '#'))
  }

  /** The directory that the metadata has the replica in, one after the other. */
  assigned(): string[] {
    const ids = new Map(directories.map(name => [idOf(this.path(name)), name]))
    const found: string[] = []
    const cursor = new BatchCursor(
      readFileSync(`${this.world.directory}/metadata/__cluster_metadata-0/00000000000000000000.log`),
    )
    while (cursor.next()) {
      if (cursor.header.isControl) continue
      for (const { value } of readRecords(cursor.header)) {
        const record = metadataRecordSerde.decode(value as Uint8Array)
        if (record.type !== 'PartitionChangeRecord' || record.value.topicId !== this.topicId) continue
        for (const id of record.value.directories ?? []) found.push(ids.get(id) ?? id)
      }
    }
    return found
  }
}

function idOf(path: string): string {
  return /directory\.id=(?<id>.*)/.exec(readFileSync(`${path}/meta.properties`, 'utf8'))?.groups?.id ?? ''
}

describe('AlterReplicaLogDirs', () => {
  test('moves a replica while it is written and read, at the pace of the throttle, and the metadata follows', async t => {
    const moves = await Moves.start(t)
    await moves.produce(4)
    await moves.throttle(1)
    assert.equal(await moves.alter('two'), errorCodes.NONE)
    assert.deepEqual(moves.names('two'), ['moving-0.#-future'])
    await moves.until(['one', 'two+3'])
    await moves.produce(2)
    assert.deepEqual(await moves.places(), ['one', 'two+5'])
    assert.equal(await moves.recordCount(), 6)
    await moves.throttle(null)
    await moves.until(['two'])
    assert.deepEqual([moves.names('one'), moves.names('two')], [['moving-0.#-delete'], ['moving-0']])
    assert.equal(await moves.recordCount(), 6)
    await moves.produce(1)
    assert.deepEqual(moves.assigned().slice(-2), ['one', 'two'])
    await moves.restart()
    assert.deepEqual(await moves.places(), ['two'])
    assert.equal(await moves.recordCount(), 7)
    assert.deepEqual(moves.assigned().slice(-2), ['one', 'two'])
    assert.deepEqual(moves.world.lines, [])
  })

  test('a restart goes on with the copy; another request replaces or ends it', async t => {
    const moves = await Moves.start(t)
    await moves.produce(4)
    await moves.throttle(1)
    await moves.alter('two')
    await moves.until(['one', 'two+3'])
    await moves.restart()
    await moves.until(['one', 'two+2'])
    assert.equal(await moves.alter('three'), errorCodes.NONE)
    assert.deepEqual(
      (await moves.places()).map(place => place.replace(/\+.*/, '+')),
      ['one', 'three+'],
    )
    assert.equal(await moves.alter('one'), errorCodes.NONE)
    assert.deepEqual(await moves.places(), ['one'])
    assert.deepEqual([moves.names('two'), moves.names('three')], [['moving-0.#-delete'], ['moving-0.#-delete']])
    await moves.produce(1)
    assert.equal(await moves.recordCount(), 5)
    assert.deepEqual(moves.world.lines, [])
  })

  test('a topic that is deleted takes its copy along', async t => {
    const moves = await Moves.start(t)
    await moves.produce(3)
    await moves.throttle(1)
    await moves.alter('two')
    await moves.until(['one', 'two+2'])
    const { responses } = await moves.client.call(deleteTopicsRequest, deleteTopicsResponse, 6, {
      topics: [{ name: 'moving' }],
      timeoutMs: 5000,
    })
    assert.equal(responses[0]?.errorCode, errorCodes.NONE)
    await moves.until([])
    assert.deepEqual([moves.names('one'), moves.names('two')], [['moving-0.#-delete'], ['moving-0.#-delete']])
  })

  test('records that wait for their answer while the copy takes over get it, in order', async t => {
    const moves = await Moves.start(t)
    let total = 0
    for (const target of ['two', 'three', 'one', 'two'] as const) {
      await moves.alter(target)
      const answered: Promise<number>[] = []
      const deadlineMs = performance.now() + 20_000
      while ((await moves.places()).join() !== target && performance.now() < deadlineMs) {
        for (let count = 0; count < 10; count++) answered.push(moves.produceOne(Buffer.alloc(20)))
      }
      const offsets = await Promise.all(answered)
      assert.deepEqual(
        offsets,
        offsets.map((_, index) => total + index),
      )
      total += offsets.length
      assert.equal(await moves.recordCount(), total)
    }
    assert.deepEqual(moves.world.lines, [])
  })
})
