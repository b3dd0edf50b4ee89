/**
 * The real input: a text file of tens of megabytes, whose lines travel as records keyed by their number. The number makes loss, repetition
 * and disorder visible, line by line, and lets the file be put together again from any number of partitions.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mayInstall, updatePackageIndex } from './prerequisites.ts'
import type { Processes } from './processes.ts'

const newline = 0x0a
const carriageReturn = 0x0d
const aptLists = '/var/lib/apt/lists'

export class NumberedFile {
  readonly source: string
  readonly #bytes: Buffer
  /** Where each line starts; one entry more than there are lines. */
  readonly #starts: number[]

  /** The bytes must end with a newline, be UTF-8 and hold no carriage return (Java's line reader would end a line there). */
  constructor(source: string, bytes: Buffer) {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (bytes.includes(carriageReturn)) throw new Error(`${source} holds carriage returns; choose another file`)
    if (bytes.at(-1) !== newline) throw new Error(`${source} does not end with a newline; choose another file`)
    this.source = source
    this.#bytes = bytes
    this.#starts = [0]
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) this.#starts.push(at + 1)
  }

  get lineCount(): number {
    return this.#starts.length - 1
  }

  get byteCount(): number {
    return this.#bytes.length
  }

  /** One line, without its newline; a view. */
  line(index: number): Buffer {
    return this.#bytes.subarray(this.#starts[index], this.#starts[index + 1]! - 1)
  }

  /** The first lines as a file of their own. */
  head(lineCount: number): NumberedFile {
    const count = Math.min(lineCount, this.lineCount)
    return new NumberedFile(`${count} lines of ${this.source}`, this.#bytes.subarray(0, this.#starts[count]))
  }

  /** Writes `number:line` for each line: what kcat's `-K:` and the console producer's `parse.key` read. */
  writeKeyed(path: string): void {
    const pieces: Buffer[] = []
    for (let index = 0; index < this.lineCount; index++) {
      pieces.push(Buffer.from(`${index}:`), this.#bytes.subarray(this.#starts[index], this.#starts[index + 1]))
    }
    writeFileSync(path, Buffer.concat(pieces))
  }
}

/** The file to send: the one asked for, or the largest package index that apt holds. */
export async function findRealFile(processes: Processes, path: string | undefined): Promise<NumberedFile> {
  if (path !== undefined) return new NumberedFile(path, readFileSync(path))
  if (largestIndex() === undefined && mayInstall()) await updatePackageIndex(processes)
  const index = largestIndex()
  if (index === undefined) throw new Error(`no package index in ${aptLists}: name a large text file with --file`)
  const chunks: Buffer[] = []
  const unpack = ['cat-file', index]
  await processes.run('/usr/lib/apt/apt-helper', unpack, { deadlineMs: 60_000, onStdout: chunk => chunks.push(chunk) })
  return new NumberedFile(index, Buffer.concat(chunks))
}

function largestIndex(): string | undefined {
  if (!existsSync(aptLists)) return undefined
  const indexes = readdirSync(aptLists).filter(name => /_Packages(\.\w+)?$/.test(name))
  const sized = indexes.map(name => ({ path: join(aptLists, name), size: statSync(join(aptLists, name)).size }))
  return sized.sort((left, right) => right.size - left.size)[0]?.path
}
