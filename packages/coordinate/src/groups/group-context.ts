import type { Logger, Prng } from '@dorsale/base'
import type { ShardTimers } from '../shard/coordinator-shard.ts'
import type { Step } from '../shard/step.ts'
import type { ClassicGroup } from './classic/classic-group.ts'
import type { ConsumerGroup } from './consumer/consumer-group.ts'
import type { GroupConfig } from './group-config.ts'
import type { GroupRecord } from './group-records.ts'
import type { MemberTimers } from './modern/member-timers.ts'
import type { GroupMetadataImage, TopicHashes } from './modern/topic-hashes.ts'
import type { ShareGroup } from './share/share-group.ts'

/** A group of any kind; switch on `kind`. */
export type Group = ClassicGroup | ConsumerGroup | ShareGroup

/** A step of the group coordinator. */
export type GroupStep = Step<GroupRecord>

/** Who sent a request. */
export interface GroupClient {
  readonly apiVersion: number
  readonly clientId: string
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string
  /** Whether it may know of a topic: patterns that it subscribes to find no others. Default: it may know of all. */
  readonly mayDescribe?: (topic: string) => boolean
}

/** What every operation of the group coordinator may look at. */
export interface GroupContext {
  readonly config: GroupConfig
  readonly timers: ShardTimers<GroupRecord>
  readonly prng: Prng
  readonly logger: Logger
  readonly groups: Map<string, Group>
  /** Committed metadata of the cluster. */
  readonly image: GroupMetadataImage
  readonly topicHashes: TopicHashes
  /** Of members of groups that are not classic. */
  readonly memberTimers: MemberTimers
  /** Groups whose patterns are being looked up at this moment. */
  readonly resolvingRegexes: Set<string>
  /** Offset of the last metadata image in which a topic was new. */
  newTopicsOffset(): number
}
