import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Disk, DiskFile } from '../disk.ts'
import { DiskError } from '../errors.ts'
import { makeDurableDirectorySync, replaceFileSync } from '../files.ts'

/** `within` runs the body in a world of its own that has this disk; `root` is an empty directory that may be written. */
export function diskContract(within: (body: (disk: Disk, root: string) => Promise<void>) => Promise<void>): void {
  const fails = (errno: string, run: () => unknown): void => {
    assert.throws(run, (error: unknown) => error instanceof DiskError && error.errno === errno)
  }

  describe('disk: names', () => {
    test('each open mode, on a file that is there and one that is not', () =>
      within(async (disk, root) => {
        fails('ENOENT', () => disk.openSync(`${root}/missing`, 'read'))
        fails('ENOENT', () => disk.openSync(`${root}/missing`, 'write'))
        fails('ENOENT', () => disk.openSync(`${root}/missing/deeper`, 'create'))
        disk.openSync(`${root}/a`, 'create').closeSync()
        fails('EEXIST', () => disk.openSync(`${root}/a`, 'create-new'))
        disk.openSync(`${root}/b`, 'create-new').closeSync()
        fill(disk, `${root}/a`, 'kept')
        disk.openSync(`${root}/a`, 'create').closeSync()
        assert.equal(textOf(disk, `${root}/a`), 'kept')
        const readOnly = disk.openSync(`${root}/a`, 'read')
        fails('EBADF', () => readOnly.writeSync([bytes('x')], 0))
        readOnly.closeSync()
        fails('EISDIR', () => disk.openSync(root, 'write'))
        fails('ENOTDIR', () => disk.openSync(`${root}/a/b`, 'create'))
      }))

    test('stat and list', () =>
      within(async (disk, root) => {
        assert.equal(disk.statSync(`${root}/missing`), undefined)
        assert.equal(disk.statSync(`${root}/missing/deeper`), undefined)
        fails('ENOENT', () => disk.listSync(`${root}/missing`))
        for (const name of ['b', 'a-', 'a', 'B', 'é']) fill(disk, `${root}/${name}`, name)
        disk.makeDirectorySync(`${root}/d`)
        fails('ENOTDIR', () => disk.listSync(`${root}/a`))
        assert.deepEqual(
          disk.listSync(root).map(entry => `${entry.kind} ${entry.name}`),
          ['file B', 'file a', 'file a-', 'file b', 'directory d', 'file é'],
        )
        const stat = disk.statSync(`${root}/a-`)
        assert.equal(stat?.kind, 'file')
        assert.equal(stat.size, 2)
        assert.ok(Number.isInteger(stat.modifiedMs) && stat.modifiedMs > Date.UTC(2020, 0))
        assert.equal(disk.statSync(`${root}/d`)?.kind, 'directory')
      }))

    test('directories come with their parents, and again without an error', () =>
      within(async (disk, root) => {
        disk.makeDirectorySync(`${root}/x/y/z`)
        disk.makeDirectorySync(`${root}/x/y/z`)
        assert.equal(disk.statSync(`${root}/x/y/z`)?.kind, 'directory')
        fill(disk, `${root}/file`, '')
        fails('EEXIST', () => disk.makeDirectorySync(`${root}/file`))
        disk.syncDirectorySync(`${root}/x/y`)
        fails('ENOENT', () => disk.syncDirectorySync(`${root}/missing`))
        await disk.syncDirectory(`${root}/x/y`)
        await assert.rejects(disk.syncDirectory(`${root}/missing`), { errno: 'ENOENT' })
      }))

    test('rename replaces a file, moves a directory, and leaves open handles alone', () =>
      within(async (disk, root) => {
        fill(disk, `${root}/a`, 'new')
        fill(disk, `${root}/b`, 'old')
        const old = disk.openSync(`${root}/b`, 'read')
        disk.renameSync(`${root}/a`, `${root}/b`)
        assert.equal(disk.statSync(`${root}/a`), undefined)
        assert.equal(textOf(disk, `${root}/b`), 'new')
        assert.equal(readAll(old), 'old')
        old.closeSync()
        disk.makeDirectorySync(`${root}/d`)
        fill(disk, `${root}/d/inside`, 'x')
        disk.renameSync(`${root}/d`, `${root}/e`)
        assert.equal(textOf(disk, `${root}/e/inside`), 'x')
        disk.makeDirectorySync(`${root}/f`)
        fails('ENOTEMPTY', () => disk.renameSync(`${root}/f`, `${root}/e`))
        fails('ENOENT', () => disk.renameSync(`${root}/missing`, `${root}/b`))
      }))

    test('remove', () =>
      within(async (disk, root) => {
        disk.removeSync(`${root}/missing`)
        await disk.remove(`${root}/missing`)
        fill(disk, `${root}/a`, 'still here')
        const handle = disk.openSync(`${root}/a`, 'write')
        disk.removeSync(`${root}/a`)
        assert.equal(disk.statSync(`${root}/a`), undefined)
        assert.equal(readAll(handle), 'still here')
        handle.writeSync([bytes('S')], 0)
        handle.closeSync()
        disk.makeDirectorySync(`${root}/d/deeper`)
        fill(disk, `${root}/d/deeper/file`, 'x')
        fails('ENOTEMPTY', () => disk.removeSync(`${root}/d`))
        await disk.remove(`${root}/d`)
        disk.makeDirectorySync(`${root}/empty`)
        disk.removeSync(`${root}/empty`)
        assert.deepEqual(disk.listSync(root), [])
      }))

    test('a file is replaced whole, over what an earlier death left', () =>
      within(async (disk, root) => {
        fill(disk, `${root}/checkpoint.tmp`, 'much longer than the new content')
        replaceFileSync(disk, `${root}/checkpoint`, bytes('0\n1\n'))
        replaceFileSync(disk, `${root}/checkpoint`, bytes('0\n'))
        assert.equal(textOf(disk, `${root}/checkpoint`), '0\n')
        assert.deepEqual(
          disk.listSync(root).map(entry => entry.name),
          ['checkpoint'],
        )
      }))

    test('directories are made durably, at any depth', () =>
      within(async (disk, root) => {
        makeDurableDirectorySync(disk, `${root}/a/b/c`)
        makeDurableDirectorySync(disk, `${root}/a/b/c`)
        assert.equal(disk.statSync(`${root}/a/b/c`)?.kind, 'directory')
      }))

    test('the volume has a size', () =>
      within(async (disk, root) => {
        const { totalBytes, usableBytes } = disk.usageSync(root)
        assert.ok(totalBytes > 0 && usableBytes > 0 && usableBytes <= totalBytes)
        fails('ENOENT', () => disk.usageSync(`${root}/missing`))
      }))
  })

  describe('disk: bytes', () => {
    // Each case runs through the blocking calls and through those off the loop.
    const ways: [string, Ways][] = [
      ['blocking', { read: async (f, t, p) => f.readSync(t, p), write: async (f, c, p) => f.writeSync(c, p) }],
      ['off the loop', { read: (f, t, p) => f.read(t, p), write: (f, c, p) => f.write(c, p) }],
    ]
    for (const [name, way] of ways) {
      test(`${name}: vectors of every shape land one after another`, () =>
        within(async (disk, root) => {
          const file = disk.openSync(`${root}/f`, 'create')
          assert.equal(await way.write(file, [], 0), 0)
          assert.equal(await way.write(file, [bytes('')], 0), 0)
          assert.equal(await way.write(file, [bytes('ab')], 0), 2)
          assert.equal(await way.write(file, [bytes('c'), bytes(''), bytes('de')], 2), 3)
          assert.equal(await way.write(file, [bytes('B')], 1), 1)
          assert.equal(readAll(file), 'aBcde')
          // More chunks than the kernel takes at once (IOV_MAX is 1024).
          const many = Array.from({ length: 3000 }, (_, index) => bytes(String(index % 10)))
          assert.equal(await way.write(file, many, 5), 3000)
          assert.equal(file.sizeSync(), 3005)
          assert.equal(readAll(file).slice(-4), '6789')
          file.closeSync()
        }))

      test(`${name}: views of larger buffers are read and written as views`, () =>
        within(async (disk, root) => {
          const file = disk.openSync(`${root}/f`, 'create')
          const store = bytes('0123456789')
          await way.write(file, [store.subarray(2, 5), store.subarray(7, 8)], 0)
          const target = new Uint8Array(8)
          assert.equal(await way.read(file, target.subarray(3, 6), 1), 3)
          assert.deepEqual([...target], [0, 0, 0, 0x33, 0x34, 0x37, 0, 0])
          file.closeSync()
        }))

      test(`${name}: reads at, over and past the end`, () =>
        within(async (disk, root) => {
          const file = disk.openSync(`${root}/f`, 'create')
          await way.write(file, [bytes('abc')], 0)
          const target = new Uint8Array(4)
          assert.equal(await way.read(file, target, 1), 2)
          assert.equal(await way.read(file, target, 3), 0)
          assert.equal(await way.read(file, target, 1000), 0)
          assert.equal(await way.read(file, new Uint8Array(0), 0), 0)
          file.closeSync()
        }))

      test(`${name}: a write past the end leaves zeros before it`, () =>
        within(async (disk, root) => {
          const file = disk.openSync(`${root}/f`, 'create')
          await way.write(file, [bytes('z')], 3)
          assert.equal(readAll(file), '\0\0\0z')
          file.closeSync()
        }))
    }

    test('truncation cuts, and extends with zeros', () =>
      within(async (disk, root) => {
        const file = disk.openSync(`${root}/f`, 'create')
        file.writeSync([bytes('abcdef')], 0)
        file.truncateSync(2)
        assert.equal(readAll(file), 'ab')
        file.truncateSync(4)
        assert.equal(readAll(file), 'ab\0\0')
        assert.equal(file.sizeSync(), 4)
        file.closeSync()
      }))

    test('sync, both ways; close twice', () =>
      within(async (disk, root) => {
        const file = disk.openSync(`${root}/f`, 'create')
        file.writeSync([bytes('a')], 0)
        file.syncSync()
        await file.sync()
        file.closeSync()
        file.closeSync()
      }))

    test('two handles of one file see the same bytes', () =>
      within(async (disk, root) => {
        const writer = disk.openSync(`${root}/f`, 'create')
        const reader = disk.openSync(`${root}/f`, 'read')
        writer.writeSync([bytes('seen')], 0)
        assert.equal(readAll(reader), 'seen')
        writer.closeSync()
        reader.closeSync()
        assert.equal(textOf(disk, `${root}/f`), 'seen')
      }))

    test('a handle is not used after it was closed, nor closed under an operation', () =>
      within(async (disk, root) => {
        const file = disk.openSync(`${root}/f`, 'create')
        const underWay = file.write([bytes('a')], 0)
        assert.throws(() => file.closeSync(), { name: 'AssertionError' })
        await underWay
        file.closeSync()
        assert.throws(() => file.readSync(new Uint8Array(1), 0), { name: 'AssertionError' })
        await assert.rejects(file.read(new Uint8Array(1), 0), { name: 'AssertionError' })
      }))
  })

  describe('disk: lock', () => {
    test('is held once, also within one process, and free after release', () =>
      within(async (disk, root) => {
        const lock = disk.tryLockSync(`${root}/.lock`)
        assert.ok(lock)
        assert.equal(disk.tryLockSync(`${root}/.lock`), undefined)
        lock.release()
        lock.release()
        assert.equal(disk.statSync(`${root}/.lock`)?.kind, 'file')
        const again = disk.tryLockSync(`${root}/.lock`)
        assert.ok(again)
        again.release()
      }))
  })
}

interface Ways {
  read(file: DiskFile, target: Uint8Array, position: number): Promise<number>
  write(file: DiskFile, chunks: Uint8Array[], position: number): Promise<number>
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function fill(disk: Disk, path: string, text: string): void {
  const file = disk.openSync(path, 'create')
  file.writeSync([bytes(text)], 0)
  file.closeSync()
}

function textOf(disk: Disk, path: string): string {
  return new TextDecoder().decode(disk.readFileSync(path))
}

function readAll(file: DiskFile): string {
  const target = new Uint8Array(file.sizeSync())
  assert.equal(file.readSync(target, 0), target.length)
  return new TextDecoder().decode(target)
}
