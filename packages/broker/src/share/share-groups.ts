import type { Clock, Logger, TimerWheel } from '@dorsale/base'
import type { MetadataDelta, MetadataImage, SharePartitionKey } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { BrokerConfig } from '../config/index.ts'
import type { Partition } from '../partition.ts'
import type { Replicas } from '../replicas.ts'
import type { ShareGroupSettings } from './share-group-settings.ts'
import { SharePartitionHost } from './share-partition-host.ts'
import { type ShareSession, ShareSessions, type ShareTarget } from './share-sessions.ts'
import type { ShareStatePersister } from './share-state-persister.ts'

export interface ShareGroupsOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly config: BrokerConfig
  readonly image: MetadataImage
  readonly replicas: Replicas
  readonly settings: ShareGroupSettings
  readonly persister: ShareStatePersister
}

/** The share groups' side of the partitions that this broker leads (KIP-932): sessions of their members, and a share partition for each that they read. */
export class ShareGroups {
  readonly #options: ShareGroupsOptions
  readonly sessions: ShareSessions
  readonly settings: ShareGroupSettings
  readonly #hosts = new Map<string, Map<string, SharePartitionHost>>()

  constructor(options: ShareGroupsOptions) {
    this.#options = options
    this.settings = options.settings
    this.sessions = new ShareSessions({
      sessionsMax: options.config.values['group.share.max.share.sessions'],
      onReleased: session => this.#release(session),
    })
  }

  /** The share partition, which is made when it is not there. Throws as `partitionOf`. */
  open(key: SharePartitionKey): SharePartitionHost {
    const partition = this.partitionOf(key)
    const known = this.find(key)
    if (known?.partition === partition && known.leaderEpoch === partition.leaderEpoch) return known
    known?.fence()
    const { groupId } = key
    let ofGroup = this.#hosts.get(groupId)
    if (ofGroup === undefined) {
      ofGroup = new Map()
      this.#hosts.set(groupId, ofGroup)
    }
    const host: SharePartitionHost = new SharePartitionHost({
      ...this.#options,
      key,
      partition,
      onFenced: () => this.#forget(key, host),
    })
    ofGroup.set(placeOf(key), host)
    host.load()
    return host
  }

  /** The share partition, when somebody reads it. */
  find(key: SharePartitionKey): SharePartitionHost | undefined {
    return this.#hosts.get(key.groupId)?.get(placeOf(key))
  }

  /** The partition itself. Throws UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER. */
  partitionOf({ topicId, partition: index }: ShareTarget): Partition {
    const { image, replicas } = this.#options
    const topic = image.topicsById.get(topicId)
    if (topic === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_ID)
    const partition = replicas.get(topic.name, index)
    if (partition === undefined) {
      const isElsewhere = topic.partitions[index] !== undefined
      throw new ProtocolError(isElsewhere ? errorCodes.NOT_LEADER_OR_FOLLOWER : errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    }
    partition.checkLeader(-1)
    return partition
  }

  /** A member's session ends, by its own wish or since it is not in its group any more: what it has is available to others. */
  memberLeft(groupId: string, memberId: string): void {
    const session = this.sessions.end(groupId, memberId)
    if (session !== undefined) this.#release(session)
  }

  /** A group has no members any more. */
  groupEmpty(groupId: string): void {
    for (const host of [...(this.#hosts.get(groupId)?.values() ?? [])]) host.fence()
  }

  /** Follows one step of replay; after the partitions did. */
  apply(delta: MetadataDelta): void {
    if (delta.changedTopics.size === 0 && delta.removedTopics.length === 0) return
    for (const host of this.#allHosts()) {
      const { partition, leaderEpoch } = host
      const isThere = this.#options.replicas.get(partition.topic, partition.index) === partition
      if (!isThere || !partition.isLeader || partition.leaderEpoch !== leaderEpoch) host.fence()
    }
  }

  close(): void {
    for (const host of this.#allHosts()) host.fence()
  }

  #allHosts(): SharePartitionHost[] {
    return [...this.#hosts.values()].flatMap(ofGroup => [...ofGroup.values()])
  }

  #release({ groupId, memberId, targets }: ShareSession): void {
    const { logger } = this.#options
    for (const target of targets.values()) {
      this.find({ groupId, ...target })?.release(memberId, error => {
        // Its locks end by themselves.
        if (error !== undefined) logger.warn('what a member had could not be released', { groupId, memberId, error })
      })
    }
  }

  #forget(key: SharePartitionKey, host: SharePartitionHost): void {
    const ofGroup = this.#hosts.get(key.groupId)
    if (ofGroup?.get(placeOf(key)) !== host) return
    ofGroup.delete(placeOf(key))
    if (ofGroup.size === 0) this.#hosts.delete(key.groupId)
  }
}

function placeOf({ topicId, partition }: ShareTarget): string {
  return `${topicId}:${partition}`
}
