/** What the group coordinator is configured with; Kafka's keys in the comments. All may change while it runs, so read them when they are needed. */
export interface GroupConfig {
  /** `group.min.session.timeout.ms` */
  readonly classicSessionTimeoutMsMin: number
  /** `group.max.session.timeout.ms` */
  readonly classicSessionTimeoutMsMax: number
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalanceDelayMs: number
  /** `group.max.size` */
  readonly classicSizeMax: number
  /** `offset.metadata.max.bytes`; Kafka counts UTF-16 units, and so do we. */
  readonly offsetMetadataMax: number
  /** `offsets.retention.minutes`, in milliseconds. */
  readonly offsetsRetentionMs: number
  /** `offsets.retention.check.interval.ms` */
  readonly offsetsRetentionCheckIntervalMs: number
  /** `group.consumer.max.size` */
  readonly consumerSizeMax: number
  /** `group.consumer.assignors`, the standard one first. */
  readonly consumerAssignors: readonly string[]
  /** `group.consumer.migration.policy` */
  readonly migrationPolicy: MigrationPolicy
  /** `group.consumer.regex.refresh.interval.ms` */
  readonly regexRefreshIntervalMs: number
  /** What holds for one consumer group: its own settings (`consumer.*`) within the broker's bounds, or the broker's (`group.consumer.*`). */
  consumerGroup(groupId: string): ModernGroupConfig
  /** `group.share.max.size` */
  readonly shareSizeMax: number
  /** `group.share.initialize.retry.interval.ms` */
  readonly shareInitializeRetryIntervalMs: number
  /** As `consumerGroup`, for a share group: `share.*` and `group.share.*`. */
  shareGroup(groupId: string): ModernGroupConfig
}

/** Whether classic groups may become consumer groups while they live (upgrade), and the other way round (downgrade). */
export type MigrationPolicy = 'disabled' | 'upgrade' | 'downgrade' | 'bidirectional'

/** What a group may be configured with by itself. */
export interface ModernGroupConfig {
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** The least time between two assignments. */
  readonly assignmentIntervalMs: number
}

/** How long a new member's first JoinGroup may wait: it has no member id yet and cannot send heartbeats. Kafka's constant. */
export const newMemberJoinTimeoutMs = 5 * 60_000
