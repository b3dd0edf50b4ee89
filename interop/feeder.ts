import { type Running, within } from './processes.ts'

/** Something is always under way, and no more than that. */
const linesPerSecondDefault = 2000
const burstMs = 10

/** Feeds one producer with numbered lines, keyed so that they spread over the partitions, at the pace at which it takes them. */
export class Feeder {
  readonly name: string
  sent = 0
  readonly #child: Running
  readonly #linesPerBurst: number
  #finished = false

  /** At most `linesPerSecond` (default 2000), in bursts of 10 ms. */
  constructor(name: string, child: Running, { linesPerSecond = linesPerSecondDefault } = {}) {
    this.name = name
    this.#child = child
    this.#linesPerBurst = Math.ceil((linesPerSecond * burstMs) / 1000)
    child.child.stdin?.on('error', () => {
      // The producer has ended: `finish` reports how.
      this.#finished = true
    })
    this.#feed()
  }

  /** Ends the input; resolves when every line is delivered. */
  async finish(): Promise<void> {
    this.#finished = true
    this.#child.child.stdin?.end()
    const outcome = await within(`${this.name}'s last deliveries`, 180_000, this.#child.ended)
    if (outcome !== 0) throw new Error(`${this.name} ended with ${outcome}: a line was not delivered`)
  }

  #feed(): void {
    if (this.#finished) return
    let lines = ''
    for (let line = 0; line < this.#linesPerBurst; line++) {
      const number = this.sent++
      lines += `${number % 31}:${this.name} ${number}\n`
    }
    const { stdin } = this.#child.child
    const next = () => setTimeout(() => this.#feed(), burstMs)
    // A pipe that is full holds the feeder back.
    if (stdin?.write(lines)) next()
    else stdin?.once('drain', next)
  }
}
