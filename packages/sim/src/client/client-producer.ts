import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { createProducer, type Producer, type ProducerSettings } from '@dorsale/client'
import type { HistoryEvent } from '../history/history.ts'
import { type Host, ProcessDied } from '../world/process.ts'
import type { World } from '../world/world.ts'

export interface ClientProducerPlan {
  name: string
  topic: string
  records: number
  valueBytesMax: number
  /** Mean time between sends. */
  everyMs: number
  /** Each send is awaited before the next. */
  awaits: boolean
  settings: ProducerSettings
}

/** A value that was sent. */
interface Sent {
  value: string
  partition: number
  offset: number | undefined
  isDelivered: boolean
}

/**
 * `@dorsale/client`'s producer, which is to do by itself what the raw producer of the broker's scenarios does by hand: whatever happens to broker and network,
 * every record is written once, in order, and every delivery settles. It may be killed too; what was under way then has no known outcome.
 */
export class ClientProducer {
  readonly plan: ClientProducerPlan
  readonly #world: World
  readonly #history: HistoryEvent[]
  readonly #partitionCount: number
  #next = 0
  #settled = 0
  /** What the history does not have yet. Deliveries of one batch settle in any order: it hears of them in the order in which they were sent. */
  #open: Sent[] = []

  constructor(world: World, plan: ClientProducerPlan, partitionCount: number, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#partitionCount = partitionCount
    this.#history = history
  }

  get done(): boolean {
    return this.#settled === this.plan.records
  }

  /** One life of it. */
  async run(host: Host): Promise<void> {
    const producer = createProducer({ world: host, settings: this.plan.settings })
    while (this.#next < this.plan.records) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const sent = this.#send(host, producer)
      if (this.plan.awaits) await sent
    }
    await producer.close()
  }

  /** Its process died: nobody will hear of what was under way. */
  died(): void {
    for (const sent of this.#open) this.#record(sent)
    this.#open = []
  }

  async #send(host: Host, producer: Producer): Promise<void> {
    const partition = randomBelow(host.prng, this.#partitionCount)
    const sent: Sent = { value: `${this.plan.name}.${this.#next++}`, partition, offset: undefined, isDelivered: false }
    this.#open.push(sent)
    const padding = 'x'.repeat(randomBelow(host.prng, this.plan.valueBytesMax + 1))
    try {
      const { topic } = this.plan
      const { offset } = await producer.send({ topic, partition, value: `${sent.value} ${padding}` })
      sent.isDelivered = true
      sent.offset = offset >= 0 ? offset : undefined
    } catch (error) {
      if (error instanceof ProcessDied) return
      // Deliveries have more time than all the trouble of a run takes.
      this.#world.fail(`${this.plan.name}: ${sent.value} was not delivered`, error)
    }
    this.#open = this.#open.filter((each, index, all) => {
      const isHeld = !each.isDelivered || all.slice(0, index).some(other => waitsFor(each, other))
      if (!isHeld) this.#record(each)
      return isHeld
    })
  }

  #record({ value, partition, offset, isDelivered }: Sent): void {
    const outcome = isDelivered ? 'ok' : 'unknown'
    this.#settled++
    this.#history.push({
      kind: 'send',
      process: this.plan.name,
      partition: `${this.plan.topic}-${partition}`,
      value,
      outcome,
      offset,
    })
    this.#world.trace.note(this.#world.nowMs, `${outcome} ${value} at ${partition}@${offset ?? '?'}`)
  }
}

function waitsFor(sent: Sent, other: Sent): boolean {
  return other.partition === sent.partition && !other.isDelivered
}
