import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'

const timersMax = 60

/**
 * No process of a machine ever has many files open or timers set: what only grows is a leak. The log files of closed segments stay open, in a pool of
 * hundreds: a storm leaves a few dozen of them.
 */
export function expectFewHandles(world: World, machine: Machine, { openFilesMax = 200 } = {}): void {
  world.always(`few descriptors and timers on ${machine.name}`, () => {
    for (const { name, openFileCount, timerCount } of machine.processes) {
      if (openFileCount > openFilesMax) throw new Error(`${name} has ${openFileCount} files open`)
      if (timerCount > timersMax) throw new Error(`${name} has ${timerCount} timers set`)
    }
  })
}
