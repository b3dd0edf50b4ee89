/** Reads files out of a zip archive (a jar): enough of the format for archives that the JDK's tools write. */
import { inflateRawSync } from 'node:zlib'

const endOfDirectory = 0x06054b50
const directoryEntry = 0x02014b50

/** Name and content of each file whose name passes the filter, in the order of the archive's directory. */
export function* readZip(
  archive: Buffer,
  wanted: (name: string) => boolean,
): Generator<{ name: string; data: Buffer }> {
  let end = archive.length - 22
  while (end >= 0 && archive.readUInt32LE(end) !== endOfDirectory) end--
  if (end < 0) throw new Error('not a zip archive: no end of directory')
  const count = archive.readUInt16LE(end + 10)
  let position = archive.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(position) !== directoryEntry) throw new Error(`zip directory is broken at ${position}`)
    const method = archive.readUInt16LE(position + 10)
    const size = archive.readUInt32LE(position + 20)
    const nameLength = archive.readUInt16LE(position + 28)
    const tailLength = archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32)
    const header = archive.readUInt32LE(position + 42)
    const name = archive.toString('utf8', position + 46, position + 46 + nameLength)
    position += 46 + nameLength + tailLength
    if (!wanted(name)) continue
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
    const data = archive.subarray(start, start + size)
    yield { name, data: method === 0 ? data : inflateRawSync(data) }
  }
}
