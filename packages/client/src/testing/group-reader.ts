/** What the tests of consumers in groups share. */
import assert from 'node:assert/strict'
import { sleep } from '@dorsale/base'
import { buildBatch } from '@dorsale/protocol'
import type { Consumer, ConsumerOptions } from '../consumer/consumer.ts'
import type { RebalanceListener } from '../consumer/group-listener.ts'
import { createConsumer } from '../consumer/kafka-consumer.ts'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { Topics } from '../consumer/subscription.ts'
import type { ClientWorld } from '../world.ts'
import type { FakeCluster } from './fake-cluster.ts'

type Settings = ConsumerOptions['settings']

/** A consumer of group `g`. */
export function open(cluster: FakeCluster, world: ClientWorld, settings: Settings = {}, more: object = {}): Consumer {
  const byDefault = { 'bootstrap.servers': cluster.bootstrap, 'group.id': 'g', 'auto.offset.reset': 'earliest' }
  return createConsumer({ world, settings: { ...byDefault, ...settings }, ...more })
}

/** Writes records into a partition. */
export function fill(cluster: FakeCluster, count: number, { topic = 't', partition = 0 } = {}): void {
  const records = Array.from({ length: count }, () => ({ timestamp: 1000, value: Buffer.from('x') }))
  const { leader } = cluster.partition(topic, partition)
  assert.equal(cluster.append(leader, { topic, index: partition, version: 11 }, buildBatch(records)).errorCode, 0)
}

/** Reads for ever; what was read, and how often, is in `seen`, which readers may share. */
export class Reader {
  readonly consumer: Consumer
  readonly seen: Map<string, number>
  readonly events: string[] = []
  readonly ended: Promise<unknown>

  constructor(
    consumer: Consumer,
    topics: Topics,
    options: { listener?: RebalanceListener; handle?: () => Promise<void> | void; seen?: Map<string, number> } = {},
  ) {
    this.consumer = consumer
    this.seen = options.seen ?? new Map()
    const note = (what: keyof RebalanceListener) => async (partitions: readonly TopicPartition[]) => {
      this.events.push([what, ...partitions.map(nameOf).sort()].join(' '))
      await options.listener?.[what]?.(partitions)
    }
    consumer.subscribe(topics, { assigned: note('assigned'), revoked: note('revoked'), lost: note('lost') })
    this.ended = this.#read(options.handle).catch(error => error)
  }

  async #read(handle: (() => Promise<void> | void) | undefined): Promise<void> {
    for await (const { topic, partition, offset } of this.consumer.records()) {
      const name = `${topic}-${partition}@${offset}`
      this.seen.set(name, (this.seen.get(name) ?? 0) + 1)
      await handle?.()
    }
  }

  get owned(): string[] {
    return this.consumer.assignment.map(nameOf).sort()
  }
}

/** Waits in virtual time. */
export async function until(cluster: FakeCluster, what: string, isSo: () => boolean, limitMs = 600_000): Promise<void> {
  const endMs = cluster.clock.monotonic() + limitMs
  while (!isSo()) {
    assert.ok(cluster.clock.monotonic() < endMs, `not in time: ${what}`)
    await sleep(cluster.clock, 50)
  }
}
