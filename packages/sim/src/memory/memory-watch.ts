import type { MemoryUse } from '@dorsale/base'
import type { Broker } from '@dorsale/broker'
import type { Machine } from '../world/machine.ts'
import type { Process } from '../world/process.ts'
import type { World } from '../world/world.ts'

interface Watched {
  readonly process: Process
  use(): readonly MemoryUse[]
}

/** After each step, everything that processes keep for others is within its bound (ADR 0012). */
export class MemoryWatch {
  readonly #world: World
  #watched: Watched[] = []
  readonly #peaks: Map<string, number>

  /** `peaks` is told the most that each thing was, for those who ask whether a workload comes near the bounds. */
  constructor(world: World, peaks = new Map<string, number>()) {
    this.#world = world
    this.#peaks = peaks
    world.always('memory is bounded', () => this.#check())
  }

  /** Watches over the process of this name that lives on the machine now, until it ends. */
  watch(machine: Machine, name: string, use: () => readonly MemoryUse[]): void {
    for (const process of machine.processes) if (process.name === name) this.#watched.push({ process, use })
  }

  /** For `runBroker`: watches over each broker of a machine. */
  ofBroker(machine: Machine): { onStarted(broker: Pick<Broker, 'memoryUse'>): void } {
    return { onStarted: broker => this.watch(machine, 'broker', () => broker.memoryUse()) }
  }

  /** Fails when processes of the machine still keep something for those who have gone. */
  expectNothingLeft(machine: Machine): void {
    for (const { process, use } of this.#watched) {
      if (!process.alive || process.machine !== machine) continue
      for (const { what, used, leftMax = 0 } of use()) {
        if (used > leftMax) this.#world.fail(`${process.name}: everybody has gone, and left ${used} ${what}`)
      }
    }
  }

  #check(): void {
    if (this.#watched.some(({ process }) => !process.alive)) {
      this.#watched = this.#watched.filter(({ process }) => process.alive)
    }
    for (const { process, use } of this.#watched) {
      for (const { what, used, bound } of use()) {
        if (used > (this.#peaks.get(what) ?? 0)) this.#peaks.set(what, used)
        if (used > bound) throw new Error(`${process.name}: ${used} ${what}, and the bound is ${bound}`)
      }
    }
  }
}
