import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DiskError, MemoryDisk, seededPrng } from '@dorsale/base'
import { TestLogger, writeFile } from '../testing/world.ts'
import { readCheckpoint } from './checkpoint.ts'
import { readCleanShutdown, removeCleanShutdown, writeCleanShutdown } from './clean-shutdown.ts'
import { FilePool } from './file-pool.ts'
import { IndexCache } from './index-cache.ts'
import {
  futureDirectoryName,
  markedDirectoryName,
  offsetOfFileName,
  parsePartitionDirectory,
  segmentFileName,
} from './names.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'
import { readPartitionMetadata } from './partition-metadata.ts'

describe('names', () => {
  test('of segments', () => {
    assert.equal(segmentFileName(523456, '.log'), '00000000000000523456.log')
    const cases: [string, number | undefined][] = [
      ['00000000000000523456.log', 523456],
      ['00000000000000000000.log', 0],
      ['00000000000000523456.log.deleted', undefined],
      ['00000000000000523456.index', undefined],
      ['.log', undefined],
      ['-1.log', undefined],
      ['99999999999999999999.log', undefined],
      ['000000000000000000001.log', undefined],
    ]
    for (const [name, offset] of cases) assert.equal(offsetOfFileName(name, '.log'), offset, name)
  })

  test('of partitions', () => {
    const hex = '0123456789abcdef0123456789abcdef'
    const cases: [string, [string, string, number] | undefined][] = [
      ['orders-0', ['log', 'orders', 0]],
      ['a-b-c-12', ['log', 'a-b-c', 12]],
      ['__consumer_offsets-49', ['log', '__consumer_offsets', 49]],
      ['a.b-delete-0', ['log', 'a.b-delete', 0]],
      [`orders-3.${hex}-delete`, ['delete', 'orders', 3]],
      [`a.b-3.${hex}-stray`, ['stray', 'a.b', 3]],
      [`a-1-2.${hex}-future`, ['future', 'a-1', 2]],
      ['orders', undefined],
      ['-0', undefined],
      ['orders-', undefined],
      ['orders-x', undefined],
      ['lost+found', undefined],
    ]
    for (const [name, expected] of cases) {
      const [kind, topic, partition] = expected ?? []
      assert.deepEqual(parsePartitionDirectory(name), expected && { name, kind, topic, partition }, name)
    }
    const marked = markedDirectoryName(seededPrng(1), 'orders', 7, 'delete')
    assert.match(futureDirectoryName(seededPrng(1), 'orders', 7), /^orders-7\.[0-9a-f]{32}-future$/)
    assert.match(marked, /^orders-7\.[0-9a-f]{32}-delete$/)
  })
})

describe('checkpoints', () => {
  const cases: [string, string, string[][] | RegExp][] = [
    [
      'entries',
      '0\n2\na 0 5\nb 1 6\n',
      [
        ['a', '0', '5'],
        ['b', '1', '6'],
      ],
    ],
    ['none', '0\n0\n', []],
    ['carriage returns', '0\r\n1\r\na 0 5\r\n', [['a', '0', '5']]],
    ['an empty file', '', /version ''/],
    ['another version', '1\n0\n', /version '1'/],
    ['no count', '0\n', /how many entries/],
    ['fewer than counted', '0\n2\na 0 5\n', /1 entries instead of 2/],
    ['a last number that may have lost digits', '0\n1\na 0 5', /cut short/],
    ['more than counted', '0\n0\na 0 5\n', /1 entries instead of 0/],
  ]
  for (const [name, content, expected] of cases) {
    test(name, () => {
      const disk = new MemoryDisk()
      writeFile(disk, '/checkpoint', Buffer.from(content))
      if (expected instanceof RegExp) assert.throws(() => readCheckpoint(disk, '/checkpoint'), expected)
      else assert.deepEqual(readCheckpoint(disk, '/checkpoint'), expected)
    })
  }

  test('of offsets: a damaged one is empty, and what has not changed is not written', async () => {
    const disk = new MemoryDisk()
    const logger = new TestLogger()
    const checkpoint = new OffsetCheckpoint(disk, '/checkpoint')
    assert.deepEqual(checkpoint.read(logger), new Map())
    const offsets = new Map([['a-b-0', 7]])
    let writes = 0
    disk.onCall = call => void (call === 'write' && writes++)
    checkpoint.write(offsets)
    await checkpoint.writeLater(offsets)
    assert.equal(writes, 1)
    assert.equal(Buffer.from(disk.readFileSync('/checkpoint')).toString(), '0\n1\na-b 0 7\n')
    assert.deepEqual(new OffsetCheckpoint(disk, '/checkpoint').read(logger), offsets)
    for (const line of ['a 0', 'a 0 5 6', 'a x 5', 'a 0 99999999999999999999']) {
      writeFile(disk, '/checkpoint', Buffer.from(`0\n1\n${line}\n`))
      assert.deepEqual(checkpoint.read(logger), new Map(), line)
    }
    assert.equal(logger.lines.length, 4)
  })

  test('written again and again, the last one stays', async () => {
    const disk = new MemoryDisk()
    const checkpoint = new OffsetCheckpoint(disk, '/checkpoint')
    await Promise.all([1, 2, 3].map(offset => checkpoint.writeLater(new Map([['t-0', offset]]))))
    assert.deepEqual(checkpoint.read(new TestLogger()), new Map([['t-0', 3]]))
  })
})

test('partition.metadata', () => {
  const disk = new MemoryDisk()
  const cases: [string, string | RegExp][] = [
    ['version: 0\ntopic_id: vAU11jCBTXKqO9K4uc6jCQ', 'vAU11jCBTXKqO9K4uc6jCQ'],
    ['version: 0\ntopic_id: vAU11jCBTXKqO9K4uc6jCQ\n', 'vAU11jCBTXKqO9K4uc6jCQ'],
    ['version: 1\ntopic_id: vAU11jCBTXKqO9K4uc6jCQ', /version 0/],
    ['version: 0\ntopic_id: short', /topic id/],
    ['', /topic id/],
  ]
  for (const [content, expected] of cases) {
    writeFile(disk, '/partition.metadata', Buffer.from(content))
    if (expected instanceof RegExp) assert.throws(() => readPartitionMetadata(disk, ''), expected)
    else assert.equal(readPartitionMetadata(disk, ''), expected)
  }
})

test('.kafka_cleanshutdown', () => {
  const disk = new MemoryDisk()
  disk.makeDirectorySync('/d')
  assert.equal(readCleanShutdown(disk, '/d'), undefined)
  writeCleanShutdown(disk, '/d', { brokerEpoch: 12 })
  assert.equal(Buffer.from(disk.readFileSync('/d/.kafka_cleanshutdown')).toString(), '{"version":0,"brokerEpoch":12}')
  assert.deepEqual(readCleanShutdown(disk, '/d'), { brokerEpoch: 12 })
  for (const content of ['', 'what', '{"version":0}']) {
    writeFile(disk, '/d/.kafka_cleanshutdown', Buffer.from(content))
    assert.deepEqual(readCleanShutdown(disk, '/d'), { brokerEpoch: -1 }, content)
  }
  removeCleanShutdown(disk, '/d')
  assert.equal(readCleanShutdown(disk, '/d'), undefined)
})

describe('the pool of open files', () => {
  function pool(count: number, openMax: number) {
    const disk = new MemoryDisk()
    const files = new FilePool(disk, openMax)
    const all = Array.from({ length: count }, (_, index) => {
      writeFile(disk, `/${index}`, Buffer.from(String(index)))
      return files.file(`/${index}`)
    })
    return { disk, files, all }
  }

  test('opens at the first use, and keeps what is used', () => {
    const { disk, files, all } = pool(5, 3)
    assert.equal(disk.openFiles, 0)
    const opened: string[] = []
    disk.onCall = (call, path) => void (call === 'open' && opened.push(path))
    for (const index of [0, 1, 2, 0, 3, 0, 4, 0])
      assert.equal(
        all[index]?.use(file => file.sizeSync()),
        1,
      )
    assert.equal(files.openCount, 3)
    // All three were used when the first had to go; from then on the one that is used stays.
    assert.deepEqual(opened, ['/0', '/1', '/2', '/3', '/0', '/4'])
  })

  test('does not close under an operation, and opens more than it may for that', async () => {
    const { disk, files, all } = pool(4, 2)
    const reads = all.map(each => each.useAsync(file => file.read(new Uint8Array(1), 0)))
    assert.equal(files.openCount, 4)
    assert.deepEqual(await Promise.all(reads), [1, 1, 1, 1])
    for (const each of all) each.close()
    assert.equal(disk.openFiles, 0)
  })

  test('a file closed under an operation is closed behind it', async () => {
    const { disk, all } = pool(1, 2)
    const read = all[0]?.useAsync(file => file.read(new Uint8Array(1), 0))
    all[0]?.close()
    assert.equal(disk.openFiles, 1)
    assert.equal(await read, 1)
    assert.equal(disk.openFiles, 0)
  })

  test('gives way when the process has no descriptors left', () => {
    const { disk, files, all } = pool(6, 100)
    disk.openFilesMax = 4
    for (const each of all) each.use(() => {})
    assert.ok(files.openCount <= 4)
    disk.openFilesMax = 0
    for (const each of all) each.close()
    assert.throws(
      () => all[0]?.use(() => {}),
      (error: unknown) => error instanceof DiskError && error.errno === 'EMFILE',
    )
  })
})

test('the cache of indexes lets the oldest go', () => {
  const cache = new IndexCache(100)
  const dropped: string[] = []
  const owner = (name: string) => ({ dropIndexes: () => void dropped.push(name) })
  const [a, b, c] = [owner('a'), owner('b'), owner('c')]
  cache.admit(a, 60)
  cache.admit(b, 30)
  cache.admit(a, 60)
  cache.admit(c, 30)
  assert.deepEqual([dropped, cache.bytes], [['b'], 90])
  cache.admit(b, 1000)
  assert.deepEqual([dropped, cache.bytes], [['b', 'a', 'c'], 1000], 'the one that is needed stays, whatever its size')
  cache.forget(b)
  assert.equal(cache.bytes, 0)
})
