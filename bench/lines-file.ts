import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Workload } from './clients.ts'

/** Lines of letters for kcat, made once per size. Answers the file's path. */
export async function linesFile(directory: string, { records, size }: Workload): Promise<string> {
  const path = join(directory, `lines-${size}-${records}.txt`)
  if (existsSync(path)) return path
  const file = Writable.toWeb(createWriteStream(path)).getWriter()
  const linesPerChunk = Math.max(1, Math.floor(1_000_000 / (size + 1)))
  for (let written = 0; written < records; written += linesPerChunk) {
    const count = Math.min(linesPerChunk, records - written)
    const lines = Array.from({ length: count }, (_, index) => line(written + index, size))
    await file.write(Buffer.from(lines.join('')))
  }
  await file.close()
  return path
}

function line(index: number, size: number): string {
  const unit = `${index.toString(36)}abcdefghijklmnopqrstuvwxyz`
  return `${unit.repeat(Math.ceil(size / unit.length)).slice(0, size)}\n`
}
