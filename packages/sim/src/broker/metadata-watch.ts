import { randomUnit, sleep } from '@dorsale/base'
import {
  describeConfigsRequest,
  describeConfigsResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  errorCodes,
  metadataRequest,
  metadataResponse,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { brokerMachine, Driver } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface MetadataWatchPlan {
  name: string
  topic: string
  /** What the topic was created with. */
  configs: Readonly<Record<string, string>>
  everyMs: number
}

const metadataTopic = '__cluster_metadata'
const topicResource = 2

/**
 * Asks what the controller knows: the epoch of the quorum rises with each life of the broker and its high watermark never falls, nor do the epochs of
 * the partitions' leaders; the topic keeps the settings that it was created with.
 */
export class MetadataWatch {
  readonly plan: MetadataWatchPlan
  stopped = false
  readonly #world: World
  readonly #leaderEpochs: number[] = []
  #quorum = { epoch: -1, highWatermark: -1, brokerEnds: 0 }

  constructor(world: World, plan: MetadataWatchPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    await findTopic(host, this.plan.name, this.plan.topic)
    let driver = new Driver(host, this.plan.name)
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        await this.#askQuorum(driver)
        await this.#askLeaders(driver)
        await this.#askConfigs(driver)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
      }
    }
    driver.close()
  }

  async #askQuorum(driver: Driver): Promise<void> {
    const endsBefore = this.#brokerEnds
    const topics = [{ topicName: metadataTopic, partitions: [{ partitionIndex: 0 }] }]
    const response = await driver.call(describeQuorumRequest, describeQuorumResponse, { topics })
    const answer = response.topics[0]?.partitions[0]
    if (response.errorCode !== 0 || answer === undefined || answer.errorCode !== 0) return
    const { leaderEpoch, highWatermark } = answer
    const known = this.#quorum
    const isOfLaterLife = endsBefore > known.brokerEnds
    if (leaderEpoch < known.epoch || (isOfLaterLife && leaderEpoch === known.epoch)) {
      this.#world.fail(
        `epoch of the quorum: ${leaderEpoch} after ${known.epoch}${isOfLaterLife ? ', in a later life' : ''}`,
      )
    }
    if (highWatermark < known.highWatermark) {
      this.#world.fail(`high watermark of the metadata fell from ${known.highWatermark} to ${highWatermark}`)
    }
    this.#quorum = { epoch: leaderEpoch, highWatermark, brokerEnds: this.#brokerEnds }
  }

  get #brokerEnds(): number {
    return this.#world.machine(brokerMachine).endCount
  }

  async #askLeaders(driver: Driver): Promise<void> {
    const request = { topics: [{ name: this.plan.topic }], allowAutoTopicCreation: false }
    const response = await driver.call(metadataRequest, metadataResponse, request, { version: 9 })
    for (const { partitionIndex, leaderEpoch, errorCode } of response.topics[0]?.partitions ?? []) {
      if (errorCode !== errorCodes.NONE) continue
      const known = this.#leaderEpochs[partitionIndex] ?? -1
      if (leaderEpoch < known) {
        this.#world.fail(`leader epoch of ${this.plan.topic}-${partitionIndex} fell from ${known} to ${leaderEpoch}`)
      }
      this.#leaderEpochs[partitionIndex] = leaderEpoch
    }
  }

  async #askConfigs(driver: Driver): Promise<void> {
    const resources = [{ resourceType: topicResource, resourceName: this.plan.topic }]
    const response = await driver.call(describeConfigsRequest, describeConfigsResponse, { resources })
    const [answer] = response.results
    if (answer === undefined || answer.errorCode !== 0) return
    const found = new Map(answer.configs.map(({ name, value }) => [name, value]))
    for (const [name, value] of Object.entries(this.plan.configs)) {
      // Internal keys are obeyed and not shown.
      if (!found.has(name) || found.get(name) === value) continue
      this.#world.fail(`a setting was lost: ${name} of ${this.plan.topic} is ${found.get(name)} instead of ${value}`)
    }
  }
}
