import { type Disk, type Logger, replaceFileSync, writeAllSync } from '@dorsale/base'
import { CorruptFileError, formatCheckpoint, parseField, readCheckpoint } from './checkpoint.ts'

/** One number per partition, by the name of the partition's directory (`orders-0`). */
export type OffsetsByLog = Map<string, number>

/**
 * One of the files that keep an offset for each log of a directory. They are written often and mostly say what they said before: nothing is
 * written then.
 */
export class OffsetCheckpoint {
  readonly #disk: Disk
  readonly #path: string
  #content: Uint8Array | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(disk: Disk, path: string) {
    this.#disk = disk
    this.#path = path
  }

  /** Empty when there is no file, or a damaged one: every reader of a checkpoint can do with less than it said. */
  read(logger: Logger): OffsetsByLog {
    const offsets: OffsetsByLog = new Map()
    // Kafka makes the file before it has anything to say.
    if (this.#disk.statSync(this.#path)?.size === 0) return offsets
    try {
      for (const fields of readCheckpoint(this.#disk, this.#path) ?? []) {
        if (fields.length !== 3) throw new CorruptFileError(this.#path, `has the entry '${fields.join(' ')}'`)
        offsets.set(`${fields[0]}-${parseField(this.#path, fields[1])}`, parseField(this.#path, fields[2]))
      }
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error
      logger.warn('starting without a damaged checkpoint', { reason: error.message })
      return new Map()
    }
    return offsets
  }

  /** Replaces the file, durably. */
  write(offsets: OffsetsByLog): void {
    const content = format(offsets)
    if (this.#isWritten(content)) return
    replaceFileSync(this.#disk, this.#path, content)
    this.#content = content
  }

  /**
   * As `write`, with the sync off the event loop. The new name may be lost with the machine; the file then says what it said before,
   * which is still true, only less.
   */
  writeLater(offsets: OffsetsByLog): Promise<void> {
    const written = this.#writing.then(() => this.#replace(format(offsets)))
    this.#writing = written.catch(() => {})
    return written
  }

  async #replace(content: Uint8Array): Promise<void> {
    if (this.#isWritten(content)) return
    const temporary = `${this.#path}.tmp`
    const file = this.#disk.openSync(temporary, 'create')
    try {
      file.truncateSync(0)
      writeAllSync(file, [content], 0)
      await file.sync()
    } finally {
      file.closeSync()
    }
    this.#disk.renameSync(temporary, this.#path)
    this.#content = content
  }

  #isWritten(content: Uint8Array): boolean {
    return this.#content !== undefined && Buffer.compare(this.#content, content) === 0
  }
}

function format(offsets: OffsetsByLog): Uint8Array {
  const entries: string[] = []
  for (const [name, offset] of offsets) {
    const dash = name.lastIndexOf('-')
    entries.push(`${name.slice(0, dash)} ${name.slice(dash + 1)} ${offset}`)
  }
  return formatCheckpoint(entries)
}
