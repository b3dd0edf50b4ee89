import { type ErrorCode, errorCodes, type MetadataResponse } from '@dorsale/protocol'

/** The topic id of brokers that know none. */
export const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

/** A broker as the metadata has it. */
export interface BrokerInfo {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** A partition as the metadata has it: who leads it, and who has copies. */
export interface PartitionInfo {
  readonly index: number
  /** -1: none at the moment. */
  readonly leaderId: number
  /** -1: the broker does not say. */
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
}

export interface TopicInfo {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
  /** By partition index. */
  readonly partitions: readonly PartitionInfo[]
}

/**
 * What is known of the cluster. Leaders never go back: an answer from a broker that lags behind, with an older leader epoch than one already seen, is
 * not believed for that partition (KIP-320). A topic with a new id is a new topic, whose epochs begin anew (KIP-516).
 */
export class MetadataCache {
  clusterId: string | null = null
  /** Changes with what is known. */
  version = 0
  controllerId = -1
  #brokers: ReadonlyMap<number, BrokerInfo> = new Map()
  readonly #topics = new Map<string, TopicInfo>()
  readonly #names = new Map<string, string>()
  /** What the last answer said of a topic instead of describing it. */
  readonly #errors = new Map<string, ErrorCode>()

  get brokers(): ReadonlyMap<number, BrokerInfo> {
    return this.#brokers
  }

  topic(name: string): TopicInfo | undefined {
    return this.#topics.get(name)
  }

  /** The name of a topic id that has been seen. */
  nameOf(topicId: string): string | undefined {
    return this.#names.get(topicId)
  }

  partition(topic: string, index: number): PartitionInfo | undefined {
    return this.#topics.get(topic)?.partitions[index]
  }

  errorOf(topic: string): ErrorCode | undefined {
    return this.#errors.get(topic)
  }

  get topics(): Iterable<TopicInfo> {
    return this.#topics.values()
  }

  /** Takes over an answer. True when it leaves something open, so that it should be asked again soon: a topic or a leader is missing. */
  apply(response: MetadataResponse): boolean {
    let isOpen = false
    this.applyNodes(response)
    for (const topic of response.topics) {
      const { name, errorCode } = topic
      if (name === null) continue
      if (errorCode !== errorCodes.NONE) {
        this.#errors.set(name, errorCode as ErrorCode)
        isOpen = true
        continue
      }
      this.#errors.delete(name)
      const info = this.#merge(name, topic)
      this.#store(info)
      if (info.partitions.some(({ leaderId }) => leaderId < 0)) isOpen = true
    }
    return isOpen
  }

  /** Takes over an answer about the nodes alone. */
  applyNodes(nodes: {
    readonly clusterId: string | null
    readonly controllerId: number
    readonly brokers: readonly BrokerInfo[]
  }): void {
    this.version++
    this.clusterId = nodes.clusterId
    this.controllerId = nodes.controllerId
    this.#brokers = new Map(nodes.brokers.map(({ nodeId, host, port, rack }) => [nodeId, { nodeId, host, port, rack }]))
  }

  /** A broker named the leader in an error (KIP-951). False when that is no news. */
  noteLeader(name: string, index: number, leader: { leaderId: number; leaderEpoch: number }): boolean {
    const topic = this.#topics.get(name)
    const partition = topic?.partitions[index]
    if (topic === undefined || partition === undefined) return false
    if (leader.leaderId < 0 || leader.leaderEpoch <= partition.leaderEpoch) return false
    const partitions = [...topic.partitions]
    partitions[index] = { ...partition, leaderId: leader.leaderId, leaderEpoch: leader.leaderEpoch }
    this.#topics.set(name, { ...topic, partitions })
    return true
  }

  /** A broker named another in an error (KIP-951). */
  noteBroker(broker: BrokerInfo): void {
    this.#brokers = new Map(this.#brokers).set(broker.nodeId, broker)
  }

  /** Forgets every topic that an answer about all of them did not name. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of [...this.#topics.keys(), ...this.#errors.keys()]) if (!names.has(name)) this.remove(name)
  }

  /** Forgets a topic. */
  remove(name: string): void {
    const known = this.#topics.get(name)
    if (known !== undefined) this.#names.delete(known.topicId)
    this.#topics.delete(name)
    this.#errors.delete(name)
  }

  #store(info: TopicInfo): void {
    const known = this.#topics.get(info.name)
    if (known !== undefined && known.topicId !== info.topicId) this.#names.delete(known.topicId)
    this.#topics.set(info.name, info)
    if (info.topicId !== noTopicId) this.#names.set(info.topicId, info.name)
  }

  #merge(name: string, topic: MetadataResponse['topics'][number]): TopicInfo {
    const known = this.#topics.get(name)
    const isSame = known !== undefined && known.topicId === topic.topicId
    const partitions: PartitionInfo[] = []
    for (const partition of topic.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)) {
      const { partitionIndex: index, leaderId, leaderEpoch } = partition
      const last = isSame ? known.partitions[index] : undefined
      if (last !== undefined && leaderEpoch >= 0 && leaderEpoch < last.leaderEpoch) {
        partitions[index] = last
        continue
      }
      partitions[index] = {
        index,
        leaderId: partition.errorCode === errorCodes.LEADER_NOT_AVAILABLE ? -1 : leaderId,
        leaderEpoch,
        replicas: partition.replicaNodes,
        isr: partition.isrNodes,
        offlineReplicas: partition.offlineReplicas,
      }
    }
    return { name, topicId: topic.topicId, isInternal: topic.isInternal, partitions }
  }
}
