import {
  type Clock,
  type Disk,
  DorsaleError,
  type LogFields,
  type Logger,
  type Net,
  type Offload,
  type Prng,
  randomBelow,
} from '@dorsale/base'
import type { Machine } from './machine.ts'

/** What a simulated process is given: the world, and nothing else. */
export interface Host {
  clock: Clock
  prng: Prng
  disk: Disk
  net: Net
  offload: Offload
  logger: Logger
  /** Calls back at SIGTERM; without it that kills. The process ends when it calls `exit`. */
  onTerminate(callback: () => void): void
  /** Ends the process from inside, as `process.exit` does: nothing after it runs. */
  exit(code: number): never
}

/** Virtual time began on this day: late enough for every check of plausible timestamps. */
const epochMs = Date.UTC(2026, 0, 1)

/** How a process ended. */
export interface ProcessEnd {
  /** Undefined when it was killed. */
  code: number | undefined
  reason: string
}

/**
 * A handle of a dead process was used. Thrown only in the turn in which the process dies (no event reaches it afterwards), to cut short
 * whatever was running.
 */
export class ProcessDied extends DorsaleError {
  override readonly name = 'ProcessDied'

  constructor(process: string) {
    super('DORSALE_SIM_DIED', `process ${process} is dead`)
  }
}

/**
 * A process of the simulated world. Every call it makes to the world passes through `operation`, so it can be killed between any two of
 * them, or in the middle of one; after that its handles throw, its promises never settle and its callbacks are never
 * called: what it had in memory is gone.
 */
export class Process {
  readonly name: string
  readonly machine: Machine
  end: ProcessEnd | undefined
  /** Calls made so far; a seed's way to point into the middle of a turn. */
  operationCount = 0
  openFileCount = 0
  /** Timers set and neither fired nor cancelled: what only grows is a leak. */
  timerCount = 0
  /** Virtual time until which it gets no events: it is stopped, or a blocking call still runs. */
  stalledUntilMs = 0
  /** How far blocking calls of the turn under way have moved its clock beyond the world's. */
  aheadMs = 0
  #operationsUntilKill = Number.POSITIVE_INFINITY
  #powerLoss = false
  #onTerminate: (() => void) | undefined
  readonly #onEnd: (() => void)[] = []

  constructor(name: string, machine: Machine) {
    this.name = name
    this.machine = machine
  }

  get alive(): boolean {
    return this.end === undefined
  }

  /** Called when the process dies, in the order of the calls: the kernel's clearing up. */
  onEnd(callback: () => void): void {
    this.#onEnd.push(callback)
  }

  /** SIGKILL. */
  kill(reason = 'killed'): void {
    if (this.alive) this.machine.world.counts.kills++
    this.finish({ code: undefined, reason })
  }

  /** SIGTERM. */
  terminate(): void {
    const { world } = this.machine
    world.trace.tell(world.nowMs, `${this.name} is asked to stop`)
    const callback = this.#onTerminate
    if (callback === undefined) this.kill('terminated')
    else world.schedule(0, this, 'terminate', callback)
  }

  onTerminate(callback: () => void): void {
    this.#onTerminate = callback
  }

  /** SIGKILL, or the end of its machine, at its `count`-th call to the world from now: before it, in the middle, or after it. */
  killAfter(count: number, { powerLoss = false }: { powerLoss?: boolean } = {}): void {
    this.#operationsUntilKill = count
    this.#powerLoss = powerLoss
  }

  /** Calls off `killAfter`. */
  spare(): void {
    this.#operationsUntilKill = Number.POSITIVE_INFINITY
  }

  /** SIGSTOP, and SIGCONT after `durationMs`. */
  pause(durationMs: number): void {
    const world = this.machine.world
    this.stalledUntilMs = Math.max(this.stalledUntilMs, world.nowMs + durationMs)
    world.trace.tell(world.nowMs, `${this.name} is stopped for ${durationMs} ms`)
  }

  finish(end: ProcessEnd): void {
    if (this.end !== undefined) return
    this.end = end
    this.machine.endCount++
    if (end.code !== undefined) this.machine.exitCount++
    const world = this.machine.world
    world.trace.tell(world.nowMs, `${this.name} ends: ${end.reason}`)
    for (const callback of this.#onEnd.splice(0)) callback()
  }

  /**
   * Runs one call to the world. `effect` is told when the process is to die in its middle, and may then do a part of what
   * it was asked.
   */
  operation<T>(effect: (dying: boolean) => T): T {
    if (this.end !== undefined) throw new ProcessDied(this.name)
    this.operationCount++
    this.#operationsUntilKill--
    if (this.#operationsUntilKill > 0) return effect(false)
    this.#operationsUntilKill = Number.POSITIVE_INFINITY
    const fate = randomBelow(this.machine.prng, 3)
    if (fate > 0) {
      try {
        effect(fate === 1)
      } catch {
        // The call failed, and nobody is left to hear of it.
      }
    }
    this.kill(`killed ${['before', 'in the middle of', 'after'][fate]} a call`)
    if (this.#powerLoss) this.machine.crash()
    throw new ProcessDied(this.name)
  }

  /** Its wall clock. */
  get wallMs(): number {
    return Math.floor(epochMs + this.machine.wallOffsetMs + this.monotonicMs)
  }

  /** Its monotonic clock. */
  get monotonicMs(): number {
    return this.machine.world.nowMs + this.aheadMs
  }

  /** A blocking call takes time: this process sees it pass at once, the others go on meanwhile. */
  block(durationMs: number): void {
    this.aheadMs += durationMs
  }
}

/**
 * A logger that tells the story. Real processes log the bugs that they survive (a request, a periodic task that threw); here a warning or an
 * error that carries anything but an operating error fails the run.
 */
export function simLogger(process: Process, fields: LogFields = {}): Logger {
  const write = (level: string) => (message: string, more?: LogFields) => {
    if (!process.alive) return
    const world = process.machine.world
    const all = { ...fields, ...more }
    const line = `${process.name} ${level} ${message}${textOf(all)}`
    if (level === 'debug') world.trace.note(world.nowMs, line)
    else world.trace.tell(world.nowMs, line)
    if (level !== 'warn' && level !== 'error') return
    const bug = Object.values(all).find(value => value instanceof Error && !(value instanceof DorsaleError))
    if (bug !== undefined) world.fail(`${process.name} logged a bug: ${message}`, bug)
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: more => simLogger(process, { ...fields, ...more }),
  }
}

function textOf(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${value instanceof Error ? value.message : String(value)}`)
    .join('')
}
