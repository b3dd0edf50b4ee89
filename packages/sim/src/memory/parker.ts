import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { fetchRequest, fetchResponse, metadataRequest, metadataResponse } from '@dorsale/protocol'
import { Driver } from '../broker/driver.ts'
import { expectNetworkTrouble, findTopic } from '../broker/producer.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'

export interface ParkerPlan {
  readonly name: string
  readonly topic: string
  readonly everyMs: number
  /** Bytes of requests that it sends at once behind the fetch that waits. 0: none. */
  readonly floodBytes: number
}

/** The first version with sessions; the last that names topics by name. */
const versions = { min: 7, max: 12 } as const
const floodRequestBytes = 16_000

/**
 * A client that costs its broker the most it can: each of its fetches opens a session that is never used again, waits for more than will come, and
 * has a flood of requests behind it. Half of the time it goes away without the answer.
 */
export class Parker {
  readonly plan: ParkerPlan
  stopped = false
  readonly #world: World

  constructor(world: World, plan: ParkerPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs } = this.plan
    await findTopic(host, name, topic)
    while (!this.stopped) {
      const driver = new Driver(host, name)
      try {
        const answers = Promise.all([this.#fetch(host, driver), ...this.#flood(driver)])
        const goneMs = randomUnit(host.prng) * 2 * everyMs
        if (randomBelow(host.prng, 2) === 0) await answers
        else await Promise.race([answers, sleep(host.clock, goneMs)])
        answers.catch(() => {})
      } catch (error) {
        expectNetworkTrouble(this.#world, name, error)
      }
      driver.close()
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
    }
  }

  #fetch(host: Host, driver: Driver) {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }]
    const version = versions.min + randomBelow(host.prng, versions.max - versions.min + 1)
    const maxWaitMs = randomBelow(host.prng, 2000)
    const value = {
      replicaId: -1,
      maxWaitMs,
      minBytes: 2 ** 30,
      maxBytes: 2 ** 30,
      sessionEpoch: 0,
      topics: [{ topic: this.plan.topic, partitions }],
    }
    return driver.call(fetchRequest, fetchResponse, value, { version })
  }

  #flood(driver: Driver): Promise<unknown>[] {
    const topics = Array.from({ length: floodRequestBytes / 200 }, (_, index) => ({
      name: String(index).padEnd(195, '.'),
    }))
    const count = Math.ceil(this.plan.floodBytes / floodRequestBytes)
    return Array.from({ length: count }, () =>
      driver.call(metadataRequest, metadataResponse, { topics, allowAutoTopicCreation: false }, { version: 8 }),
    )
  }
}
