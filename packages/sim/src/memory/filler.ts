import { DorsaleError, randomBelow, randomUnit, sleep } from '@dorsale/base'
import { createProducer, memoryUseOf, type ProducerSettings } from '@dorsale/client'
import type { Machine } from '../world/machine.ts'
import { type Host, ProcessDied } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { MemoryWatch } from './memory-watch.ts'

export interface FillerPlan {
  readonly name: string
  readonly topic: string
  readonly everyMs: number
  readonly settings: ProducerSettings
}

/** What a producer may say of a record that it had no room or no time for. */
const refusals = new Set(['DORSALE_BUFFER_FULL', 'DORSALE_TIMEOUT', 'DORSALE_CLOSED'])

/** A producer whose application never waits: more is sent than its buffer holds, in bursts. */
export class Filler {
  readonly plan: FillerPlan
  stopped = false
  isDone = false
  /** Records that were delivered, and those that there was no room for. */
  readonly counts = { delivered: 0, refused: 0 }
  readonly #world: World
  readonly #machine: Machine
  readonly #watch: MemoryWatch

  constructor(world: World, machine: Machine, plan: FillerPlan, watch: MemoryWatch) {
    this.plan = plan
    this.#world = world
    this.#machine = machine
    this.#watch = watch
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs, settings } = this.plan
    const producer = createProducer({ world: host, settings, onDeliveryError: error => this.#refused(error) })
    this.#watch.watch(this.#machine, name, () => memoryUseOf(producer))
    while (!this.stopped) {
      const count = randomBelow(host.prng, 40)
      for (let index = 0; index < count; index++) {
        const value = Buffer.alloc(randomBelow(host.prng, 500))
        producer.send({ topic, value }).then(
          () => this.counts.delivered++,
          error => this.#refused(error),
        )
      }
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
    }
    await producer.close()
    this.isDone = true
  }

  #refused(error: unknown): void {
    this.counts.refused++
    const isExpected = error instanceof DorsaleError && refusals.has(error.code)
    if (!isExpected && !(error instanceof ProcessDied))
      this.#world.fail(`${this.plan.name}: a record was refused`, error)
  }
}
