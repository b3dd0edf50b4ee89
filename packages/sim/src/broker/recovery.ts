import type { BrokerConfig } from '@dorsale/broker'
import type { Machine } from '../world/machine.ts'
import type { Volume } from '../world/volume.ts'
import { World } from '../world/world.ts'
import { runBroker } from './broker-main.ts'
import { brokerMachine } from './driver.ts'

/**
 * Recovery is a function of the volume alone: two starts on copies of it, which differ in chance and in how long everything takes, must leave the same
 * logs, to the byte; and a start on what another start has recovered changes nothing of them. Then both stop in good order, and whatever they
 * leave beside the logs (indexes, snapshots of producers, leader epochs) must agree too.
 *
 * The metadata log is left out: each start writes to it who leads, and when.
 */
export async function expectSameRecovery(world: World, machine: Machine, config: BrokerConfig): Promise<void> {
  const first = new Recovery(machine, config, world.seed * 2 + 1)
  const second = new Recovery(machine, config, world.seed * 2 + 2)
  await first.start()
  await second.start()
  expectEqual(world, 'recovered twice', first.files(logFile), second.files(logFile))
  const recovered = first.files(logFile)
  for (const recovery of [first, second]) {
    recovery.kill()
    await recovery.start()
    expectEqual(world, 'recovered again after it was recovered', recovered, recovery.files(logFile))
  }
  await first.stop()
  await second.stop()
  expectEqual(world, 'recovered twice and stopped', first.files(anyFile), second.files(anyFile))
}

const logFile = /^\/data\/[^/]+\/(?!__cluster_metadata-0)[^/]+\/\d+\.log$/
/** Everything of a partition: what is about to be removed has a name by chance. */
const anyFile = /^\/data\/[^/]+\/(?!__cluster_metadata-0)[^/]+\/[^/]+(?<!\.deleted)$/
/** Directories of logs that are about to be removed. */
const removed = /-(delete|stray)\/[^/]+$/
const startMsMax = 60_000

/** A broker on a copy of a volume, in a world of its own. */
class Recovery {
  readonly #world: World
  readonly #machine: Machine
  readonly #config: BrokerConfig
  #ready = false

  constructor(original: Machine, config: BrokerConfig, seed: number) {
    this.#world = new World({ seed })
    this.#machine = this.#world.machine(brokerMachine, { volume: original.volume.copy() })
    this.#machine.wallOffsetMs = original.wallOffsetMs + original.world.nowMs
    this.#config = config
  }

  async start(): Promise<void> {
    this.#ready = false
    this.#machine.spawn('broker', async host => {
      await runBroker(host, this.#config)
      this.#ready = true
    })
    await this.#world.runUntil('it has recovered', () => this.#ready, { withinMs: startMsMax })
  }

  kill(): void {
    for (const process of this.#machine.processes) process.kill()
  }

  async stop(): Promise<void> {
    for (const process of this.#machine.processes) process.terminate()
    const stopped = (): boolean => this.#machine.processes.size === 0
    await this.#world.runUntil('it has stopped', stopped, { withinMs: startMsMax })
  }

  /** Content by path. */
  files(pattern: RegExp): Map<string, Uint8Array> {
    return contentOf(this.#machine.volume, path => pattern.test(path) && !removed.test(path))
  }
}

function contentOf(volume: Volume, wanted: (path: string) => boolean): Map<string, Uint8Array> {
  const content = new Map<string, Uint8Array>()
  for (const [path, file] of volume.files()) if (wanted(path)) content.set(path, file.content.slice())
  return content
}

function expectEqual(
  world: World,
  what: string,
  first: ReadonlyMap<string, Uint8Array>,
  second: ReadonlyMap<string, Uint8Array>,
): void {
  for (const path of new Set([...first.keys(), ...second.keys()])) {
    const [a, b] = [first.get(path), second.get(path)]
    if (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0) continue
    const sizes = `${a?.length ?? 'no'} bytes and ${b?.length ?? 'no'} bytes`
    world.fail(`recovery differs: ${what}, ${path} has ${sizes}${differenceOf(a, b)}`)
    return
  }
}

function differenceOf(a: Uint8Array | undefined, b: Uint8Array | undefined): string {
  if (a === undefined || b === undefined) return ''
  const index = a.findIndex((byte, at) => byte !== b[at])
  return index === -1 ? '' : `, which differ from ${index} on`
}
