import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'

/** The log files of closed segments stay open, in a pool of hundreds: a storm leaves a few dozen of them. */
const openFilesMax = 80
const timersMax = 60

/** No process of a machine ever has many files open or timers set: what only grows is a leak. */
export function expectFewHandles(world: World, machine: Machine): void {
  world.always(`few descriptors and timers on ${machine.name}`, () => {
    for (const { name, openFileCount, timerCount } of machine.processes) {
      if (openFileCount > openFilesMax) throw new Error(`${name} has ${openFileCount} files open`)
      if (timerCount > timersMax) throw new Error(`${name} has ${timerCount} timers set`)
    }
  })
}
