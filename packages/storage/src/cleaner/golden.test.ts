/**
 * The same logs, compacted twice by Apache Kafka's own Cleaner (`fixtures/CompactLogs.java`) and by ours at the same moments: the files agree byte
 * for byte, or, where compressed blocks differ from one compressor to the next, batch for batch and record for record.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { BatchCursor, readRecords } from '@dorsale/protocol'
import type { CleanerConfig, LogConfig } from '../index.ts'
import { defaultLogManagerConfig } from '../log-config.ts'
import { filesOf, openLogs, pump, root, type TestWorld, testWorld, writeFile } from '../testing/world.ts'

type Files = Readonly<Record<string, string>>
type State = 'before' | 'afterFirst' | 'afterSecond'
const captured: Readonly<Record<string, Readonly<Record<State, Files>>>> = JSON.parse(
  readFileSync(new URL('../../fixtures/compaction.json', import.meta.url), 'utf8'),
)

/** As the captured topics were configured. */
const config: Partial<LogConfig> = {
  cleanupCompact: true,
  cleanupDelete: false,
  segmentBytes: 3000,
  segmentMs: 9_000_000_000,
  segmentIndexBytes: 4000,
  indexIntervalBytes: 400,
  deleteRetentionMs: 1000,
  // All of the log is dirty at first, and no longer after one pass.
  minCleanableDirtyRatio: 0.99,
}
const start = 1_700_000_000_000
const passes: readonly [State, number][] = [
  ['afterFirst', start + 100_000],
  ['afterSecond', start + 102_000],
]

function cleanerOf(name: string): CleanerConfig {
  const dedupeBufferBytes = name === 'full-map-0' ? 24 * 60 : 1 << 20
  return { ...defaultLogManagerConfig.cleaner, dedupeBufferBytes, dedupeBufferLoadFactor: 0.75, ioBufferBytes: 8192 }
}

/** Of a captured file. Kafka makes room for more entries in the indexes of the segment that is appended to; they are cut off here. */
function contentOf(file: string, base64: string): Buffer {
  const content = Buffer.from(base64, 'base64')
  const entrySize = file.endsWith('.index') ? 8 : file.endsWith('.timeindex') ? 12 : 0
  if (entrySize === 0) return content
  let end = content.length
  while (end > 0 && content.subarray(end - entrySize, end).every(byte => byte === 0)) end -= entrySize
  return content.subarray(0, end)
}

function load(world: TestWorld, name: string, files: Files): void {
  world.disk.makeDirectorySync(`${root}/${name}`)
  for (const [file, content] of Object.entries(files)) {
    writeFile(world.disk, `${root}/${name}/${file}`, contentOf(file, content))
  }
  const topic = name.slice(0, -2)
  // The high watermark was at the end.
  writeFile(world.disk, `${root}/replication-offset-checkpoint`, Buffer.from(`0\n1\n${topic} 0 1000000\n`))
  writeFile(world.disk, `${root}/.kafka_cleanshutdown`, Buffer.from('{"version":0,"brokerEpoch":1}'))
}

describe('compacted as by Kafka', () => {
  for (const [name, states] of Object.entries(captured)) {
    for (const [index, [after, now]] of passes.entries()) {
      test(`${name}: ${after}`, async () => {
        const world = testWorld()
        world.clock.advance(now - world.clock.now())
        load(world, name, states[index === 0 ? 'before' : 'afterFirst'])
        const logs = await openLogs(world, { config, manager: { cleaner: cleanerOf(name), initialTaskDelayMs: 1e9 } })
        await pump(world, logs.compact())
        await pump(world, logs.close())
        world.clock.advance(60_000)
        const files = filesOf(world.disk, `${root}/${name}`)
        for (const file of files.keys()) if (file.endsWith('.deleted')) files.delete(file)
        const expected = new Map(
          Object.entries(states[after]).map(([file, content]) => [file, contentOf(file, content)]),
        )
        assert.deepEqual([...files.keys()].sort(), [...expected.keys()].sort())
        for (const [file, content] of expected) {
          const found = files.get(file) as Buffer
          if (file.endsWith('.log')) assert.deepEqual(batchesOf(found), batchesOf(content), file)
          if (name !== 'codecs-0') assert.deepEqual(found, content, file)
        }
      })
    }
  }
})

function batchesOf(bytes: Uint8Array) {
  const cursor = new BatchCursor(bytes)
  const { header } = cursor
  const batches: unknown[] = []
  while (cursor.next()) {
    batches.push({
      baseOffset: header.baseOffset,
      lastOffset: header.lastOffset,
      leaderEpoch: header.partitionLeaderEpoch,
      attributes: header.attributes,
      baseTimestamp: header.baseTimestamp,
      maxTimestamp: header.maxTimestamp,
      producer: [header.producerId, header.producerEpoch, header.baseSequence],
      records: [...readRecords(header)].map(record => ({ ...record })),
    })
  }
  assert.equal(cursor.state, 'end')
  return batches
}
