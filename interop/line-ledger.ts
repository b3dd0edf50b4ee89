/**
 * Holds what a consumer prints against the file that was sent: every line there, once, whole; in each partition the offsets without a
 * gap and the lines in the order of the file.
 *
 * A consumer prints one record per line: partition, offset, key and value, separated by tabs. The console consumer labels the first two
 * (`Partition:0`, `Offset:12`).
 */
import type { NumberedFile } from './numbered-file.ts'

const newline = 0x0a
const tab = 0x09
const problemsKept = 5

interface PartitionPosition {
  nextOffset: number
  lastLine: number
}

/** Takes what a consumer prints, and judges it at the end. */
export interface RecordLedger {
  write(chunk: Buffer): void
  /** A summary when all is well; throws with the first problems otherwise. */
  end(): string
}

export class LineLedger implements RecordLedger {
  readonly #file: NumberedFile
  readonly #seen: Uint8Array
  readonly #partitions = new Map<number, PartitionPosition>()
  readonly #problems: string[] = []
  #problemCount = 0
  #partial: Buffer = Buffer.alloc(0)

  constructor(file: NumberedFile) {
    this.#file = file
    this.#seen = new Uint8Array(file.lineCount)
  }

  /** Takes the consumer's output as it comes, cut anywhere. */
  write(chunk: Buffer): void {
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk])
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#record(bytes.subarray(start, end))
      start = end + 1
    }
    this.#partial = bytes.subarray(start)
  }

  /** A summary when all is well; throws with the first problems otherwise. */
  end(): string {
    if (this.#partial.length > 0) this.#problem(`the output ends inside a line: ${this.#partial.toString()}`)
    const lost = this.#seen.reduce((count, times) => count + (times === 0 ? 1 : 0), 0)
    if (lost > 0)
      this.#problem(`${lost} of ${this.#file.lineCount} lines are lost, the first is ${this.#seen.indexOf(0)}`)
    if (this.#problemCount > 0) throw new Error(`${this.#problemCount} problems; ${this.#problems.join('; ')}`)
    return `${this.#file.lineCount} lines from ${this.#partitions.size} partitions`
  }

  #record(text: Buffer): void {
    const fields = splitFields(text)
    if (fields === undefined) {
      this.#problem(`not a record: ${text.toString()}`)
      return
    }
    const { partition, offset, line, value } = fields
    if (!(line >= 0 && line < this.#file.lineCount)) {
      this.#problem(`no such line: ${line}`)
      return
    }

    const position = this.#partitions.get(partition) ?? { nextOffset: 0, lastLine: -1 }
    this.#partitions.set(partition, position)
    if (offset !== position.nextOffset) {
      this.#problem(`partition ${partition} has offset ${offset} where ${position.nextOffset} was due`)
    }
    if (line <= position.lastLine) {
      this.#problem(`partition ${partition}, offset ${offset}: line ${line} comes after line ${position.lastLine}`)
    }
    position.nextOffset = offset + 1
    position.lastLine = line

    if (this.#seen[line] !== 0) this.#problem(`line ${line} came twice`)
    this.#seen[line] = 1
    if (!value.equals(this.#file.line(line))) this.#problem(`line ${line} came back changed: ${value.toString()}`)
  }

  #problem(text: string): void {
    this.#problemCount++
    if (this.#problems.length < problemsKept) this.#problems.push(text.slice(0, 300))
  }
}

function splitFields(text: Buffer): { partition: number; offset: number; line: number; value: Buffer } | undefined {
  const first = text.indexOf(tab)
  const second = first === -1 ? -1 : text.indexOf(tab, first + 1)
  const third = second === -1 ? -1 : text.indexOf(tab, second + 1)
  if (third === -1) return undefined
  const partition = unlabelled(text.toString('latin1', 0, first))
  const offset = unlabelled(text.toString('latin1', first + 1, second))
  const line = Number.parseInt(text.toString('latin1', second + 1, third), 10)
  if (Number.isNaN(partition + offset + line)) return undefined
  return { partition, offset, line, value: text.subarray(third + 1) }
}

function unlabelled(text: string): number {
  return Number.parseInt(text.slice(text.indexOf(':') + 1), 10)
}
