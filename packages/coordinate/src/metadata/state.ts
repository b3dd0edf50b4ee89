import { assert, assertNever } from '@dorsale/base'
import type {
  AccessControlEntryRecord,
  BrokerRegistrationChangeRecord,
  ClientQuotaRecord,
  ConfigRecord,
  DelegationTokenRecord,
  MetadataRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RegisterBrokerRecord,
  UserScramCredentialRecord,
} from '@dorsale/protocol'
import { DeltaBuilder } from './delta.ts'
import type {
  BrokerImage,
  ConfigResource,
  ConfigResourceType,
  ControllerImage,
  MetadataDelta,
  MetadataImage,
  PartitionImage,
  TopicImage,
} from './image.ts'
import { MetadataError } from './metadata-error.ts'

const noConfigs: ReadonlyMap<string, string> = new Map()

/**
 * The metadata image and the only thing that changes it: `replay`. The active controller keeps one that holds every record it has
 * appended, the broker one that holds what is committed; the same records give the same state.
 *
 * Records between BeginTransaction and EndTransaction take effect together at the end, or never (KIP-868).
 */
export class MetadataState implements MetadataImage {
  offset = -1
  epoch = -1
  metadataVersion = 0
  nextProducerId = 0n
  readonly topicsByName = new Map<string, TopicImage>()
  readonly topicsById = new Map<string, TopicImage>()
  readonly brokers = new Map<number, BrokerImage>()
  readonly controllers = new Map<number, ControllerImage>()
  readonly features = new Map<string, number>()
  readonly acls = new Map<string, AccessControlEntryRecord>()
  readonly delegationTokens = new Map<string, DelegationTokenRecord>()
  readonly #configs = new Map<string, { resource: ConfigResource; values: Map<string, string> }>()
  readonly #quotas = new Map<string, ClientQuotaRecord>()
  readonly #scram = new Map<string, UserScramCredentialRecord>()
  /** Partition lists made since the last delta, by topic id: nobody has been shown them yet, so they may grow in place. */
  readonly #drafts = new Map<string, PartitionImage[]>()
  #transaction: MetadataRecord[] | undefined
  #delta = new DeltaBuilder()

  /** A metadata transaction has begun and not ended: what it holds is not visible yet, and no snapshot may be taken. */
  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  get clientQuotas(): readonly ClientQuotaRecord[] {
    return [...this.#quotas.values()]
  }

  get scramCredentials(): readonly UserScramCredentialRecord[] {
    return [...this.#scram.values()]
  }

  scramCredential(user: string, mechanism: number): UserScramCredentialRecord | undefined {
    return this.#scram.get(scramKey(user, mechanism))
  }

  configsOf(resourceType: ConfigResourceType, resourceName: string): ReadonlyMap<string, string> {
    return this.#configs.get(configKey(resourceType, resourceName))?.values ?? noConfigs
  }

  *configResources(): Iterable<ConfigResource> {
    for (const entry of this.#configs.values()) yield entry.resource
  }

  /** Applies the records of one batch, whose last offset and epoch these are. Throws `MetadataError` on a record that cannot follow. */
  replayBatch(records: readonly MetadataRecord[], lastOffset: number, epoch: number): void {
    for (const record of records) this.replay(record)
    this.offset = lastOffset
    this.epoch = epoch
  }

  /** Back to the state before the first record. */
  clear(): void {
    this.offset = -1
    this.epoch = -1
    this.metadataVersion = 0
    this.nextProducerId = 0n
    for (const topic of this.topicsById.values()) this.#delta.topicRemoved(topic)
    this.topicsByName.clear()
    this.topicsById.clear()
    this.brokers.clear()
    this.controllers.clear()
    this.features.clear()
    this.acls.clear()
    this.delegationTokens.clear()
    this.#configs.clear()
    this.#quotas.clear()
    this.#scram.clear()
    this.#transaction = undefined
  }

  /** A state of its own that holds the same; the values are shared, since none is ever changed in place. */
  copy(): MetadataState {
    this.#drafts.clear()
    const copy = new MetadataState()
    copy.offset = this.offset
    copy.epoch = this.epoch
    copy.metadataVersion = this.metadataVersion
    copy.nextProducerId = this.nextProducerId
    copyInto(this.topicsByName, copy.topicsByName)
    copyInto(this.topicsById, copy.topicsById)
    copyInto(this.brokers, copy.brokers)
    copyInto(this.controllers, copy.controllers)
    copyInto(this.features, copy.features)
    copyInto(this.acls, copy.acls)
    copyInto(this.delegationTokens, copy.delegationTokens)
    copyInto(this.#configs, copy.#configs)
    copyInto(this.#quotas, copy.#quotas)
    copyInto(this.#scram, copy.#scram)
    copy.#transaction = this.#transaction?.slice()
    return copy
  }

  /** What changed since the last call. From here on the values that the state shows do not change any more. */
  takeDelta(fromSnapshot = false): MetadataDelta {
    const delta = this.#delta.build(fromSnapshot)
    this.#delta = new DeltaBuilder()
    this.#drafts.clear()
    return delta
  }

  replay(record: MetadataRecord): void {
    switch (record.type) {
      case 'BeginTransactionRecord':
        if (this.#transaction !== undefined) throw new MetadataError('a metadata transaction begins inside another')
        this.#transaction = []
        return
      case 'EndTransactionRecord': {
        const records = this.#transaction
        if (records === undefined) throw new MetadataError('a metadata transaction ends that has not begun')
        this.#transaction = undefined
        for (const each of records) this.#apply(each)
        return
      }
      case 'AbortTransactionRecord':
        if (this.#transaction === undefined) throw new MetadataError('a metadata transaction aborts that has not begun')
        this.#transaction = undefined
        return
      default:
        if (this.#transaction === undefined) this.#apply(record)
        else this.#transaction.push(record)
    }
  }

  #apply(record: MetadataRecord): void {
    switch (record.type) {
      case 'TopicRecord':
        this.#replayTopic(record.value.name, record.value.topicId)
        return
      case 'RemoveTopicRecord':
        this.#replayRemoveTopic(record.value.topicId)
        return
      case 'PartitionRecord':
        this.#replayPartition(record.value)
        return
      case 'PartitionChangeRecord':
        this.#replayPartitionChange(record.value)
        return
      case 'ClearElrRecord':
        this.#replayClearElr(record.value.topicName)
        return
      case 'RegisterBrokerRecord':
        this.#replayRegisterBroker(record.value)
        return
      case 'UnregisterBrokerRecord':
        this.#brokerAt(record.value.brokerId, record.value.brokerEpoch)
        this.brokers.delete(record.value.brokerId)
        this.#delta.broker(record.value.brokerId)
        return
      case 'BrokerRegistrationChangeRecord':
        this.#replayBrokerChange(record.value)
        return
      case 'FenceBrokerRecord':
        this.#setBroker({ ...this.#brokerAt(record.value.id, record.value.epoch), fenced: true })
        return
      case 'UnfenceBrokerRecord':
        this.#setBroker({ ...this.#brokerAt(record.value.id, record.value.epoch), fenced: false })
        return
      case 'RegisterControllerRecord':
        this.controllers.set(record.value.controllerId, {
          id: record.value.controllerId,
          incarnationId: record.value.incarnationId,
          zkMigrationReady: record.value.zkMigrationReady,
          endpoints: record.value.endPoints,
          features: record.value.features,
        })
        return
      case 'UnregisterControllerRecord':
        this.controllers.delete(record.value.controllerId)
        return
      case 'ConfigRecord':
        this.#replayConfig(record.value)
        return
      case 'FeatureLevelRecord':
        if (record.value.featureLevel === 0) this.features.delete(record.value.name)
        else this.features.set(record.value.name, record.value.featureLevel)
        if (record.value.name === 'metadata.version') this.metadataVersion = record.value.featureLevel
        this.#delta.features()
        return
      case 'ProducerIdsRecord':
        if (record.value.nextProducerId <= this.nextProducerId) {
          throw new MetadataError(
            `next producer id ${record.value.nextProducerId} does not follow ${this.nextProducerId}`,
          )
        }
        this.nextProducerId = record.value.nextProducerId
        return
      case 'ClientQuotaRecord': {
        const key = JSON.stringify([
          record.value.key,
          record.value.entity.map(e => [e.entityType, e.entityName]).sort(),
        ])
        if (record.value.remove) this.#quotas.delete(key)
        else this.#quotas.set(key, record.value)
        this.#delta.quotas()
        return
      }
      case 'UserScramCredentialRecord':
        this.#scram.set(scramKey(record.value.name, record.value.mechanism), record.value)
        return
      case 'RemoveUserScramCredentialRecord':
        this.#scram.delete(scramKey(record.value.name, record.value.mechanism))
        return
      case 'DelegationTokenRecord':
        this.delegationTokens.set(record.value.tokenId, record.value)
        return
      case 'RemoveDelegationTokenRecord':
        this.delegationTokens.delete(record.value.tokenId)
        return
      case 'AccessControlEntryRecord':
        this.acls.set(record.value.id, record.value)
        this.#delta.acl(record.value)
        return
      case 'RemoveAccessControlEntryRecord':
        this.#replayRemoveAcl(record.value.id)
        return
      case 'NoOpRecord':
      case 'ZkMigrationStateRecord':
        return
      case 'BeginTransactionRecord':
      case 'EndTransactionRecord':
      case 'AbortTransactionRecord':
        assert(false, 'transaction markers are handled before')
        return
      default:
        assertNever(record)
    }
  }

  #replayTopic(name: string, id: string): void {
    if (this.topicsByName.has(name)) throw new MetadataError(`topic ${name} is created twice`)
    this.#setTopic({ name, id, partitions: [] })
  }

  #replayRemoveTopic(id: string): void {
    const topic = this.#topic(id)
    this.topicsById.delete(id)
    this.topicsByName.delete(topic.name)
    // A topic's configuration goes with it: no record says so separately.
    if (this.#configs.delete(configKey(topicResourceType, topic.name))) {
      this.#delta.config({ type: topicResourceType, name: topic.name })
    }
    this.#delta.topicRemoved(topic)
  }

  #replayPartition(record: PartitionRecord): void {
    const topic = this.#topic(record.topicId)
    const { length } = topic.partitions
    if (record.partitionId > length) {
      throw new MetadataError(`partition ${record.partitionId} of topic ${topic.name} comes before ${length}`)
    }
    this.#setPartition(topic, record.partitionId, {
      replicas: record.replicas,
      // Directories are unknown in logs written before metadata.version 3.7.
      directories: record.directories.length === 0 ? record.replicas.map(() => zeroUuid) : record.directories,
      isr: record.isr,
      removingReplicas: record.removingReplicas,
      addingReplicas: record.addingReplicas,
      elr: record.eligibleLeaderReplicas ?? [],
      lastKnownElr: record.lastKnownElr ?? [],
      leader: record.leader,
      leaderRecoveryState: record.leaderRecoveryState,
      leaderEpoch: record.leaderEpoch,
      partitionEpoch: record.partitionEpoch,
    })
  }

  #replayPartitionChange(record: PartitionChangeRecord): void {
    const topic = this.#topic(record.topicId)
    const before = topic.partitions[record.partitionId]
    if (before === undefined) throw new MetadataError(`no partition ${record.partitionId} in topic ${topic.name}`)
    this.#setPartition(topic, record.partitionId, mergePartitionChange(before, record))
  }

  #replayClearElr(topicName: string): void {
    const topics = topicName === '' ? [...this.topicsByName.values()] : [this.topicsByName.get(topicName)]
    for (const topic of topics) {
      if (topic === undefined) throw new MetadataError(`no topic ${topicName} to clear the eligible leader replicas of`)
      const partitions = topic.partitions.map(p =>
        p.elr.length + p.lastKnownElr.length === 0
          ? p
          : { ...p, elr: [], lastKnownElr: [], partitionEpoch: p.partitionEpoch + 1 },
      )
      if (partitions.some((p, index) => p !== topic.partitions[index])) this.#setTopic({ ...topic, partitions })
    }
  }

  #replayRegisterBroker(record: RegisterBrokerRecord): void {
    this.#setBroker({
      id: record.brokerId,
      epoch: record.brokerEpoch,
      incarnationId: record.incarnationId,
      endpoints: record.endPoints,
      features: record.features,
      rack: record.rack,
      fenced: record.fenced,
      inControlledShutdown: record.inControlledShutdown,
      logDirs: record.logDirs,
      cordonedLogDirs: record.cordonedLogDirs,
    })
  }

  #replayBrokerChange(record: BrokerRegistrationChangeRecord): void {
    const broker = this.#brokerAt(record.brokerId, record.brokerEpoch)
    this.#setBroker({
      ...broker,
      fenced: record.fenced === 0 ? broker.fenced : record.fenced > 0,
      inControlledShutdown: record.inControlledShutdown === 0 ? broker.inControlledShutdown : true,
      logDirs: record.logDirs.length === 0 ? broker.logDirs : record.logDirs,
      cordonedLogDirs: record.cordonedLogDirs ?? broker.cordonedLogDirs,
    })
  }

  #replayConfig(record: ConfigRecord): void {
    const resource = { type: record.resourceType as ConfigResourceType, name: record.resourceName }
    const key = configKey(resource.type, resource.name)
    // Replaced, not changed in place: a handler may hold the map that `configsOf` gave it.
    const values = new Map(this.#configs.get(key)?.values)
    if (record.value === null) values.delete(record.name)
    else values.set(record.name, record.value)
    if (values.size === 0) this.#configs.delete(key)
    else this.#configs.set(key, { resource, values })
    this.#delta.config(resource)
  }

  #replayRemoveAcl(id: string): void {
    const acl = this.acls.get(id)
    if (acl === undefined) throw new MetadataError(`no ACL has the id ${id}`)
    this.acls.delete(id)
    this.#delta.aclRemoved(acl)
  }

  #topic(id: string): TopicImage {
    const topic = this.topicsById.get(id)
    if (topic === undefined) throw new MetadataError(`no topic has the id ${id}`)
    return topic
  }

  /** The topic is copied once per delta, not per record: it may have thousands of partitions, and a record changes one. */
  #setPartition(topic: TopicImage, partitionId: number, partition: PartitionImage): void {
    const draft = this.#drafts.get(topic.id)
    if (draft !== undefined && draft === topic.partitions) {
      draft[partitionId] = partition
      return
    }
    const partitions = topic.partitions.slice()
    partitions[partitionId] = partition
    this.#drafts.set(topic.id, partitions)
    this.#setTopic({ ...topic, partitions })
  }

  #setTopic(topic: TopicImage): void {
    this.topicsByName.set(topic.name, topic)
    this.topicsById.set(topic.id, topic)
    this.#delta.topic(topic.id)
  }

  #brokerAt(id: number, epoch: number): BrokerImage {
    const broker = this.brokers.get(id)
    if (broker === undefined) throw new MetadataError(`broker ${id} is not registered`)
    if (broker.epoch !== epoch)
      throw new MetadataError(`broker ${id} has epoch ${broker.epoch}, the record says ${epoch}`)
    return broker
  }

  #setBroker(broker: BrokerImage): void {
    this.brokers.set(broker.id, broker)
    this.#delta.broker(broker.id)
  }
}

const topicResourceType = 2
const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'
const noLeaderChange = -2

/**
 * One partition after one change. The leader epoch grows when the record names a leader, be it the same one: that is how the controller
 * asks for a new epoch.
 */
function mergePartitionChange(before: PartitionImage, record: PartitionChangeRecord): PartitionImage {
  const named = record.leader !== noLeaderChange
  return {
    replicas: record.replicas ?? before.replicas,
    directories: record.directories ?? before.directories,
    isr: record.isr ?? before.isr,
    removingReplicas: record.removingReplicas ?? before.removingReplicas,
    addingReplicas: record.addingReplicas ?? before.addingReplicas,
    elr: record.eligibleLeaderReplicas ?? before.elr,
    lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
    leader: named ? record.leader : before.leader,
    leaderRecoveryState: record.leaderRecoveryState === -1 ? before.leaderRecoveryState : record.leaderRecoveryState,
    leaderEpoch: named ? before.leaderEpoch + 1 : before.leaderEpoch,
    partitionEpoch: before.partitionEpoch + 1,
  }
}

function copyInto<Key, Value>(from: ReadonlyMap<Key, Value>, to: Map<Key, Value>): void {
  for (const [key, value] of from) to.set(key, value)
}

function configKey(type: number, name: string): string {
  return `${type}/${name}`
}

function scramKey(name: string, mechanism: number): string {
  return `${mechanism}/${name}`
}
