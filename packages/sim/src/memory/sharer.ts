import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { shareFetchRequest, shareFetchResponse } from '@dorsale/protocol'
import { Driver } from '../broker/driver.ts'
import { expectNetworkTrouble, findTopic } from '../broker/producer.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'

export interface SharerPlan {
  readonly name: string
  readonly topic: string
  readonly everyMs: number
}

const groupId = 'sharers'

/**
 * Members of a share group that come once: each opens a session under a name that nobody has used, takes records, never says what becomes of them, and goes away, half of the time
 * while its fetch still waits.
 */
export class Sharer {
  readonly plan: SharerPlan
  stopped = false
  readonly #world: World
  #count = 0

  constructor(world: World, plan: SharerPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs } = this.plan
    const { id } = await findTopic(host, name, topic)
    while (!this.stopped) {
      const driver = new Driver(host, name)
      try {
        const answer = this.#fetch(host, driver, id)
        if (randomBelow(host.prng, 2) === 0) await answer
        else await Promise.race([answer, sleep(host.clock, randomUnit(host.prng) * everyMs)])
        answer.catch(() => {})
      } catch (error) {
        expectNetworkTrouble(this.#world, name, error)
      }
      driver.close()
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
    }
  }

  #fetch(host: Host, driver: Driver, topicId: string) {
    return driver.call(shareFetchRequest, shareFetchResponse, {
      groupId,
      memberId: `${this.plan.name}-${this.#count++}`,
      shareSessionEpoch: 0,
      maxWaitMs: randomBelow(host.prng, 1000),
      minBytes: 2 ** 30,
      maxBytes: 2 ** 30,
      maxRecords: 100,
      batchSize: 10,
      topics: [{ topicId, partitions: [{ partitionIndex: 0 }] }],
    })
  }
}
