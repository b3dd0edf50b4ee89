import { readdirSync, readFileSync } from 'node:fs'
import type { Disk } from '@dorsale/base'

/** The directory that a real Kafka left; see its README. */
const fixture = new URL('../../fixtures/kafka-4.4.0/', import.meta.url)

/** One record of a file, as Kafka's dump tool tells it. */
export interface DumpedRecord {
  readonly offset: number
  /** Of a metadata record: `TOPIC_RECORD`. */
  readonly type?: string
  readonly version?: number
  /** Of a control record: `LeaderChange`. */
  readonly control?: string
  /** Without the tagged fields that have their default. */
  readonly data: Record<string, unknown>
}

/** What Kafka's dump tool says of the fixture's files, by file name. */
export function readDump(): Record<string, readonly DumpedRecord[]> {
  return JSON.parse(readFileSync(new URL('records.json', fixture), 'utf8'))
}

/** Puts the fixture's log directory on a disk. */
export function copyFixture(disk: Disk, directory: string): void {
  const copy = (from: URL, to: string): void => {
    disk.makeDirectorySync(to)
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const source = new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, from)
      if (entry.isDirectory()) copy(source, `${to}/${entry.name}`)
      else writeFile(disk, `${to}/${entry.name}`, readFileSync(source))
    }
  }
  copy(new URL('log/', fixture), directory)
}

/** Replaces a file's content, for tests that damage files. */
export function writeFile(disk: Disk, path: string, content: Uint8Array): void {
  const file = disk.openSync(path, 'create')
  file.truncateSync(0)
  file.writeSync([content], 0)
  file.syncSync()
  file.closeSync()
}
