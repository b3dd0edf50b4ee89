import { DiskError } from '@dorsale/base'
import type { PooledFile } from '../files/file-pool.ts'

/** Bytes read and written at once. */
const windowBytes = 4 * 1024 * 1024

/**
 * Writes a recovered file again as it is, and syncs it. A sync that failed in an earlier life leaves bytes that the page cache shows and
 * calls clean: no later sync moves them, and the death of the machine leaves a hole. Once written again they are like any others.
 */
export async function rewriteSegment(file: PooledFile, size: number): Promise<void> {
  const window = new Uint8Array(Math.min(windowBytes, size))
  await file.useAsync(async opened => {
    for (let position = 0; position < size; position += windowBytes) {
      const piece = window.subarray(0, Math.min(windowBytes, size - position))
      const read = await opened.read(piece, position)
      const written = await opened.write([piece.subarray(0, read)], position)
      if (written < piece.length) throw new DiskError('EIO', 'write again', file.path)
    }
    await opened.sync()
  })
}
