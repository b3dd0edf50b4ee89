import type {
  AccessControlEntryRecord,
  ClientQuotaRecord,
  DelegationTokenRecord,
  UserScramCredentialRecord,
} from '@dorsale/protocol'

/**
 * What the cluster knows about itself, as of one offset of the metadata log: topics, partitions, brokers, configurations, features.
 *
 * Handlers read it; only `MetadataState.replay` changes it. The values hanging off it (a topic, a partition, a broker) are never
 * changed in place: replay replaces them, so a handler may keep one and compare it by identity later.
 */
export interface MetadataImage {
  /** Offset of the last record replayed; -1 before the first. */
  readonly offset: number
  /** Leader epoch of that record. */
  readonly epoch: number
  readonly topicsByName: ReadonlyMap<string, TopicImage>
  readonly topicsById: ReadonlyMap<string, TopicImage>
  readonly brokers: ReadonlyMap<number, BrokerImage>
  readonly controllers: ReadonlyMap<number, ControllerImage>
  /** Finalized feature levels; a feature at level 0 is absent. */
  readonly features: ReadonlyMap<string, number>
  /** Level of `metadata.version`: which record versions may be written. */
  readonly metadataVersion: number
  /** First producer id that no block has taken yet. */
  readonly nextProducerId: bigint
  /** Dynamic configuration of one resource, by key: only what was set, never defaults. */
  configsOf(resourceType: ConfigResourceType, resourceName: string): ReadonlyMap<string, string>
  /** Every resource with dynamic configuration. */
  configResources(): Iterable<ConfigResource>
  /** By their ids. */
  readonly acls: ReadonlyMap<string, AccessControlEntryRecord>
  readonly clientQuotas: readonly ClientQuotaRecord[]
  readonly scramCredentials: readonly UserScramCredentialRecord[]
  /** What a user logs in with; `mechanism` is Kafka's number of it. */
  scramCredential(user: string, mechanism: number): UserScramCredentialRecord | undefined
  readonly delegationTokens: ReadonlyMap<string, DelegationTokenRecord>
}

export interface TopicImage {
  readonly name: string
  readonly id: string
  /** Indexed by partition number. */
  readonly partitions: readonly PartitionImage[]
}

/** One partition as the controller decided it. Replica-shaped arrays hold broker ids. */
export interface PartitionImage {
  /** In preferred order: the first is the preferred leader. */
  readonly replicas: readonly number[]
  /** Directory id of each replica, in the order of `replicas`. */
  readonly directories: readonly string[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  /** Eligible leader replicas: out of the ISR, yet known to hold everything below the high watermark (KIP-966). */
  readonly elr: readonly number[]
  readonly lastKnownElr: readonly number[]
  /** -1: no leader. */
  readonly leader: number
  /** 0 recovered, 1 recovering from an unclean election. */
  readonly leaderRecoveryState: number
  /** Grows by one with each new leader (and each shrinking ISR change that moves the leader). */
  readonly leaderEpoch: number
  /** Grows by one with any change of the partition. */
  readonly partitionEpoch: number
}

/** One registered broker. */
export interface BrokerImage {
  readonly id: number
  readonly epoch: number
  readonly incarnationId: string
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly FeatureRange[]
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  /** Directory ids of the log directories that are online. */
  readonly logDirs: readonly string[]
  /** Null until the broker has said so in a heartbeat. */
  readonly cordonedLogDirs: readonly string[] | null
}

/** One registered controller. */
export interface ControllerImage {
  readonly id: number
  readonly incarnationId: string
  readonly zkMigrationReady: boolean
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly FeatureRange[]
}

export interface EndpointImage {
  /** Listener name. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

export interface FeatureRange {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

/** Kafka's numbers for the kinds of thing that carry configuration. */
export const configResourceTypes = {
  UNKNOWN: 0,
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const
export type ConfigResourceType = (typeof configResourceTypes)[keyof typeof configResourceTypes]

export interface ConfigResource {
  readonly type: ConfigResourceType
  /** Topic name, broker id as text, or '' for the default of all brokers. */
  readonly name: string
}

/** What one step of replay touched; what a broker must look at again. */
export interface MetadataDelta {
  /** A snapshot was loaded: anything may have changed, the sets below name what the new image holds. */
  readonly fromSnapshot: boolean
  /** Ids of topics that appeared, or whose partitions changed. */
  readonly changedTopics: ReadonlySet<string>
  /** Topics that are gone, as they last were. */
  readonly removedTopics: readonly TopicImage[]
  readonly changedBrokers: ReadonlySet<number>
  readonly changedConfigs: readonly ConfigResource[]
  readonly featuresChanged: boolean
  /** Of clients, users or addresses. */
  readonly quotasChanged: boolean
  readonly addedAcls: readonly AccessControlEntryRecord[]
  /** As they were; one that this delta added stands in both lists. */
  readonly removedAcls: readonly AccessControlEntryRecord[]
}
