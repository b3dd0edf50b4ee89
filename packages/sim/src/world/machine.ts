import { type Prng, randomBelow, randomUnit } from '@dorsale/base'
import { type Host, Process, ProcessDied, simLogger } from './process.ts'
import { simClock } from './sim-clock.ts'
import { type DiskFaults, noDiskFaults, simDisk } from './sim-disk.ts'
import { simOffload } from './sim-offload.ts'
import { Volume } from './volume.ts'
import type { World } from './world.ts'

export interface MachineOptions {
  /** Size of its one volume. Default 1 GB. */
  diskBytes?: number
  /** The volume it has, with what is on it. Default: an empty one. */
  volume?: Volume
}

/** A computer of the simulated world: an address, a clock, a disk, and processes. */
export class Machine {
  readonly world: World
  readonly name: string
  readonly address: string
  readonly volume: Volume
  readonly prng: Prng
  readonly processes = new Set<Process>()
  diskFaults: DiskFaults = { ...noDiskFaults }
  /** Directories below which nothing can be read or written: one disk of several has failed. */
  readonly failedPaths = new Set<string>()
  /** Processes that ended by themselves, in good order or not: only what was killed had no last word. */
  exitCount = 0
  /** Processes that ended, however. */
  endCount = 0
  /** Told of each renaming, after it: for invariants over what a process does to its files. */
  onRename: ((process: Process, from: string, to: string) => void) | undefined
  /** How far its wall clock is from the world's. */
  wallOffsetMs = 0
  /** Counts starts: what was begun before a crash is recognised after it. */
  bootCount = 1
  /** Paths whose advisory lock is held, by which process. */
  readonly locks = new Map<string, Process>()

  constructor(world: World, name: string, address: string, options: MachineOptions) {
    this.world = world
    this.name = name
    this.address = address
    this.volume = options.volume ?? new Volume({ totalBytes: options.diskBytes ?? 1e9 })
    this.prng = world.prng(`machine ${name}`)
  }

  /** Starts a process, in a later turn. It lives until it is killed or exits, also when `main` has returned. */
  spawn(name: string, main: (host: Host) => Promise<void> | void): Process {
    const process = new Process(name, this)
    this.processes.add(process)
    process.onEnd(() => {
      this.processes.delete(process)
      for (const [path, holder] of this.locks) if (holder === process) this.locks.delete(path)
    })
    const host = this.#hostFor(process)
    this.world.trace.tell(this.world.nowMs, `${name} starts on ${this.name}`)
    this.world.schedule(0, process, `${name} main`, () => {
      const fail = (error: unknown): void => {
        if (process.alive && !(error instanceof ProcessDied)) this.world.fail(`${name}: main failed`, error)
      }
      try {
        Promise.resolve(main(host)).catch(fail)
      } catch (error) {
        fail(error)
      }
    })
    return process
  }

  /**
   * Starts a process, and starts it again some time after each death, as a supervisor would, until the world ends or `stop` is called
   * on the answer.
   */
  keepRunning(
    name: string,
    main: (host: Host) => Promise<void> | void,
    { restartAfterMs = 100 } = {},
  ): { stop(): void } {
    let stopped = false
    const start = (): void => {
      if (stopped) return
      this.spawn(name, main).onEnd(() => {
        this.world.schedule(restartAfterMs * (0.1 + randomUnit(this.prng)), undefined, `restart ${name}`, start)
      })
    }
    start()
    return {
      stop() {
        stopped = true
      },
    }
  }

  /**
   * The power fails and comes back: every process dies at once without a word to its peers, and the page cache is gone. New processes may be
   * started right away.
   */
  crash(): void {
    this.world.counts.machineCrashes++
    this.world.trace.tell(this.world.nowMs, `${this.name} loses power`)
    this.bootCount++
    for (const process of [...this.processes]) process.kill('its machine lost power')
    this.volume.crash(this.prng)
  }

  /** The wall clock jumps; monotonic time does not notice. */
  jumpClock(byMs: number): void {
    this.world.trace.tell(this.world.nowMs, `the wall clock of ${this.name} jumps by ${byMs} ms`)
    this.wallOffsetMs += byMs
  }

  /** A bit flips in one of the files whose path matches; with `newest`, in one of those that are the last of their directory by name. */
  rotBit(pattern: RegExp, { newest = false } = {}): void {
    const matching = [...this.volume.files()].filter(([path, file]) => pattern.test(path) && file.size > 0)
    const files = newest ? lastOfEachDirectory(matching) : matching
    const found = files[randomBelow(this.prng, Math.max(files.length, 1))]
    const where = found?.[1].rot(this.prng)
    if (found !== undefined && where !== undefined) {
      this.world.trace.tell(this.world.nowMs, `a bit rots in ${found[0]} at ${where.position}`)
    }
  }

  #hostFor(process: Process): Host {
    return {
      clock: simClock(process),
      // A process draws from a stream of its own, so that one more draw in it shifts nobody else's.
      prng: this.world.prng(`process ${process.name} ${this.world.nextId()}`),
      disk: simDisk(process),
      net: this.world.network.netFor(process),
      offload: simOffload(process),
      logger: simLogger(process),
      onTerminate: callback => process.onTerminate(callback),
      exit: code => {
        process.finish({ code, reason: `exit ${code}` })
        throw new ProcessDied(process.name)
      },
    }
  }
}

function lastOfEachDirectory<T>(files: readonly (readonly [path: string, file: T])[]): (readonly [string, T])[] {
  const last = new Map<string, readonly [string, T]>()
  for (const each of files.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    last.set(each[0].slice(0, each[0].lastIndexOf('/')), each)
  return [...last.values()]
}
