import { sleep } from '@dorsale/base'
import {
  BatchCursor,
  fetchRequest,
  fetchResponse,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { earliest, listOffset } from './lookups.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

/** The batches of one leader epoch in one partition. */
interface EpochSpan {
  epoch: number
  /** Behind its last record. */
  endOffset: number
  /** The first record of a later epoch; infinite when there is none. */
  nextOffset: number
}

/**
 * Reads each partition's batches and asks where their leader epochs end: each is known, ends behind its own last record, and not behind the first of a later
 * one. Consumers find by it what a leader change has cut away.
 */
export class LeaderEpochs {
  done = false
  readonly #world: World
  readonly #topic: string
  readonly #mayComeBack: boolean

  /**
   * `mayComeBack`: records before the log's start may be there again, and not the epochs that were cut off there, as in Apache Kafka: those that were deleted, when the
   * new start was not checkpointed; those that retention took, when a power loss gives their segments the old names again.
   */
  constructor(world: World, topic: string, { mayComeBack }: { mayComeBack: boolean }) {
    this.#world = world
    this.#topic = topic
    this.#mayComeBack = mayComeBack
  }

  async run(host: Host): Promise<void> {
    const topic = await findTopic(host, 'epochs', this.#topic)
    while (!this.done) {
      const driver = new Driver(host, 'epochs')
      try {
        for (let index = 0; index < topic.partitionCount; index++) await this.#check(driver, topic, index)
        this.done = true
      } catch (error) {
        expectNetworkTrouble(this.#world, 'epochs', error)
        await sleep(host.clock, 50)
      }
      driver.close()
    }
  }

  async #check(driver: Driver, topic: TopicHandle, partition: number): Promise<void> {
    for (const { epoch, endOffset, nextOffset } of await this.#spans(driver, topic, partition)) {
      const partitions = [{ partition, currentLeaderEpoch: -1, leaderEpoch: epoch }]
      const request = { topics: [{ topic: topic.name, partitions }] }
      const response = await driver.call(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, request)
      const answer = response.topics[0]?.partitions[0]
      const isRight =
        answer?.errorCode === 0 &&
        answer.leaderEpoch === epoch &&
        answer.endOffset >= endOffset &&
        (answer.endOffset <= nextOffset || this.#mayComeBack)
      if (isRight) continue
      const told = `is told epoch ${answer?.leaderEpoch} to @${answer?.endOffset}, error ${answer?.errorCode}`
      const batches = `has batches of epoch ${epoch} to @${endOffset}, of later ones from @${nextOffset}`
      this.#world.fail(`leader epochs: ${topic.name}-${partition} ${batches}, and ${told}`)
    }
  }

  async #spans(driver: Driver, topic: TopicHandle, partition: number): Promise<EpochSpan[]> {
    const spans: EpochSpan[] = []
    let fetchOffset = (await listOffset(driver, topic, partition, earliest)).offset
    for (;;) {
      const partitions = [{ partition, fetchOffset, partitionMaxBytes: 1_000_000 }]
      const topics = [{ topic: topic.name, topicId: topic.id, partitions }]
      const request = { maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, topics }
      const response = await driver.call(fetchRequest, fetchResponse, request, { version: 12 })
      const records = response.responses[0]?.partitions[0]?.records
      if (records === null || records === undefined || records.length === 0) return spans
      const cursor = new BatchCursor(records)
      while (cursor.next()) {
        const { partitionLeaderEpoch: epoch, baseOffset, nextOffset } = cursor.header
        fetchOffset = nextOffset
        const last = spans.at(-1)
        if (last !== undefined && epoch < last.epoch) {
          this.#world.fail(
            `leader epochs: ${topic.name}-${partition}@${baseOffset} is of ${epoch}, after ${last.epoch}`,
          )
        }
        if (last?.epoch === epoch) last.endOffset = nextOffset
        else {
          if (last !== undefined) last.nextOffset = baseOffset
          spans.push({ epoch, endOffset: nextOffset, nextOffset: Number.POSITIVE_INFINITY })
        }
      }
    }
  }
}
