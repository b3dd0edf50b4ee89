import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  errorCodes,
  errorOf,
  findCoordinatorRequest,
  findCoordinatorResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface CommitterPlan {
  name: string
  topic: string
  everyMs: number
}

/** Answers that say "not now", as consumers take them. */
export const retriableOfCoordinator: ReadonlySet<number> = new Set([
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
  errorCodes.NOT_COORDINATOR,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
])

/** Versions that name topics by name, one group each. */
const commitVersionMax = 9
const fetchVersionMax = 7

/**
 * Commits rising offsets for a group of its own, as a consumer does that assigns its partitions by hand, and asks for them again: what comes back is never below
 * the last one that was acknowledged, nor above the last one that was sent.
 */
export class Committer {
  readonly plan: CommitterPlan
  done = false
  stopped = false
  readonly #world: World
  #acknowledged = -1
  #sent = 0

  constructor(world: World, plan: CommitterPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    await findTopic(host, this.plan.name, this.plan.topic)
    let driver: Driver | undefined
    // The last question is asked when all is well again.
    for (let isLast = false; ; ) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (driver === undefined || driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        if (!(await this.#findCoordinator(driver))) continue
        isLast ||= this.stopped
        if (isLast || randomBelow(host.prng, 3) === 0) {
          if ((await this.#fetch(host, driver)) && isLast) break
        } else await this.#commit(host, driver)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
      }
    }
    driver?.close()
    this.done = true
  }

  /** Asking makes the internal topic when it is not there yet; true when there is somebody to commit to. */
  async #findCoordinator(driver: Driver): Promise<boolean> {
    const request = { key: this.plan.name, keyType: 0 }
    const response = await driver.call(findCoordinatorRequest, findCoordinatorResponse, request, { version: 2 })
    if (response.errorCode !== 0) this.#expectRetriable(response.errorCode, 'FindCoordinator')
    return response.errorCode === 0
  }

  async #commit(host: Host, driver: Driver): Promise<void> {
    const committedOffset = ++this.#sent
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: `at ${committedOffset}` }]
    const request = { groupId: this.plan.name, topics: [{ name: this.plan.topic, partitions }] }
    const version = 2 + randomBelow(host.prng, commitVersionMax - 1)
    const response = await driver.call(offsetCommitRequest, offsetCommitResponse, request, { version })
    const errorCode = response.topics[0]?.partitions[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0) this.#acknowledged = Math.max(this.#acknowledged, committedOffset)
    else this.#expectRetriable(errorCode, 'OffsetCommit')
  }

  /** True when there was an answer. */
  async #fetch(host: Host, driver: Driver): Promise<boolean> {
    const least = this.#acknowledged
    const request = { groupId: this.plan.name, topics: [{ name: this.plan.topic, partitionIndexes: [0] }] }
    const version = 2 + randomBelow(host.prng, fetchVersionMax - 1)
    const response = await driver.call(offsetFetchRequest, offsetFetchResponse, request, { version })
    const answer = response.topics[0]?.partitions[0]
    const errorCode = response.errorCode || (answer?.errorCode ?? 0)
    if (errorCode !== 0 || answer === undefined) {
      this.#expectRetriable(errorCode, 'OffsetFetch')
      return false
    }
    const { committedOffset, metadata } = answer
    const what = `${this.plan.name} committed @${least}, sent up to @${this.#sent}, and is told @${committedOffset}`
    if (committedOffset < least) this.#world.fail(`committed offset fell: ${what}`)
    if (committedOffset > this.#sent) this.#world.fail(`committed offset invented: ${what}`)
    if (committedOffset >= 0 && metadata !== `at ${committedOffset}`) {
      this.#world.fail(`another commit's metadata: ${what} with '${metadata}'`)
    }
    return true
  }

  #expectRetriable(errorCode: number, what: string): void {
    if (!retriableOfCoordinator.has(errorCode))
      this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
  }
}
