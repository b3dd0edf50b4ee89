import { type Prng, randomUnit, seededPrng } from '@dorsale/base'
import { EventQueue, type QueuedEvent } from './event-queue.ts'
import { Machine, type MachineOptions } from './machine.ts'
import { Network } from './network.ts'
import { type Host, type Process, ProcessDied } from './process.ts'
import { withRejections } from './rejections.ts'
import { Trace } from './trace.ts'

export interface WorldOptions {
  seed: number
  /** Keep every small step for the story, not only the lines worth telling. */
  keepNotes?: boolean
}

/** An event of virtual time. */
export interface WorldEvent extends QueuedEvent {
  /** Whose turn it is; undefined for what happens without any process (the kernel, the network, the faults). */
  readonly owner: Process | undefined
  readonly label: string
  readonly run: () => void
  /** It will not happen. It waits in the queue all the same, and no longer holds what it would have worked on. */
  cancel(): void
}

class PlannedEvent implements WorldEvent {
  readonly atMs: number
  readonly sequence: number
  readonly owner: Process | undefined
  readonly label: string
  run: () => void
  cancelled = false

  constructor({ atMs, sequence, owner, label, run }: Omit<WorldEvent, 'cancelled' | 'cancel'>) {
    this.atMs = atMs
    this.sequence = sequence
    this.owner = owner
    this.label = label
    this.run = run
  }

  cancel(): void {
    this.cancelled = true
    this.run = nothing
  }
}

function nothing(): void {}

/** What a run did to its processes. */
export interface WorldCounts {
  steps: number
  kills: number
  machineCrashes: number
  connectionsCut: number
}

/** Something that must always hold did not. The message says what; the story how it came about. */
export class SimFailure extends Error {
  override readonly name = 'SimFailure'
  readonly seed: number
  readonly story: readonly string[]

  constructor(message: string, { seed, story, cause }: { seed: number; story: readonly string[]; cause?: unknown }) {
    super(message, { cause })
    this.seed = seed
    this.story = story
  }
}

/**
 * The simulated world: machines with disks, a network between them, and processes, in one thread, on virtual time, from one seed.
 *
 * It is a queue of events. A step takes the soonest, moves time to it, runs it, and lets every microtask that follows from it run out
 * before the next. Since nothing else feeds the promises, the same seed takes the same steps: `trace.hash` proves it.
 * After each step the invariants are checked, and the first that fails ends the run.
 */
export class World {
  readonly seed: number
  readonly trace: Trace
  readonly network: Network
  readonly counts: WorldCounts = { steps: 0, kills: 0, machineCrashes: 0, connectionsCut: 0 }
  #nowMs = 0
  #sequence = 0
  /** Steps since time last moved. */
  #stepsOfMoment = 0
  #failure: SimFailure | undefined
  /** In whose name the step under way runs. */
  #turnOf: Process | undefined
  readonly #queue = new EventQueue<WorldEvent>()
  readonly #machines = new Map<string, Machine>()
  readonly #invariants: { name: string; check: () => void }[] = []
  readonly #jitter: Prng

  constructor({ seed, keepNotes = false }: WorldOptions) {
    this.seed = seed
    this.trace = new Trace({ keepNotes })
    this.network = new Network(this)
    this.#jitter = this.prng('jitter')
  }

  /** Virtual monotonic time, from 0. */
  get nowMs(): number {
    return this.#nowMs
  }

  get machines(): readonly Machine[] {
    return [...this.#machines.values()]
  }

  /** A stream of chance of its own: what one part draws does not shift the draws of the others. */
  prng(stream: string): Prng {
    return seededPrng(this.seed, stream)
  }

  /** A little less than `rangeMs`, from 0: no two things take exactly as long. */
  jitterMs(rangeMs: number): number {
    return randomUnit(this.#jitter) * rangeMs
  }

  /** 1, 2, 3... */
  nextId(): number {
    return ++this.#sequence
  }

  /** The machine of this name, made on first use. Its address is `10.0.0.<n>`, and its name is one too. */
  machine(name: string, options: MachineOptions = {}): Machine {
    let machine = this.#machines.get(name)
    if (machine === undefined) {
      machine = new Machine(this, name, `10.0.0.${this.#machines.size + 1}`, options)
      this.#machines.set(name, machine)
    }
    return machine
  }

  /** Has `run` called when `delayMs` have passed, in the name of `owner`: never, if that has died by then; later, if it is stopped. */
  schedule(delayMs: number, owner: Process | undefined, label: string, run: () => void): WorldEvent {
    const event = new PlannedEvent({ atMs: this.#nowMs + delayMs, sequence: this.nextId(), owner, label, run })
    // For ever is never.
    if (event.atMs < Number.POSITIVE_INFINITY) this.#queue.push(event)
    return event
  }

  /** `check` throws when what must always hold does not. It runs after each step, so it should be cheap. */
  always(name: string, check: () => void): void {
    this.#invariants.push({ name, check })
  }

  /** Ends the run as a failure, after the step under way. The first failure counts. */
  fail(message: string, cause?: unknown): void {
    if (this.#failure !== undefined) return
    const text = cause instanceof Error ? `${message}: ${cause.message}` : message
    this.trace.tell(this.#nowMs, `FAILURE ${text}`)
    this.#failure = new SimFailure(text, { seed: this.seed, story: this.trace.story, cause })
  }

  /** Lets `forMs` of virtual time pass. Throws a `SimFailure`. */
  async run({ forMs }: { forMs: number }): Promise<void> {
    await this.#runUntil(this.#nowMs + forMs, () => false)
  }

  /** Lets time pass until the condition holds, which is looked at after each step; not within `withinMs` is a failure. */
  async runUntil(what: string, condition: () => boolean, { withinMs }: { withinMs: number }): Promise<void> {
    await this.#runUntil(this.#nowMs + withinMs, condition)
    if (condition()) return
    this.fail(`not within ${withinMs} ms: ${what}`)
    this.#throwFailure()
  }

  /** Runs `body` to its end, as a process on a machine of its own: for tests that want handles and promises. */
  async within(body: (host: Host) => Promise<void>, { withinMs = 3_600_000 } = {}): Promise<void> {
    let done = false
    this.machine('test').spawn('test', async host => {
      await body(host)
      done = true
    })
    await this.runUntil('the test ends', () => done, { withinMs })
  }

  async #runUntil(endMs: number, condition: () => boolean): Promise<void> {
    await withRejections(
      error => {
        if (!this.#isOfDeath(error)) this.fail('a promise was rejected and nobody listened', error)
      },
      async () => {
        while (this.#failure === undefined && !condition()) {
          const event = this.#queue.peek()
          if (event === undefined || event.atMs > endMs) {
            this.#nowMs = endMs
            break
          }
          this.#queue.pop()
          await this.#step(event)
        }
      },
    )
    this.#throwFailure()
  }

  async #step(event: WorldEvent): Promise<void> {
    const { owner } = event
    this.#turnOf = owner
    if (owner !== undefined) {
      if (!owner.alive) return
      if (owner.stalledUntilMs > event.atMs) {
        // Same sequence: what waited keeps its order.
        event.atMs = owner.stalledUntilMs
        this.#queue.push(event)
        return
      }
    }
    this.#stepsOfMoment = event.atMs > this.#nowMs ? 0 : this.#stepsOfMoment + 1
    if (this.#stepsOfMoment > stepsOfMomentMax)
      this.fail(`time stands still: ${owner?.name ?? 'the world'} goes on with ${event.label}`)
    this.#nowMs = Math.max(this.#nowMs, event.atMs)
    this.counts.steps++
    this.trace.note(this.#nowMs, owner === undefined ? event.label : `${owner.name}: ${event.label}`)
    try {
      event.run()
    } catch (error) {
      // What reaches the top of a turn ends a real process too; here it is a finding.
      if (!this.#isOfDeath(error)) this.fail(`${owner?.name ?? 'the world'}: ${event.label} threw`, error)
    }
    await turn()
    if (owner !== undefined && owner.aheadMs > 0) {
      owner.stalledUntilMs = Math.max(owner.stalledUntilMs, this.#nowMs + owner.aheadMs)
      owner.aheadMs = 0
    }
    for (const { name, check } of this.#invariants) {
      try {
        check()
      } catch (error) {
        this.fail(name, error)
      }
    }
  }

  /** Whether an error comes from a process that died in this very turn: a call that threw, or code that stumbled over that. */
  #isOfDeath(error: unknown): boolean {
    return error instanceof ProcessDied || this.#turnOf?.alive === false
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** More steps than that without time passing are a loop that never ends. */
const stepsOfMomentMax = 20_000

/** Resolves when every microtask, and every one that follows from those, has run. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
