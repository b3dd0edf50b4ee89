/** The batches of a log file, read piece by piece: a segment may be larger than what memory should be asked for. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { BatchCursor, type BatchHeader } from '@dorsale/protocol'

const windowBytes = 8 * 1024 * 1024

export interface FileBatch {
  /** Good until the next batch is asked for. */
  readonly header: BatchHeader
  /** In the file. */
  readonly position: number
}

/**
 * Every whole batch from `start` on, in order, until the file ends or what follows is none; answers the bytes that are left then. Nothing is read beyond
 * `bytesMax`, nor is a batch that does not end before it.
 */
export function* fileBatches(
  path: string,
  { start = 0, bytesMax = Number.POSITIVE_INFINITY }: { start?: number; bytesMax?: number } = {},
): Generator<FileBatch, number> {
  const file = openSync(path, 'r')
  try {
    const end = Math.min(fstatSync(file).size, bytesMax)
    let position = start
    let size = windowBytes
    while (position < end) {
      const bytes = Buffer.alloc(Math.min(size, end - position))
      const count = readSync(file, bytes, 0, bytes.length, position)
      const cursor = new BatchCursor(bytes, 0, count)
      const { header } = cursor
      let passed = 0
      while (cursor.next()) {
        yield { header, position: position + passed }
        passed = cursor.position
      }
      position += passed
      if (cursor.state !== 'partial' && cursor.state !== 'end') break
      if (passed > 0) size = windowBytes
      // A batch larger than the window.
      else if (bytes.length < end - position) size *= 2
      else break
    }
    return end - position
  } finally {
    closeSync(file)
  }
}
