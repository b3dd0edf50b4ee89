import { DorsaleError, randomUnit, sleep } from '@dorsale/base'
import { type ConsumerSettings, createConsumer, memoryUseOf } from '@dorsale/client'
import type { Machine } from '../world/machine.ts'
import type { Host } from '../world/process.ts'
import type { MemoryWatch } from './memory-watch.ts'

export interface SlowReaderPlan {
  readonly name: string
  readonly topic: string
  /** Mean time that a chunk takes. */
  readonly handlesMs: number
  readonly settings: ConsumerSettings
}

/** The member of a group that handles what it reads more slowly than it comes. */
export class SlowReader {
  readonly plan: SlowReaderPlan
  stopped = false
  isDone = false
  readonly #machine: Machine
  readonly #watch: MemoryWatch

  constructor(machine: Machine, plan: SlowReaderPlan, watch: MemoryWatch) {
    this.plan = plan
    this.#machine = machine
    this.#watch = watch
  }

  async run(host: Host): Promise<void> {
    const { name, topic, handlesMs, settings } = this.plan
    const consumer = createConsumer({ world: host, settings })
    this.#watch.watch(this.#machine, name, () => memoryUseOf(consumer))
    consumer.subscribe([topic])
    let closing: Promise<void> | undefined
    const look = (): void => {
      if (this.stopped) closing = consumer.close()
      else host.clock.setTimer(stopCheckMs, look)
    }
    look()
    while (!(await this.#reads(host, consumer.chunks(), handlesMs)));
    await closing
    this.isDone = true
  }

  /** False: a call of the client was out of time, as `default.api.timeout.ms` here soon is, and may be made again. */
  async #reads(host: Host, chunks: AsyncIterable<unknown>, handlesMs: number): Promise<boolean> {
    try {
      for await (const _ of chunks) await sleep(host.clock, randomUnit(host.prng) * 2 * handlesMs)
      return true
    } catch (error) {
      if (error instanceof DorsaleError && error.code === 'DORSALE_TIMEOUT') return false
      throw error
    }
  }
}

/** How soon it notices that it is to stop, also when nothing comes. */
const stopCheckMs = 100
