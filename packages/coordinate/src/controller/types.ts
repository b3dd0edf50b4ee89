import type { EndpointImage, FeatureRange } from '../metadata/image.ts'

/** What the controller is configured with; Kafka's keys in the comments. */
export interface ControllerConfig {
  readonly nodeId: number
  /** `num.partitions` */
  readonly partitionCountDefault: number
  /** `default.replication.factor` */
  readonly replicationFactorDefault: number
  /** `min.insync.replicas` of the static configuration. */
  readonly minInSyncReplicas: number
  /** `broker.session.timeout.ms` */
  readonly brokerSessionTimeoutMs: number
  /** `metadata.max.idle.interval.ms`: how often an idle log gets a NoOpRecord; 0: never. */
  readonly idleIntervalMs: number
  /** `delete.topic.enable` */
  readonly topicDeletionEnabled: boolean
  /** Endpoints this controller registers with. */
  readonly endpoints: readonly EndpointImage[]
  /** Feature ranges this process can serve. */
  readonly supportedFeatures: readonly FeatureRange[]
}
