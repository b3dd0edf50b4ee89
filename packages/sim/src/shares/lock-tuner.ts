import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { trySettings } from './preparations.ts'

export interface LockTunerPlan {
  name: string
  groupId: string
  /** What the group begins with, in milliseconds. */
  lockMs: number
  /** What it is set to, over and over. Empty: it stays as it is. */
  valuesMs: readonly number[]
  everyMs: number
}

/** A value that may have been in force. */
interface Span {
  readonly valueMs: number
  readonly fromMs: number
  /** Infinite while it may be. */
  untilMs: number
}

/**
 * Changes how long a share group's locks last while its members work, and knows what may have been in force when. What was not answered may take effect at any later time: the
 * network may have held it back.
 */
export class LockTuner {
  readonly plan: LockTunerPlan
  stopped = false
  readonly #world: World
  readonly #spans: Span[]
  /** The last that was acknowledged. */
  #current: Span

  constructor(world: World, plan: LockTunerPlan) {
    this.plan = plan
    this.#world = world
    this.#current = { valueMs: plan.lockMs, fromMs: 0, untilMs: Number.POSITIVE_INFINITY }
    this.#spans = [this.#current]
  }

  /** The shortest and the longest duration that a lock may have which was given between two moments. */
  between(fromMs: number, untilMs: number): { leastMs: number; mostMs: number } {
    const values = this.#spans
      .filter(span => span.fromMs <= untilMs && span.untilMs >= fromMs)
      .map(({ valueMs }) => valueMs)
    return { leastMs: Math.min(...values), mostMs: Math.max(...values) }
  }

  async run(host: Host): Promise<void> {
    const { name, groupId, valuesMs, everyMs } = this.plan
    while (!this.stopped && valuesMs.length > 0) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
      const span: Span = {
        valueMs: valuesMs[randomBelow(host.prng, valuesMs.length)] as number,
        fromMs: this.#world.nowMs,
        untilMs: Number.POSITIVE_INFINITY,
      }
      this.#spans.push(span)
      if (!(await trySettings(host, groupId, { 'share.record.lock.duration.ms': String(span.valueMs) }))) continue
      this.#world.trace.tell(this.#world.nowMs, `${name} has set locks of ${span.valueMs} ms`)
      this.#current.untilMs = this.#world.nowMs
      this.#current = span
    }
  }
}
