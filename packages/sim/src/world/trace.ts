/**
 * The story of a run. Every line goes into a hash, so two runs can be compared without keeping either; the last lines are kept to be
 * read when something fails. Lines worth telling (`tell`) are kept apart from the noise (`note`), so that a long run still says
 * which processes died and what the workload saw.
 */
export class Trace {
  #high = 0x811c9dc5
  #low = 0x01000193
  #count = 0
  readonly #told: string[] = []
  readonly #noted: string[] = []
  readonly #keepNotes: boolean

  /** `keepNotes`: whether `story` has the noise too. */
  constructor({ keepNotes = false }: { keepNotes?: boolean } = {}) {
    this.#keepNotes = keepNotes
  }

  /** A line of the story. */
  tell(atMs: number, text: string): void {
    const line = `${atMs.toFixed(3).padStart(12)} ${text}`
    this.#mix(line)
    keep(this.#told, line)
    if (this.#keepNotes) keep(this.#noted, line)
  }

  /** A step too small for the story. */
  note(atMs: number, text: string): void {
    this.#mix(text)
    this.#mixNumber(Math.round(atMs * 1000))
    if (this.#keepNotes) keep(this.#noted, `${atMs.toFixed(3).padStart(12)}   ${text}`)
  }

  /** How many lines went into the hash. */
  get count(): number {
    return this.#count
  }

  /** 64 bits over every line so far, as hex. */
  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0')
  }

  /** The last lines, oldest first. */
  get story(): readonly string[] {
    return this.#keepNotes ? this.#noted : this.#told
  }

  #mix(text: string): void {
    let high = this.#high
    let low = this.#low
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      high = Math.imul(high ^ unit, 0x01000193)
      low = Math.imul(low ^ unit, 0x5bd1e995) ^ (high >>> 15)
    }
    this.#high = high
    this.#low = low
    this.#count++
  }

  #mixNumber(value: number): void {
    this.#high = Math.imul(this.#high ^ (value | 0), 0x01000193)
    this.#low = Math.imul(this.#low ^ Math.floor(value / 2 ** 32), 0x5bd1e995)
  }
}

/** Twice as many as anybody reads; dropped by halves so that keeping a line costs nothing on average. */
const linesMax = 20_000

function keep(lines: string[], line: string): void {
  lines.push(line)
  if (lines.length > linesMax) lines.splice(0, linesMax / 2)
}
