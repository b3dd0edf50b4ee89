import { randomBelow, sleep } from '@dorsale/base'
import { type Consumer, type ConsumerSettings, createConsumer, type RecordChunk } from '@dorsale/client'
import type { HistoryEvent } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'

export interface ClientConsumerPlan {
  name: string
  topic: string
  /** Now and then pauses and resumes a partition, or goes back to an earlier offset. */
  moves: boolean
  settings: ConsumerSettings
}

/** `@dorsale/client`'s consumer with every partition assigned: it sees each record in order, and gets to the end by itself whatever happened. */
export class ClientConsumer {
  readonly plan: ClientConsumerPlan
  /** Next offset by partition. */
  positions: number[] = []
  /** No moves any more, so that it comes to the end: with small fetches it would go back again and again. */
  isSettling = false
  readonly #world: World
  readonly #history: HistoryEvent[]

  constructor(world: World, plan: ClientConsumerPlan, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#history = history
  }

  /** One life of it: from the beginning. */
  async run(host: Host): Promise<void> {
    const { topic } = this.plan
    this.positions = []
    this.#history.push({ kind: 'seek', process: this.plan.name })
    const consumer = createConsumer({ world: host, settings: this.plan.settings })
    consumer.assign(await this.#partitions(host, consumer))
    for await (const chunk of consumer.chunks()) {
      this.#take(chunk)
      if (this.plan.moves && !this.isSettling && randomBelow(host.prng, 10) === 0) this.#move(host, consumer, chunk)
      if (randomBelow(host.prng, 20) === 0) await sleep(host.clock, randomBelow(host.prng, 300))
    }
    this.#world.fail(`${this.plan.name}: the loop over ${topic} ended, and nobody closed it`)
  }

  /** Until the broker answers: it may be away for longer than a call waits. */
  async #partitions(host: Host, consumer: Consumer) {
    for (;;) {
      const found = await consumer.partitionsFor(this.plan.topic).catch(() => [])
      if (found.length > 0) return found
      await sleep(host.clock, 100)
    }
  }

  #take(chunk: RecordChunk): void {
    const { topic, partition } = chunk
    const name = `${topic}-${partition}`
    const reads = [...chunk].map(({ offset, value }) => {
      const [text = ''] = Buffer.from(value ?? [])
        .toString()
        .split(' ')
      return { partition: name, offset, value: text }
    })
    this.positions[partition] = chunk.nextOffset
    if (reads.length > 0) this.#history.push({ kind: 'poll', process: this.plan.name, reads })
    this.#world.trace.note(
      this.#world.nowMs,
      `${this.plan.name} takes ${reads.length} of ${name} to ${chunk.nextOffset}`,
    )
  }

  #move(host: Host, consumer: Consumer, { topic, partition, nextOffset }: RecordChunk): void {
    if (randomBelow(host.prng, 2) === 0) {
      consumer.pause([{ topic, partition }])
      host.clock.setTimer(randomBelow(host.prng, 500), () => consumer.resume([{ topic, partition }]))
      return
    }
    const offset = randomBelow(host.prng, nextOffset + 1)
    consumer.seek({ topic, partition, offset })
    this.#history.push({ kind: 'seek', process: this.plan.name })
  }
}
