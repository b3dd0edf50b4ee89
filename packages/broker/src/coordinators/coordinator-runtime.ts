import type { CoordinatorShard, MetadataDelta, MetadataImage, Step } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Partition } from '../partition.ts'
import type { Replicas } from '../replicas.ts'
import { javaHash } from './java-hash.ts'
import type { StepProducer } from './record-batches.ts'
import { ShardHost, type ShardHostOptions } from './shard-host.ts'

export interface CoordinatorRuntimeOptions<Record, Shard extends CoordinatorShard<Record>>
  extends Omit<ShardHostOptions<Record, Shard>, 'partition'> {
  /** The internal topic, one shard for each of its partitions. */
  readonly topic: string
  readonly image: MetadataImage
  readonly replicas: Replicas
}

/**
 * A coordinator: a shard for each partition of an internal topic that this broker leads. It follows the metadata: who becomes leader loads the
 * partition's log, who stops being it lets go of the shard. Keys (groups, transactional ids) are spread over the partitions by their hash, as Kafka does.
 */
export class CoordinatorRuntime<Record, Shard extends CoordinatorShard<Record>> {
  readonly #options: CoordinatorRuntimeOptions<Record, Shard>
  readonly #hosts = new Map<number, Led<Record, Shard>>()
  #isClosed = false

  constructor(options: CoordinatorRuntimeOptions<Record, Shard>) {
    this.#options = options
  }

  /** How many partitions the topic has; undefined while it does not exist. */
  get partitionCount(): number | undefined {
    return this.#options.image.topicsByName.get(this.#options.topic)?.partitions.length
  }

  /** The partition that a key belongs to; undefined while the topic does not exist. */
  partitionOf(key: string): number | undefined {
    const count = this.partitionCount
    return count === undefined ? undefined : javaHash(key) % count
  }

  /** At start: takes over what this broker leads. */
  start(): void {
    this.#follow()
  }

  /** Follows one step of replay; after the partitions did. */
  apply(delta: MetadataDelta): void {
    const { topic, image } = this.#options
    const id = image.topicsByName.get(topic)?.id
    const isRemoved = delta.removedTopics.some(removed => removed.name === topic)
    if (isRemoved || (id !== undefined && delta.changedTopics.has(id))) this.#follow()
    for (const { host } of this.#hosts.values()) host.metadataChanged(delta)
    if (delta.removedTopics.length === 0) return
    for (const { host } of this.#hosts.values()) {
      host.runOrAfterLoad((shard, step) => shard.topicsDeleted(step, delta.removedTopics))
    }
  }

  /** Runs a request on the shard of its key; see `ShardHost.run`. */
  run(
    key: string,
    operation: (shard: Shard, step: Step<Record>) => void,
    fail: (error: ProtocolError) => void,
    producer?: StepProducer,
  ): void {
    const partition = this.partitionOf(key)
    const led = partition === undefined ? undefined : this.#hosts.get(partition)
    if (led === undefined) fail(new ProtocolError(errorCodes.NOT_COORDINATOR))
    else led.host.run(operation, fail, producer)
  }

  /** The shard of a partition, when it is here. */
  hostOf(partition: number): ShardHost<Record, Shard> | undefined {
    return this.#hosts.get(partition)?.host
  }

  /** Epoch in which this broker leads the partition of a key; -1 when it does not. */
  leaderEpochOf(key: string): number {
    return this.#hosts.get(this.partitionOf(key) ?? -1)?.leaderEpoch ?? -1
  }

  /** The shards that are here, loading ones included. */
  get hosts(): ShardHost<Record, Shard>[] {
    return [...this.#hosts.values()].map(({ host }) => host)
  }

  /** The broker stops: whoever waits is told to look for another coordinator. */
  close(): void {
    this.#isClosed = true
    for (const { host } of this.#hosts.values()) host.close()
    this.#hosts.clear()
  }

  #follow(): void {
    if (this.#isClosed) return
    const { topic, replicas } = this.#options
    const count = this.partitionCount ?? 0
    for (const [index, led] of this.#hosts) {
      const partition = replicas.get(topic, index)
      if (partition === led.partition && partition.isLeader && partition.leaderEpoch === led.leaderEpoch) continue
      led.host.close()
      this.#hosts.delete(index)
    }
    for (let index = 0; index < count; index++) {
      const partition = replicas.get(topic, index)
      if (partition?.isLeader && !this.#hosts.has(index)) this.#lead(index, partition)
    }
  }

  #lead(index: number, partition: Partition): void {
    const host = new ShardHost<Record, Shard>({ ...this.#options, partition })
    this.#hosts.set(index, { host, partition, leaderEpoch: partition.leaderEpoch })
    void host.load()
  }
}

interface Led<Record, Shard extends CoordinatorShard<Record>> {
  readonly host: ShardHost<Record, Shard>
  readonly partition: Partition
  readonly leaderEpoch: number
}
