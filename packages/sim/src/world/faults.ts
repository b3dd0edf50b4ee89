import { type Prng, randomBelow, randomUnit } from '@dorsale/base'
import type { Machine } from './machine.ts'
import { type DiskFaults, noDiskFaults } from './sim-disk.ts'
import type { World } from './world.ts'

/**
 * One thing that goes wrong, as data: a list of them is made from a seed, carried out by the world, told in words, and made
 * shorter by the shrinker. Names that mean nothing any more when the moment comes (a process between two lives) do nothing.
 */
export type Fault = { atMs: number } & FaultAction

type FaultAction =
  | { kind: 'kill'; process: string }
  | { kind: 'terminate'; process: string }
  /** Killed at a call to the world, `calls` of them from then on: in the middle of a turn. */
  | { kind: 'kill-at-call'; process: string; calls: number }
  | { kind: 'power-loss'; machine: string }
  /** The power fails at such a call of the process. */
  | { kind: 'power-loss-at-call'; process: string; calls: number }
  | { kind: 'stop'; process: string; forMs: number }
  | { kind: 'clock-jump'; machine: string; byMs: number }
  | { kind: 'partition'; a: string; b: string; oneWay: boolean; forMs: number }
  /** `pick` chooses among the connections that are open then. */
  | { kind: 'cut'; pick: number }
  | { kind: 'silence'; pick: number }
  | { kind: 'disk'; machine: string; faults: Partial<DiskFaults>; forMs: number }
  /** Everything below `path` fails, as a disk of its own does that is mounted there. */
  | { kind: 'directory-fails'; machine: string; path: string; forMs: number }
  | { kind: 'full-disk'; machine: string; freeBytes: number; forMs: number }
  /** The kernel writes some of the page cache back. */
  | { kind: 'write-back'; machine: string }
  | { kind: 'bit-rot'; machine: string; path: string }
  /** A bit rots between the next end of the process and its next start, in a file that is the newest of its directory: one that a start reads. */
  | { kind: 'rot-at-rest'; process: string; machine: string; path: string }

export type FaultKind = Fault['kind']

export const faultKinds: readonly FaultKind[] = [
  'kill',
  'terminate',
  'kill-at-call',
  'power-loss',
  'power-loss-at-call',
  'stop',
  'clock-jump',
  'partition',
  'cut',
  'silence',
  'disk',
  'directory-fails',
  'full-disk',
  'write-back',
  'bit-rot',
  'rot-at-rest',
]

/** What may go wrong in a run, and where. */
export interface FaultScope {
  durationMs: number
  /** Only these kinds. A durability that does not promise something leaves out what breaks it. */
  kinds: readonly FaultKind[]
  processes: readonly string[]
  machines: readonly string[]
  /** Machines between which the network may part. Default: all of `machines`. */
  network?: readonly string[]
  /** Which disk faults a `disk` fault may switch on. */
  diskFaults?: readonly (keyof DiskFaults)[]
  /** For `directory-fails`: paths of directories. */
  directories?: readonly string[]
  /** For rot: a pattern of paths. */
  rotPath?: string
  /** The most faults of one run. Default 12. */
  countMax?: number
}

/**
 * Faults for one run. Swarm testing: each run switches on some of the kinds, from one to all, since faults that come all together hide
 * the histories in which only a few of them come often.
 */
export function planFaults(prng: Prng, scope: FaultScope): Fault[] {
  const kinds = some(prng, scope.kinds)
  const diskFaults = some<keyof DiskFaults>(prng, scope.diskFaults ?? ['slow'])
  const count = randomBelow(prng, (scope.countMax ?? 12) + 1)
  const faults = Array.from({ length: count }, () => {
    const atMs = Math.floor(randomUnit(prng) * scope.durationMs)
    return { atMs, ...planAction(prng, pick(prng, kinds), { ...scope, diskFaults }) }
  })
  return faults.sort((a, b) => a.atMs - b.atMs)
}

/** At least one of the items; each number of them about as likely as any other. */
function some<T>(prng: Prng, items: readonly T[]): T[] {
  const share = randomUnit(prng)
  const chosen = items.filter(() => randomUnit(prng) < share)
  return chosen.length > 0 ? chosen : [pick(prng, items)]
}

function planAction(
  prng: Prng,
  kind: FaultKind,
  scope: FaultScope & { diskFaults: readonly (keyof DiskFaults)[] },
): FaultAction {
  const machine = pick(prng, scope.machines)
  const process = pick(prng, scope.processes)
  // Short troubles and long ones, evenly on a logarithmic scale from 1 ms to a quarter of the run.
  const forMs = Math.round((scope.durationMs / 4) ** randomUnit(prng))
  switch (kind) {
    case 'kill':
    case 'terminate':
      return { kind, process }
    case 'kill-at-call':
    case 'power-loss-at-call':
      return { kind, process, calls: 1 + Math.floor(300 ** randomUnit(prng)) }
    case 'power-loss':
    case 'write-back':
      return { kind, machine }
    case 'stop':
      return { kind, process, forMs }
    case 'clock-jump':
      return { kind, machine, byMs: (randomBelow(prng, 2) === 0 ? -1 : 1) * randomBelow(prng, 100_000_000) }
    case 'partition': {
      const network = scope.network ?? scope.machines
      return { kind, a: pick(prng, network), b: pick(prng, network), oneWay: randomBelow(prng, 3) === 0, forMs }
    }
    case 'cut':
    case 'silence':
      return { kind, pick: randomBelow(prng, 1000) }
    case 'disk': {
      const fault = pick(prng, scope.diskFaults)
      // A fault now and then, or nearly always.
      const probability = 0.01 ** randomUnit(prng)
      return {
        kind,
        machine,
        faults: fault === 'slow' ? { slow: probability, slowMs: 500 } : { [fault]: probability },
        forMs,
      }
    }
    case 'directory-fails':
      return { kind, machine, path: pick(prng, scope.directories ?? ['/']), forMs }
    case 'full-disk':
      return { kind, machine, freeBytes: randomBelow(prng, 2) * randomBelow(prng, 20_000), forMs }
    case 'bit-rot':
      return { kind, machine, path: scope.rotPath ?? '.' }
    case 'rot-at-rest':
      return { kind, process, machine, path: scope.rotPath ?? '.' }
  }
}

/** Has the world do all this when the time comes. */
export function applyFaults(world: World, faults: readonly Fault[]): void {
  for (const fault of faults) {
    world.schedule(fault.atMs - world.nowMs, undefined, describeFault(fault), () => applyFault(world, fault))
  }
}

/** Ends every lasting trouble, and calls off what has not come, for the part of a run that must come to its end. */
export function healAll(world: World): void {
  world.network.heal()
  for (const machine of world.machines) {
    machine.diskFaults = { ...noDiskFaults }
    machine.failedPaths.clear()
    machine.volume.reservedBytes = 0
    for (const process of machine.processes) process.spare()
  }
}

function applyFault(world: World, fault: Fault): void {
  switch (fault.kind) {
    case 'kill':
      processNamed(world, fault.process)?.kill()
      return
    case 'terminate':
      processNamed(world, fault.process)?.terminate()
      return
    case 'kill-at-call':
      processNamed(world, fault.process)?.killAfter(fault.calls)
      return
    case 'power-loss-at-call':
      processNamed(world, fault.process)?.killAfter(fault.calls, { powerLoss: true })
      return
    case 'power-loss':
      world.machine(fault.machine).crash()
      return
    case 'stop':
      processNamed(world, fault.process)?.pause(fault.forMs)
      return
    case 'clock-jump':
      world.machine(fault.machine).jumpClock(fault.byMs)
      return
    case 'partition':
      // Between a machine and itself there is no network.
      if (fault.a === fault.b) return
      world.network.partition(world.machine(fault.a), world.machine(fault.b), fault)
      world.schedule(fault.forMs, undefined, 'heal', () => world.network.heal())
      return
    case 'cut':
    case 'silence': {
      const { connections } = world.network
      const connection = connections[fault.pick % Math.max(connections.length, 1)]
      if (connection === undefined) return
      if (fault.kind === 'cut') world.network.cut(connection)
      else connection.silence()
      return
    }
    case 'disk': {
      const machine = world.machine(fault.machine)
      machine.diskFaults = { ...machine.diskFaults, ...fault.faults }
      world.schedule(fault.forMs, undefined, 'disk well again', () => {
        machine.diskFaults = { ...noDiskFaults }
      })
      return
    }
    case 'directory-fails': {
      const { failedPaths } = world.machine(fault.machine)
      failedPaths.add(fault.path)
      world.trace.tell(world.nowMs, `${fault.path} of ${fault.machine} fails`)
      world.schedule(fault.forMs, undefined, 'directory well again', () => failedPaths.delete(fault.path))
      return
    }
    case 'full-disk': {
      const { volume } = world.machine(fault.machine)
      volume.reservedBytes = volume.totalBytes - volume.usedBytes() - fault.freeBytes
      world.schedule(fault.forMs, undefined, 'room again', () => {
        volume.reservedBytes = 0
      })
      return
    }
    case 'write-back': {
      const machine: Machine = world.machine(fault.machine)
      machine.volume.writeBack(machine.prng)
      return
    }
    case 'bit-rot':
      world.machine(fault.machine).rotBit(new RegExp(fault.path))
      return
    case 'rot-at-rest': {
      const rot = (): void => world.machine(fault.machine).rotBit(new RegExp(fault.path), { newest: true })
      const process = processNamed(world, fault.process)
      if (process === undefined) rot()
      else process.onEnd(rot)
      return
    }
  }
}

function processNamed(world: World, name: string) {
  for (const machine of world.machines)
    for (const process of machine.processes) if (process.name === name) return process
  return undefined
}

/** A fault in words. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.process}`
    case 'terminate':
      return `ask ${fault.process} to stop`
    case 'kill-at-call':
      return `kill ${fault.process} at its call number ${fault.calls} from now`
    case 'power-loss':
      return `${fault.machine} loses power`
    case 'power-loss-at-call':
      return `the power fails at call number ${fault.calls} from now of ${fault.process}`
    case 'stop':
      return `stop ${fault.process} for ${fault.forMs} ms`
    case 'clock-jump':
      return `the clock of ${fault.machine} jumps by ${fault.byMs} ms`
    case 'partition':
      return `part ${fault.a} ${fault.oneWay ? 'to' : 'and'} ${fault.b} for ${fault.forMs} ms`
    case 'cut':
      return `cut connection ${fault.pick}`
    case 'silence':
      return `connection ${fault.pick} goes silent`
    case 'disk':
      return `the disk of ${fault.machine} has ${JSON.stringify(fault.faults)} for ${fault.forMs} ms`
    case 'directory-fails':
      return `${fault.path} of ${fault.machine} fails for ${fault.forMs} ms`
    case 'full-disk':
      return `the disk of ${fault.machine} has ${fault.freeBytes} bytes left for ${fault.forMs} ms`
    case 'write-back':
      return `the kernel of ${fault.machine} writes back`
    case 'bit-rot':
      return `a bit of ${fault.machine} rots in ${fault.path}`
    case 'rot-at-rest':
      return `a bit of ${fault.machine} rots in the newest of ${fault.path} when ${fault.process} has ended`
  }
}

function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[randomBelow(prng, items.length)] as T
}
