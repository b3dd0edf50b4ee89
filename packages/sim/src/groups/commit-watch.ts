import { randomUnit, sleep } from '@dorsale/base'
import { errorCodes, errorOf, offsetFetchRequest, offsetFetchResponse } from '@dorsale/protocol'
import { retriableOfCoordinator } from '../broker/committer.ts'
import { Driver } from '../broker/driver.ts'
import { expectNetworkTrouble, findTopic } from '../broker/producer.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'

const settleMsMax = 30_000

export interface CommitWatchPlan {
  name: string
  groupId: string
  topics: readonly string[]
  everyMs: number
  /**
   * Whether a commit may come late: where the network holds back what a closed connection had sent, it arrives after a newer one of the same generation, and takes
   * that back. Kafka has no number in a commit that could tell.
   */
  mayComeLate: boolean
}

/** The first version that can ask whether offsets are decided, and the last one that asks for one group. */
const versions = { stable: 7, max: 7 }

/**
 * Asks for a group's offsets all the time: what was acknowledged, or seen before, does not fall. (Members commit only what rises, and from where the group was:
 * whoever would take an offset back is not in its generation any more.)
 */
export class CommitWatch {
  readonly plan: CommitWatchPlan
  readonly #world: World
  /** The highest offset of each partition that was acknowledged or seen. */
  readonly #floors = new Map<string, number>()
  /** What was seen last. */
  readonly seen = new Map<string, number>()
  stopped = false
  /** How often it was told of every partition, with nothing undecided. */
  #wholeLooks = 0

  constructor(world: World, plan: CommitWatchPlan) {
    this.plan = plan
    this.#world = world
  }

  acknowledged(partition: string, offset: number): void {
    this.#floors.set(partition, Math.max(offset, this.#floors.get(partition) ?? -1))
  }

  async run(host: Host): Promise<void> {
    const { name, topics, everyMs } = this.plan
    for (const topic of topics) await findTopic(host, name, topic)
    let driver: Driver | undefined
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
      if (driver === undefined || driver.closed !== undefined) driver = new Driver(host, name)
      try {
        await this.#look(driver)
      } catch (error) {
        expectNetworkTrouble(this.#world, name, error)
        driver.close()
      }
    }
    driver?.close()
  }

  /** Until what it has seen last is how the world is now. */
  async settle(): Promise<void> {
    const before = this.#wholeLooks
    this.seen.clear()
    await this.#world.runUntil('the offsets of the group are decided', () => this.#wholeLooks > before, {
      withinMs: settleMsMax,
    })
  }

  async #look(driver: Driver): Promise<void> {
    const floors = new Map(this.#floors)
    const { groupId } = this.plan
    const version = versions.max
    const request = { groupId, topics: null, requireStable: true }
    const response = await driver.call(offsetFetchRequest, offsetFetchResponse, request, { version })
    if (response.errorCode !== 0) return this.#expectRetriable(response.errorCode)
    let isWhole = true
    for (const topic of response.topics) {
      for (const { partitionIndex, committedOffset, errorCode } of topic.partitions) {
        if (errorCode !== 0) isWhole = false
        // Part of a transaction that is not decided.
        if (errorCode === errorCodes.UNSTABLE_OFFSET_COMMIT) floors.delete(`${topic.name}-${partitionIndex}`)
        else if (errorCode === 0) this.#see(`${topic.name}-${partitionIndex}`, committedOffset, floors)
        else this.#expectRetriable(errorCode)
      }
    }
    if (isWhole) this.#wholeLooks++
    for (const [partition, floor] of floors) {
      if (
        !response.topics.some(({ name, partitions }) =>
          partitions.some(each => `${name}-${each.partitionIndex}` === partition),
        )
      ) {
        this.#world.fail(`committed offset fell: ${groupId} had ${partition}@${floor}, and has none`)
      }
    }
  }

  #see(partition: string, offset: number, floors: Map<string, number>): void {
    const floor = floors.get(partition) ?? -1
    if (offset < floor && !this.plan.mayComeLate) {
      this.#world.fail(`committed offset fell: ${this.plan.groupId} had ${partition}@${floor}, and has @${offset}`)
    }
    this.seen.set(partition, offset)
    this.acknowledged(partition, offset)
  }

  #expectRetriable(errorCode: number): void {
    if (!retriableOfCoordinator.has(errorCode))
      this.#world.fail(`${this.plan.name}: OffsetFetch was refused: ${errorOf(errorCode).name}`)
  }
}
