import { DorsaleError, randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  type AcknowledgementOutcome,
  type AcknowledgeType,
  createShareConsumer,
  type ShareChunk,
  type ShareConsumer,
  type ShareConsumerSettings,
} from '@dorsale/client'
import { type Host, ProcessDied } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { Deliveries } from './deliveries.ts'

export interface ShareMemberPlan {
  name: string
  topic: string
  /** How it asks for records. */
  reads: 'chunks' | 'records' | 'poll'
  /** Its handler throws once in so many times; 0: never. What it had is released. */
  failsOneOf: number
  comesAtMs: number
  /** Undefined: it stays to the end. */
  leavesAtMs: number | undefined
  /** Handling a chunk takes up to so long, */
  handlesMs: number
  /** and now and then, while there is trouble, so much longer that its locks are over. */
  dawdlesMs: number
  /** Acknowledgements are sent at once after one chunk of so many; 0: they travel with fetches. */
  commitsOneOf: number
  settings: ShareConsumerSettings
}

type Portion = Pick<ShareChunk, 'partition' | 'records'>

/** The application's own mistake. */
class HandlerFailed extends Error {}

/** What the members of a share group do together. */
export interface ShareRecords {
  readonly deliveries: Deliveries
  /** Values that were handed out, by partition and offset. */
  readonly values: Map<string, string>
}

/** What a client may say while its broker is away, or has given its place to others. */
const expectedErrors = new Set(['DORSALE_TIMEOUT', 'DORSALE_CLOSED', 'DORSALE_NET', 'DORSALE_NOT_HELD'])

/**
 * `@dorsale/client`'s share consumer, which comes, goes, dies and is stopped. With explicit acknowledgement it draws what becomes of each record; once it settles it accepts
 * whatever it gets.
 */
export class ShareMember {
  readonly plan: ShareMemberPlan
  /** It accepts everything, without delay. */
  isSettling = false
  readonly #world: World
  readonly #records: ShareRecords
  #consumer: ShareConsumer | undefined
  #isLeaving = false
  /** What it said last of records whose outcome is open, by partition and offset. */
  #said = new Map<string, AcknowledgeType>()

  constructor(world: World, plan: ShareMemberPlan, records: ShareRecords) {
    this.plan = plan
    this.#world = world
    this.#records = records
  }

  /** Whether it was asked to go. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Whether it has a process. */
  get isThere(): boolean {
    return this.#consumer !== undefined
  }

  /** From now on it is asked to go: it handles what it has, says so and leaves. */
  leave(): void {
    this.#isLeaving = true
    this.#consumer?.stop()
  }

  /** One life of it. */
  async run(host: Host): Promise<void> {
    this.#said = new Map()
    const consumer = createShareConsumer({
      world: host,
      settings: this.plan.settings,
      onAcknowledged: outcomes => this.#hear(outcomes),
    })
    this.#consumer = consumer
    consumer.subscribe([this.plan.topic])
    if (this.#isLeaving) consumer.stop()
    await this.#readAll(host, consumer)
    await consumer.close({ timeoutMs: 5000 })
    host.exit(0)
  }

  /** This life of it is over. */
  died(): void {
    this.#consumer = undefined
  }

  async #readAll(host: Host, consumer: ShareConsumer): Promise<void> {
    for (;;) {
      try {
        for await (const portion of this.#portions(consumer)) await this.#handle(host, consumer, portion)
        return
      } catch (error) {
        if (error instanceof HandlerFailed) continue
        this.#expect(error, 'reading')
        await sleep(host.clock, 100)
      }
    }
  }

  async *#portions(consumer: ShareConsumer): AsyncGenerator<Portion, void, undefined> {
    switch (this.plan.reads) {
      case 'chunks':
        return yield* consumer.chunks()
      case 'records':
        for await (const record of consumer.records()) yield { partition: record.partition, records: [record] }
        return
      case 'poll':
        while (!this.#isLeaving) {
          const chunk = await consumer.poll({ timeoutMs: 500 })
          if (chunk !== undefined) yield chunk
        }
    }
  }

  async #handle(host: Host, consumer: ShareConsumer, { partition, records }: Portion): Promise<void> {
    const { deliveries, values } = this.#records
    for (const { offset, deliveryCount, value } of records) {
      deliveries.handedOut(this.plan.name, { partition, offset, deliveryCount })
      this.#compare(values, `${partition}@${offset}`, nameOf(value))
    }
    const dawdles = !this.isSettling && randomBelow(host.prng, 20) === 0
    const upToMs = this.isSettling ? 0 : dawdles ? this.plan.dawdlesMs : this.plan.handlesMs
    if (upToMs > 0) await sleep(host.clock, randomUnit(host.prng) * upToMs)
    const { failsOneOf } = this.plan
    const isExplicit = this.plan.settings['share.acknowledgement.mode'] === 'explicit'
    if (!this.isSettling && failsOneOf > 0 && randomBelow(host.prng, failsOneOf) === 0) {
      // A loop that is left releases by itself; who polls has to say it.
      if (isExplicit && this.plan.reads === 'poll') {
        for (const record of records) consumer.acknowledge(record, 'release')
      }
      throw new HandlerFailed()
    }
    for (const record of records) {
      const type = isExplicit && !this.isSettling ? drawType(host) : 'accept'
      this.#said.set(`${partition}@${record.offset}`, type)
      if (isExplicit) consumer.acknowledge(record, type)
    }
    this.#world.trace.note(this.#world.nowMs, `${this.plan.name} has handled ${records.length} of ${partition}`)
    const { commitsOneOf } = this.plan
    if (commitsOneOf > 0 && randomBelow(host.prng, commitsOneOf) === 0) await consumer.commit()
  }

  /** One value for each place, whoever gets it. */
  #compare(values: Map<string, string>, place: string, value: string): void {
    const before = values.get(place)
    if (before !== undefined && before !== value) {
      this.#world.fail(`another record at ${place}: ${value} to ${this.plan.name}, and ${before} to somebody before`)
    }
    values.set(place, value)
  }

  #hear(outcomes: readonly AcknowledgementOutcome[]): void {
    for (const { partition, offsets, error } of outcomes) {
      for (const offset of offsets) {
        const place = `${partition}@${offset}`
        const type = this.#said.get(place)
        this.#said.delete(place)
        if (error !== undefined || (type !== 'accept' && type !== 'reject')) continue
        this.#records.deliveries.confirmed(this.plan.name, partition, offset)
      }
    }
  }

  #expect(error: unknown, what: string): void {
    if (error instanceof ProcessDied || !(error instanceof DorsaleError)) throw error
    if (!expectedErrors.has(error.code)) this.#world.fail(`${this.plan.name}: ${what} failed`, error)
  }
}

/** Mostly it is well. */
function drawType({ prng }: Host): AcknowledgeType {
  const at = randomBelow(prng, 20)
  if (at < 11) return 'accept'
  if (at < 15) return 'release'
  return at < 16 ? 'reject' : 'renew'
}

function nameOf(value: Uint8Array | null): string {
  const [name = ''] = Buffer.from(value ?? [])
    .toString()
    .split(' ')
  return name
}
