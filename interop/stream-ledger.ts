/**
 * Holds what a consumer prints against what several producers have sent: each line (`<producer> <number>`) there once; in each partition
 * the offsets without a gap, and the lines of a producer in the order in which it sent them.
 */
import type { RecordLedger } from './line-ledger.ts'

const problemsKept = 5

export class StreamLedger implements RecordLedger {
  readonly #sent: ReadonlyMap<string, number>
  readonly #seen: Map<string, Uint8Array>
  readonly #nextOffset = new Map<string, number>()
  readonly #lastNumber = new Map<string, number>()
  readonly #problems: string[] = []
  #problemCount = 0
  #partial = ''

  /** How many lines each producer has sent, numbered from 0. */
  constructor(sent: ReadonlyMap<string, number>) {
    this.#sent = sent
    this.#seen = new Map([...sent].map(([producer, count]) => [producer, new Uint8Array(count)]))
  }

  /** Takes the consumer's output as it comes: `partition, offset, key, value`, separated by tabs. */
  write(chunk: Buffer): void {
    const lines = (this.#partial + chunk.toString()).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#record(line)
  }

  /** By partition: behind its last record. */
  get ends(): ReadonlyMap<string, number> {
    return this.#nextOffset
  }

  /** A summary when all is well; throws with the first problems otherwise. */
  end(): string {
    if (this.#partial !== '') this.#problem(`the output ends inside a line: ${this.#partial}`)
    let total = 0
    for (const [producer, seen] of this.#seen) {
      total += seen.length
      const lost = seen.reduce((count, times) => count + (times === 0 ? 1 : 0), 0)
      if (lost > 0) this.#problem(`${lost} lines of ${producer} are lost, the first is ${seen.indexOf(0)}`)
    }
    if (this.#problemCount > 0) throw new Error(`${this.#problemCount} problems; ${this.#problems.join('; ')}`)
    return `${total} lines of ${this.#sent.size} producers, each once and in order, in ${this.#nextOffset.size} partitions`
  }

  #record(line: string): void {
    const [partition = '', offset, , value = ''] = line.split('\t')
    const [producer = '', text] = value.split(' ')
    const number = Number(text)
    const seen = this.#seen.get(producer)
    if (seen === undefined || !(number < seen.length)) {
      this.#problem(`nobody sent: ${line}`)
      return
    }
    const due = this.#nextOffset.get(partition) ?? 0
    if (Number(offset) !== due) this.#problem(`partition ${partition} has offset ${offset} where ${due} is due`)
    this.#nextOffset.set(partition, Number(offset) + 1)
    if ((seen[number] as number) > 0) this.#problem(`${value} is there again, at ${partition}@${offset}`)
    seen[number] = 1
    const key = `${producer} ${partition}`
    const last = this.#lastNumber.get(key) ?? -1
    if (number <= last) this.#problem(`${value} follows ${producer} ${last} in partition ${partition}`)
    this.#lastNumber.set(key, number)
  }

  #problem(text: string): void {
    this.#problemCount++
    if (this.#problems.length < problemsKept) this.#problems.push(text)
  }
}
