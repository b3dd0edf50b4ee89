import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng } from '@dorsale/base'
import { Directory, File, Volume } from './volume.ts'

const open = (volume: Volume, path: string): File => volume.open(path, { create: true, exclusive: false, nowMs: 0 })

function syncNames(volume: Volume, path: string): void {
  volume.directory('sync', path).sync()
}

test('what was synced survives; what was not is old, new, or zeros, byte by byte', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const prng = seededPrng(seed)
    const file = new File(0)
    file.write(prng.bytes(randomBelow(prng, 3000)), 0)
    file.sync()
    const synced = file.content.slice()
    // What each byte may be after the crash.
    const allowed = Array.from({ length: 8000 }, (_, at) => new Set([at < synced.length ? (synced[at] as number) : 0]))
    let sizeMin = synced.length
    let sizeMax = synced.length
    for (let step = randomBelow(prng, 6); step > 0; step--) {
      if (randomBelow(prng, 4) === 0) {
        const size = randomBelow(prng, file.size + 1)
        for (let at = size; at < allowed.length; at++) allowed[at]?.add(0)
        file.truncate(size)
        sizeMin = Math.min(sizeMin, size)
      } else {
        const bytes = prng.bytes(1 + randomBelow(prng, 1500))
        const position = randomBelow(prng, file.size + 1)
        for (const [index, byte] of bytes.entries()) allowed[position + index]?.add(byte).add(0)
        file.write(bytes, position)
        sizeMax = Math.max(sizeMax, file.size)
      }
      if (randomBelow(prng, 3) === 0) file.writeBack(prng, 0.5)
    }
    file.crash(prng)
    assert.ok(file.size >= sizeMin && file.size <= sizeMax, `seed ${seed}: size ${file.size}`)
    for (const [at, byte] of file.content.entries()) assert.ok(allowed[at]?.has(byte), `seed ${seed}: byte ${at}`)
  }
})

test('untouched bytes are never lost, whatever is written around them', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const prng = seededPrng(seed)
    const file = new File(0)
    file.write(new Uint8Array(5000).fill(1), 0)
    file.sync()
    file.write(new Uint8Array(100).fill(2), 2000)
    file.write(new Uint8Array(100).fill(3), 5000)
    file.crash(prng)
    const content = file.content
    assert.ok(content.length >= 5000)
    for (let at = 0; at < 5000; at++) if (at < 2000 || at >= 2100) assert.equal(content[at], 1)
  }
})

/** How often something happens over many crashes. */
function outcomes(build: (volume: Volume) => void, look: (volume: Volume) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (let seed = 1; seed <= 200; seed++) {
    const volume = new Volume({ totalBytes: 1e6 })
    build(volume)
    volume.crash(seededPrng(seed))
    const seen = look(volume)
    counts.set(seen, (counts.get(seen) ?? 0) + 1)
  }
  return counts
}

const has = (volume: Volume, path: string): string => (volume.find(path) === undefined ? '-' : path)

test('a new name needs its directory synced, not its file', () => {
  const build = (sync: boolean) => (volume: Volume) => {
    open(volume, '/a').sync()
    if (sync) syncNames(volume, '/')
  }
  assert.deepEqual([...outcomes(build(false), volume => has(volume, '/a')).keys()].sort(), ['-', '/a'])
  assert.deepEqual([...outcomes(build(true), volume => has(volume, '/a')).keys()], ['/a'])
})

test('a directory inside an unsynced one goes with it', () => {
  const seen = outcomes(
    volume => {
      volume.makeDirectory('/x/y')
      syncNames(volume, '/x')
    },
    volume => `${has(volume, '/x')} ${has(volume, '/x/y')}`,
  )
  assert.deepEqual([...seen.keys()].sort(), ['- -', '/x /x/y'])
})

test('a rename is done or not; its file may be empty if it was not synced', () => {
  const seen = outcomes(
    volume => {
      const old = open(volume, '/target')
      old.write(Buffer.from('old'), 0)
      old.sync()
      open(volume, '/temporary').write(Buffer.from('new'), 0)
      syncNames(volume, '/')
      volume.rename('/temporary', '/target')
    },
    volume => {
      const target = volume.find('/target')
      assert.ok(target instanceof File)
      return `${has(volume, '/temporary')} ${Buffer.from(target.content).toString()}`
    },
  )
  for (const key of ['/temporary old', '- new', '- ']) assert.ok(seen.has(key), `${key} of ${[...seen.keys()]}`)
  for (const key of seen.keys()) assert.ok(key.startsWith('/temporary') === key.endsWith('old'), key)
})

test('a rename between directories is done in both or in neither', () => {
  const seen = outcomes(
    volume => {
      volume.makeDirectory('/a')
      volume.makeDirectory('/b')
      syncNames(volume, '/')
      open(volume, '/a/f')
      syncNames(volume, '/a')
      volume.rename('/a/f', '/b/f')
    },
    volume => `${has(volume, '/a/f')} ${has(volume, '/b/f')}`,
  )
  assert.deepEqual([...seen.keys()].sort(), ['- /b/f', '/a/f -'])
})

test('a removed file may come back with what was on the platter', () => {
  const seen = outcomes(
    volume => {
      const file = open(volume, '/f')
      file.write(Buffer.from('ab'), 0)
      file.sync()
      syncNames(volume, '/')
      volume.remove('/f')
    },
    volume => {
      const file = volume.find('/f')
      return file instanceof File ? Buffer.from(file.content).toString() : '-'
    },
  )
  assert.deepEqual([...seen.keys()].sort(), ['-', 'ab'])
})

test('after a failed sync the bytes are readable, the next sync succeeds, and a crash may still lose them', () => {
  let lost = 0
  for (let seed = 1; seed <= 100; seed++) {
    const file = new File(0)
    file.write(Buffer.from('precious'), 0)
    file.syncFailed(seededPrng(seed))
    assert.equal(Buffer.from(file.content).toString(), 'precious')
    file.sync()
    file.crash(seededPrng(seed, 'crash'))
    if (Buffer.from(file.content).toString() !== 'precious') lost++
  }
  assert.ok(lost > 10 && lost < 100, `lost ${lost} of 100`)
})

test('a rotten bit differs in one place, and stays', () => {
  const file = new File(0)
  file.write(new Uint8Array(100), 0)
  file.sync()
  const prng = seededPrng(1)
  const where = file.rot(prng)
  file.crash(prng)
  const wrong = [...file.content.entries()].filter(([, byte]) => byte !== 0)
  assert.equal(wrong.length, 1)
  assert.equal(wrong[0]?.[0], where?.position)
})

test('names: the root is a directory that holds others', () => {
  const volume = new Volume({ totalBytes: 1000 })
  volume.makeDirectory('/a/b')
  assert.ok(volume.find('/') instanceof Directory)
  assert.ok(volume.find('/a/./b/') instanceof Directory)
  open(volume, '/a/b/f').write(new Uint8Array(400), 0)
  assert.equal(volume.usableBytes, 600)
  volume.reservedBytes = 700
  assert.equal(volume.usableBytes, 0)
})

test('a copy of a volume fares as the volume does, and neither sees what happens to the other', () => {
  for (let seed = 0; seed < 50; seed++) {
    const volume = new Volume({ totalBytes: 10_000 })
    volume.makeDirectory('/a')
    volume.makeDirectory('/b')
    open(volume, '/a/f').write(new Uint8Array(1000).fill(1), 0)
    volume.rename('/a/f', '/b/f')
    open(volume, '/a/g').write(new Uint8Array(1000).fill(2), 0)
    const copy = volume.copy()
    open(volume, '/a/h').write(new Uint8Array(10), 0)
    assert.equal(copy.find('/a/h'), undefined)
    volume.remove('/a/h')
    volume.root.sync()
    copy.root.sync()
    open(copy, '/b/f').write(Buffer.from('x'), 0)
    assert.equal(open(volume, '/b/f').content[0], 1)
    open(copy, '/b/f').write(Uint8Array.of(1), 0)
    copy.crash(seededPrng(seed))
    assert.ok(copy.find('/a/f') === undefined || copy.find('/b/f') === undefined, 'a move was done in half')
    for (const [, file] of copy.files()) assert.ok(file.content.every(byte => byte <= 2))
  }
})
