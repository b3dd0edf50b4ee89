/** What a start makes of a log that was not closed, or whose files are not as they were left. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import type { MemoryDisk } from '@dorsale/base'
import type { LogConfig } from '../index.ts'
import {
  batch,
  filesOf,
  marker,
  Outcomes,
  openLog,
  pass,
  readAll,
  root,
  settle,
  type TestWorld,
  testWorld,
  writeFile,
} from '../testing/world.ts'

const directory = `${root}/t-0`
const config: Partial<LogConfig> = { segmentBytes: 400, indexIntervalBytes: 100 }

/** A disk on which a log of twelve batches of two records died; each batch by one of two producers. */
async function deadDisk(): Promise<{ disk: MemoryDisk; bytes: Uint8Array }> {
  const world = testWorld()
  const { log } = await openLog(world, { config })
  const outcomes = new Outcomes()
  for (let index = 0; index < 12; index++) {
    const producer = { producerId: index % 2, producerEpoch: 0, baseSequence: index - (index % 2) }
    const leaderEpoch = index < 6 ? 1 : 2
    outcomes.append(log, { records: batch(2, { ...producer, timestamp: 1000 + index }), leaderEpoch })
    await settle(world)
  }
  const bytes = await readAll(log)
  return { disk: world.disk.copy(), bytes }
}

async function reopen(disk: MemoryDisk) {
  const world = testWorld(disk)
  const { log, logs } = await openLog(world, { config })
  return { world, log, logs }
}

/** The state that a log tells of itself. */
function stateOf(log: Awaited<ReturnType<typeof reopen>>['log']) {
  const { logStartOffset, logEndOffset, nextOffset, latestEpoch, sizeInBytes } = log
  const producers = log.activeProducers().map(({ producerId, lastSequence }) => `${producerId}:${lastSequence}`)
  return { logStartOffset, logEndOffset, nextOffset, latestEpoch, sizeInBytes, producers: producers.sort() }
}

const logNames = (disk: MemoryDisk) => [...filesOf(disk, directory).keys()].filter(name => name.endsWith('.log'))

/** One message of format 1 (magic 1): CRC-32 of what follows it, a timestamp, no key, a value. */
function oldMessage(offset: number): Uint8Array {
  const value = Buffer.from('written before 0.11')
  const message = Buffer.alloc(34 + value.length)
  message.writeBigInt64BE(BigInt(offset), 0)
  message.writeInt32BE(message.length - 12, 8)
  message.writeInt8(1, 16)
  message.writeBigInt64BE(1_400_000_000_000n, 18)
  message.writeInt32BE(-1, 26)
  message.writeInt32BE(value.length, 30)
  message.set(value, 34)
  message.writeUInt32BE(crc32(message.subarray(16)), 12)
  return message
}

test('messages from before Kafka 0.11 refuse the start and are not cut', async () => {
  for (const kept of [0, 1]) {
    const world = testWorld()
    const { log, logs } = await openLog(world)
    new Outcomes().append(log, { records: batch(2) })
    await settle(world)
    const path = `${directory}/00000000000000000000.log`
    const good = filesOf(world.disk, directory).get('00000000000000000000.log') as Uint8Array
    await logs.close()
    const content = Buffer.concat([...(kept === 1 ? [good] : []), oldMessage(2), oldMessage(3)])
    writeFile(world.disk, path, content)
    await assert.rejects(openLog(testWorld(world.disk)), {
      code: 'DORSALE_LOG_DIRECTORY',
      message: /00000000000000000000\.log holds a message of a format from before Kafka 0\.11/,
    })
    assert.deepEqual(Buffer.from(world.disk.readFileSync(path)), content)
  }
})

describe('a start after a death', () => {
  test('finds everything that was written', async () => {
    const { disk, bytes } = await deadDisk()
    const { log, world } = await reopen(disk)
    assert.deepEqual(stateOf(log), {
      logStartOffset: 0,
      logEndOffset: 24,
      nextOffset: 24,
      latestEpoch: 2,
      sizeInBytes: bytes.length,
      producers: ['0:11', '1:11'],
    })
    assert.deepEqual(await readAll(log), bytes)
    assert.deepEqual(world.logger.lines, [])
  })

  test('cut at every byte of the last segment', async () => {
    const { disk, bytes } = await deadDisk()
    const batchBytes = bytes.length / 12
    const last = logNames(disk).at(-1) as string
    const content = disk.readFileSync(`${directory}/${last}`)
    for (let size = 0; size < content.length; size++) {
      const torn = disk.copy()
      writeFile(torn, `${directory}/${last}`, content.subarray(0, size))
      const { log } = await reopen(torn)
      const whole = Math.floor((bytes.length - content.length + size) / batchBytes)
      assert.equal(log.logEndOffset, whole * 2, `cut to ${size} bytes`)
      assert.deepEqual(await readAll(log), bytes.subarray(0, whole * batchBytes))
    }
  })

  test('a flipped bit anywhere in the first doubtful segment ends the log there', async () => {
    const { disk, bytes } = await deadDisk()
    const batchBytes = bytes.length / 12
    const [first] = logNames(disk) as [string]
    const content = disk.readFileSync(`${directory}/${first}`)
    for (let position = 0; position < content.length; position++) {
      const damaged = disk.copy()
      const changed = content.slice()
      changed[position] = (changed[position] as number) ^ (1 << (position % 8))
      writeFile(damaged, `${directory}/${first}`, changed)
      const { log } = await reopen(damaged)
      const inBatch = position % batchBytes
      // Offset and leader epoch stand outside the checksum; a high offset or another epoch is not noticed, as in Kafka.
      if (inBatch < 8 || (inBatch >= 12 && inBatch < 16)) continue
      assert.equal(log.logEndOffset, Math.floor(position / batchBytes) * 2, `byte ${position}`)
    }
  })

  test('the damaged segment is cut, those behind it are gone, and the log goes on', async () => {
    const { disk, bytes } = await deadDisk()
    const batchBytes = bytes.length / 12
    const second = logNames(disk)[1] as string
    const content = disk.readFileSync(`${directory}/${second}`)
    content[batchBytes + 70] = (content[batchBytes + 70] as number) ^ 1
    writeFile(disk, `${directory}/${second}`, content)
    const { log, world } = await reopen(disk)
    assert.deepEqual(logNames(disk).length, 2)
    const end = log.logEndOffset
    assert.deepEqual(await readAll(log), bytes.subarray(0, (end / 2) * batchBytes))
    assert.match(world.logger.lines[0] as string, /^warn cut a torn log .* does not match its checksum/)
    const outcomes = new Outcomes()
    assert.equal(outcomes.append(log, { records: batch(2) }).firstOffset, end)
    await settle(world)
    const { log: again } = await reopen(disk.copy())
    assert.equal(again.logEndOffset, end + 2)
  })

  test('below the recovery point nothing is read', async () => {
    const { disk } = await deadDisk()
    const [first, second] = logNames(disk) as [string, string]
    const content = disk.readFileSync(`${directory}/${first}`)
    content[80] = (content[80] as number) ^ 1
    writeFile(disk, `${directory}/${first}`, content)
    writeFile(
      disk,
      `${root}/recovery-point-offset-checkpoint`,
      Buffer.from(`0\n1\nt 0 ${Number.parseInt(second, 10)}\n`),
    )
    const { log } = await reopen(disk)
    assert.equal(log.logEndOffset, 24)
  })

  test('the log start offset outlives its records', async () => {
    const { disk } = await deadDisk()
    writeFile(disk, `${root}/log-start-offset-checkpoint`, Buffer.from('0\n1\nt 0 30\n'))
    const { log } = await reopen(disk)
    assert.deepEqual([log.logStartOffset, log.logEndOffset], [30, 30])
    assert.deepEqual(logNames(disk), ['00000000000000000030.log'])
  })

  test('a batch larger than a window of the scan', async () => {
    const world = testWorld()
    const { log } = await openLog(world)
    const outcomes = new Outcomes()
    for (const valueBytes of [10, 5_000_000, 3_000_000, 3_000_000, 10]) {
      outcomes.append(log, { records: batch(1, { valueBytes }) })
      await settle(world)
    }
    const disk = world.disk.copy()
    const { log: again } = await openLog(testWorld(disk))
    assert.deepEqual([again.logEndOffset, again.sizeInBytes], [5, log.sizeInBytes])
    const path = `${directory}/00000000000000000000.log`
    writeFile(disk, path, disk.readFileSync(path).subarray(0, 4_000_000))
    const { log: cut } = await openLog(testWorld(disk.copy()))
    assert.equal(cut.logEndOffset, 1)
  })
})

describe('missing and damaged files', () => {
  const first = '00000000000000000000'
  const cases: [string, string, (disk: MemoryDisk, path: string) => void][] = [
    ['missing', '.index', (disk, path) => disk.removeSync(path)],
    ['missing', '.timeindex', (disk, path) => disk.removeSync(path)],
    ['torn', '.index', (disk, path) => writeFile(disk, path, disk.readFileSync(path).subarray(0, 3))],
    ['torn', '.timeindex', (disk, path) => writeFile(disk, path, disk.readFileSync(path).subarray(0, 7))],
    ['of zeros', '.index', (disk, path) => writeFile(disk, path, new Uint8Array(800))],
    ['of zeros', '.timeindex', (disk, path) => writeFile(disk, path, new Uint8Array(1200))],
    ['of noise', '.index', (disk, path) => writeFile(disk, path, new Uint8Array(16).fill(0x7f))],
  ]
  for (const closed of [true, false]) {
    for (const [how, suffix, damage] of cases) {
      test(`${how} ${suffix}, ${closed ? 'after a clean stop' : 'after a death'}`, async () => {
        const { disk, bytes } = await deadDisk()
        if (closed) await (await reopen(disk)).logs.close()
        const { disk: good } = await deadDisk()
        await (await reopen(good)).logs.close()
        damage(disk, `${directory}/${first}${suffix}`)
        const { log, logs } = await reopen(disk)
        assert.deepEqual(await readAll(log), bytes)
        assert.equal((await log.offsetForTimestamp(1003, 24))?.offset, 6)
        assert.equal((await log.offsetForTimestamp(1000, 24))?.offset, 0)
        await logs.close()
        assert.deepEqual(filesOf(disk, directory), filesOf(good, directory))
      })
    }
  }

  for (const [how, damage] of [
    ['missing', (disk: MemoryDisk, path: string) => disk.removeSync(path)],
    ['torn', (disk: MemoryDisk, path: string) => writeFile(disk, path, disk.readFileSync(path).subarray(0, 30))],
    [
      'with a flipped bit',
      (disk: MemoryDisk, path: string) =>
        writeFile(
          disk,
          path,
          disk.readFileSync(path).map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
        ),
    ],
  ] as const) {
    test(`every producer snapshot ${how}`, async () => {
      const { disk } = await deadDisk()
      await (await reopen(disk)).logs.close()
      for (const name of filesOf(disk, directory).keys())
        if (name.endsWith('.snapshot')) damage(disk, `${directory}/${name}`)
      const { log } = await reopen(disk)
      assert.deepEqual(stateOf(log).producers, ['0:11', '1:11'])
    })
  }

  const checkpoints: [string, string][] = [
    ['leader-epoch-checkpoint', ''],
    ['leader-epoch-checkpoint', '0\n2\n1 0\n'],
    ['leader-epoch-checkpoint', '1\n1\n1 0\n'],
    ['leader-epoch-checkpoint', '0\n1\none zero\n'],
    // What a power loss left of `2 12`: clients were told that their epoch had ended at 1, and went back there.
    ['leader-epoch-checkpoint', '0\n2\n1 0\n2 1'],
    ['leader-epoch-checkpoint', '0\n2\n1 10\n2 1\n'],
  ]
  for (const [name, content] of checkpoints) {
    test(`${name} that holds ${JSON.stringify(content)}`, async () => {
      const { disk } = await deadDisk()
      await (await reopen(disk)).logs.close()
      writeFile(disk, `${directory}/${name}`, Buffer.from(content))
      const { log } = await reopen(disk)
      assert.deepEqual([log.latestEpoch, log.epochAt(11), log.epochAt(12)], [2, 1, 2])
    })
  }

  for (const name of [
    'recovery-point-offset-checkpoint',
    'log-start-offset-checkpoint',
    'replication-offset-checkpoint',
  ]) {
    test(`${name} that is not one`, async () => {
      const { disk, bytes } = await deadDisk()
      writeFile(disk, `${root}/${name}`, Buffer.from('what\n'))
      const { log, world } = await reopen(disk)
      assert.deepEqual(await readAll(log), bytes)
      assert.match(world.logger.lines[0] as string, /damaged checkpoint/)
    })
  }

  test('names of segments that the life before has made and not synced are on the platter before anybody is shown what is in them', async () => {
    const config = { flushMessages: 1, segmentBytes: 200 }
    const world = testWorld()
    const first = await openLog(world, { config })
    const outcomes = new Outcomes()
    for (let index = 0; index < 4; index++) outcomes.append(first.log, { records: batch() })
    await settle(world)
    const disk = world.disk.copy()

    const again = testWorld(disk)
    const synced: string[] = []
    disk.onCall = (call, path) => {
      if (/^sync/.test(call) && path.startsWith(`${root}/t-0`)) synced.push(path)
    }
    const { log } = await openLog(again, { config })
    assert.equal(log.logEndOffset, 4)
    assert.deepEqual(synced.slice(-2), [`${root}/t-0/partition.metadata`, `${root}/t-0`])
  })

  test('bytes that follow the last batch of a cleanly closed log', async () => {
    const { disk, bytes } = await deadDisk()
    await (await reopen(disk)).logs.close()
    const last = `${directory}/${logNames(disk).at(-1)}`
    writeFile(disk, last, Buffer.concat([disk.readFileSync(last), Buffer.from('tail')]))
    const { log } = await reopen(disk)
    assert.deepEqual(await readAll(log), bytes)
    assert.equal(log.sizeInBytes, bytes.length)
  })

  test('a segment that was closed where the recovery point stood is not believed: its transaction index may be gone with the machine', async () => {
    const world = testWorld()
    const { log } = await openLog(world, {
      config: { ...config, flushMessages: 1 },
      manager: { initialTaskDelayMs: 0, recoveryPointCheckpointIntervalMs: 500 },
    })
    const outcomes = new Outcomes()
    const producer = { producerId: 1, producerEpoch: 0 }
    outcomes.append(log, { records: batch(1, { ...producer, baseSequence: 0, transactional: true }) })
    outcomes.append(log, { records: marker('abort', producer), origin: 'coordinator' })
    await settle(world)
    await pass(world, 500)
    outcomes.append(log, { records: batch(1, { valueBytes: 300 }) })
    await settle(world)
    assert.equal(logNames(world.disk)[1], '00000000000000000002.log')
    const disk = world.disk.copy()
    disk.removeSync(`${directory}/${'0'.repeat(20)}.txnindex`)
    const { log: again } = await reopen(disk)
    assert.deepEqual(again.abortedTransactions({ offset: 0, upperBound: 2 }), [{ producerId: 1, firstOffset: 0 }])
  })

  test('a damaged transaction index is made anew', async () => {
    const world = testWorld()
    const { log, logs } = await openLog(world)
    const outcomes = new Outcomes()
    const producer = { producerId: 1, producerEpoch: 0 }
    outcomes.append(log, { records: batch(1, { ...producer, baseSequence: 0, transactional: true }) })
    outcomes.append(log, { records: marker('abort', producer), origin: 'coordinator' })
    await settle(world)
    await logs.close()
    const path = `${directory}/${'0'.repeat(20)}.txnindex`
    const good = world.disk.readFileSync(path)
    for (const content of [good.subarray(0, 20), new Uint8Array(34).fill(0xff)]) {
      const disk = world.disk.copy()
      writeFile(disk, path, content)
      const { logs: again } = await openLog(testWorld(disk))
      await again.close()
      assert.deepEqual(Buffer.from(disk.readFileSync(path)), Buffer.from(good))
    }
  })
})

describe('leftovers', () => {
  const cases: [string, string[], string[]][] = [
    ['files on their way out', ['9.log.deleted', '9.index.deleted', '9.snapshot.deleted'], []],
    ['a cleaning that was not finished', ['0.log.cleaned', '0.index.cleaned'], []],
    ['a swap of an unfinished cleaning', ['0.log.cleaned', '8.log.swap'], []],
    ['an index without its log', ['99.index', '99.timeindex', '99.txnindex'], []],
  ]
  for (const [name, files, left] of cases) {
    test(name, async () => {
      const { disk, bytes } = await deadDisk()
      const padded = files.map(file => file.replace(/^\d+/, digits => digits.padStart(20, '0')))
      for (const file of padded) writeFile(disk, `${directory}/${file}`, Buffer.from('x'))
      const { log } = await reopen(disk)
      assert.deepEqual(await readAll(log), bytes)
      assert.deepEqual(
        padded.filter(file => disk.statSync(`${directory}/${file}`) !== undefined),
        left,
      )
    })
  }

  test('a finished cleaning takes the place of the segments that it spans', async () => {
    const { disk, bytes } = await deadDisk()
    const names = logNames(disk)
    const [first, second] = names as [string, string]
    const merged = Buffer.concat([
      disk.readFileSync(`${directory}/${first}`),
      disk.readFileSync(`${directory}/${second}`),
    ])
    writeFile(disk, `${directory}/${first}.swap`, merged)
    const { log } = await reopen(disk)
    assert.equal(logNames(disk).length, names.length - 1)
    assert.deepEqual(await readAll(log), bytes)
  })
})

/** The crash may come at any call: whatever the disk holds then, a start makes a log of it that begins like the one that was. */
describe('a death at every call of the disk', () => {
  test('loses nothing that was told, and invents nothing', async () => {
    const { bytes } = await deadDisk()
    const batchBytes = bytes.length / 12
    let calls = 0
    await run(Number.POSITIVE_INFINITY, () => calls++)
    for (let deadline = 1; deadline <= calls; deadline++) {
      const { disk, told } = await run(deadline, () => {})
      const { log } = await openLog(testWorld(disk), { config })
      assert.ok(log.logEndOffset >= told, `call ${deadline}: ${log.logEndOffset} of ${told}`)
      const prefix = bytes.subarray(0, (log.logEndOffset / 2) * batchBytes)
      assert.deepEqual(await readAll(log), prefix, `call ${deadline}`)
    }
  })

  /** Writes the twelve batches; answers the disk as it was at the call number `deadline`, and the offset up to which success was told. */
  async function run(deadline: number, onCall: () => void): Promise<{ disk: MemoryDisk; told: number }> {
    const world: TestWorld = testWorld()
    let count = 0
    let told = 0
    let dead: { disk: MemoryDisk; told: number } | undefined
    world.disk.onCall = () => {
      onCall()
      if (++count === deadline) dead = { disk: world.disk.copy(), told }
    }
    const { log, logs } = await openLog(world, { config })
    for (let index = 0; index < 12; index++) {
      const producer = { producerId: index % 2, producerEpoch: 0, baseSequence: index - (index % 2) }
      const records = batch(2, { ...producer, timestamp: 1000 + index })
      const leaderEpoch = index < 6 ? 1 : 2
      log.append({ records, origin: 'client', leaderEpoch }, error => {
        assert.equal(error, undefined)
        told = index * 2 + 2
      })
      await settle(world)
    }
    await logs.close()
    return dead ?? { disk: world.disk.copy(), told }
  }
})
