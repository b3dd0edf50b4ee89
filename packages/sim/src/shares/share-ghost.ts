import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { shareAcknowledgeRequest, shareAcknowledgeResponse } from '@dorsale/protocol'
import { Driver } from '../broker/driver.ts'
import { expectNetworkTrouble } from '../broker/producer.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { Deliveries, PastRequest } from './deliveries.ts'

export interface ShareGhostPlan {
  name: string
  everyMs: number
}

/** Accepts, late and over another connection, what members had said something of in earlier requests of their sessions. `Deliveries` knows that this must be refused. */
export class ShareGhost {
  readonly plan: ShareGhostPlan
  stopped = false
  readonly #world: World
  readonly #deliveries: Deliveries

  constructor(world: World, plan: ShareGhostPlan, deliveries: Deliveries) {
    this.plan = plan
    this.#world = world
    this.#deliveries = deliveries
  }

  async run(host: Host): Promise<void> {
    let driver: Driver | undefined
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const { past } = this.#deliveries
      const late = past[randomBelow(host.prng, Math.max(past.length, 1))]
      if (late === undefined) continue
      if (driver === undefined || driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        await driver.call(shareAcknowledgeRequest, shareAcknowledgeResponse, accepted(late), { version: 1 })
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
      }
    }
    driver?.close()
  }
}

function accepted({ groupId, memberId, epoch, said }: PastRequest) {
  const topics = said.map(({ topicId, partition: partitionIndex, firstOffset, lastOffset }) => ({
    topicId,
    partitions: [{ partitionIndex, acknowledgementBatches: [{ firstOffset, lastOffset, acknowledgeTypes: [1] }] }],
  }))
  return { groupId, memberId, shareSessionEpoch: epoch, topics }
}
