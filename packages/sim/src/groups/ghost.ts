import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import type { GroupMetadata } from '@dorsale/client'
import {
  errorCodes,
  errorOf,
  heartbeatRequest,
  heartbeatResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '@dorsale/protocol'
import { retriableOfCoordinator } from '../broker/committer.ts'
import { Driver } from '../broker/driver.ts'
import { expectNetworkTrouble } from '../broker/producer.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { GroupRecords } from './member.ts'

export interface GhostPlan {
  name: string
  topic: string
  everyMs: number
}

/** What an old generation is told. */
const refusals = new Set<number>([
  errorCodes.ILLEGAL_GENERATION,
  errorCodes.UNKNOWN_MEMBER_ID,
  errorCodes.FENCED_INSTANCE_ID,
])

/** Versions that know static members; of OffsetCommit those that name topics by name, of SyncGroup those that do not name the protocol. */
const versions = { offsetCommit: [7, 8, 9], heartbeat: [3, 4], syncGroup: [3, 4] } as const

/** That it reads its log once more between two questions does not happen so often. */
const heartbeatsMax = 3

/**
 * Says again, late, what members of earlier generations may have had under way: a commit of offset 0, a heartbeat, a leader's assignment. Each must be refused once a
 * newer generation is known to have its assignment, and leave no trace.
 */
export class Ghost {
  readonly plan: GhostPlan
  stopped = false
  readonly #world: World
  readonly #records: GroupRecords

  constructor(world: World, plan: GhostPlan, records: GroupRecords) {
    this.plan = plan
    this.#world = world
    this.#records = records
  }

  async run(host: Host): Promise<void> {
    let driver: Driver | undefined
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const { memberships, ownership } = this.#records
      const old = memberships.filter(({ generationId }) => generationId < ownership.generationMax)
      const member = old[randomBelow(host.prng, Math.max(old.length, 1))]
      if (member === undefined) continue
      if (driver === undefined || driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        await this.#haunt(host, driver, member)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
      }
    }
    driver?.close()
  }

  async #haunt(
    host: Host,
    driver: Driver,
    { groupId, generationId, memberId, groupInstanceId }: GroupMetadata,
  ): Promise<void> {
    const member = { groupId, generationId, memberId, groupInstanceId }
    const who = `of generation ${generationId}, after generation ${this.#records.ownership.generationMax}`
    switch (randomBelow(host.prng, 3)) {
      case 0: {
        const { topic } = this.plan
        const partitions = [{ partitionIndex: 0, committedOffset: 0, committedMetadata: 'late' }]
        const request = { ...commitOf(member), topics: [{ name: topic, partitions }] }
        const version = pick(host, versions.offsetCommit)
        const response = await driver.call(offsetCommitRequest, offsetCommitResponse, request, { version })
        const errorCode = response.topics[0]?.partitions[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
        return this.#expectRefused(`a commit to ${topic} ${who}`, errorCode)
      }
      case 1:
        return this.#beat(host, driver, member, who)
      default: {
        const version = pick(host, versions.syncGroup)
        const assignments = [{ memberId, assignment: Buffer.from('everything') }]
        const response = await driver.call(syncGroupRequest, syncGroupResponse, { ...member, assignments }, { version })
        return this.#expectRefused(`a SyncGroup ${who}`, response.errorCode)
      }
    }
  }

  /** A coordinator that still reads its log takes every heartbeat, as Kafka's does: what counts is what it says when it has. */
  async #beat(host: Host, driver: Driver, member: GroupMetadata, who: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const version = pick(host, versions.heartbeat)
      const { errorCode } = await driver.call(heartbeatRequest, heartbeatResponse, member, { version })
      if (errorCode !== 0 || attempt === heartbeatsMax) return this.#expectRefused(`a heartbeat ${who}`, errorCode)
      const request = { groupId: member.groupId, topics: null }
      while ((await driver.call(offsetFetchRequest, offsetFetchResponse, request, { version: 7 })).errorCode !== 0) {
        await sleep(host.clock, 20)
      }
    }
  }

  #expectRefused(what: string, errorCode: number): void {
    if (refusals.has(errorCode) || retriableOfCoordinator.has(errorCode)) return
    if (errorCode === 0) this.#world.fail(`an old generation was let in: ${what}`)
    else this.#world.fail(`an old generation was answered otherwise: ${what}: ${errorOf(errorCode).name}`)
  }
}

function pick(host: Host, items: readonly number[]): number {
  return items[randomBelow(host.prng, items.length)] as number
}

function commitOf({ generationId, ...member }: GroupMetadata) {
  return { ...member, generationIdOrMemberEpoch: generationId }
}
