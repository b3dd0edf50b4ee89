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
}

/** How long a new member's first JoinGroup may wait: it has no member id yet and cannot send heartbeats. Kafka's constant. */
export const newMemberJoinTimeoutMs = 5 * 60_000
