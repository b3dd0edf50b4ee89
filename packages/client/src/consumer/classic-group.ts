import { DorsaleError } from '@dorsale/base'
import { type ErrorCode, errorCodes } from '@dorsale/protocol'
import {
  type Generation,
  type GroupDuties,
  GroupMembership,
  type GroupMembershipConfig,
  type GroupProtocol,
  type JoinedMember,
} from '../group/group-membership.ts'
import type { GroupMetrics } from '../metrics/group-metrics.ts'
import type { Cluster } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Assignor, AssignorCluster, GroupMember } from './assignors/assignor.ts'
import { commitFailed } from './committer.ts'
import {
  consumerProtocolType,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'
import type { Departure, GroupLink } from './group-link.ts'
import type { GroupMetadata } from './group-listener.ts'
import type { GroupPartitions } from './group-partitions.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'
import type { Turns } from './turns.ts'

export interface ClassicGroupOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly config: GroupMembershipConfig
  readonly assignors: readonly Assignor[]
  /** Null: none. */
  readonly rack: string | null
  readonly partitions: GroupPartitions
  readonly turns: Turns
  readonly metrics: GroupMetrics
  /** What is subscribed to, by name; with a pattern, what matches it now. */
  subscribedTopics(): readonly string[]
  onError(error: Error): void
}

/** A consumer in a group of the classic protocol: subscriptions, assignors and rebalance on top of the membership. */
export class ClassicGroup implements GroupLink {
  readonly #options: ClassicGroupOptions
  readonly #membership: GroupMembership
  readonly #isCooperative: boolean
  /** The generation of what is owned, and what it was; sticky assignors tell the leader even after it was given up. */
  #ownedGeneration = -1
  #ownedLast: readonly TopicPartition[] = []
  /** What this member said it subscribes to when it joined. */
  #joinedTopics: readonly string[] = []
  /** Topics of the whole group, on its leader. */
  #groupTopics: readonly string[] | undefined
  /** What the assignor knew of them. Empty: this member has not led yet. */
  #snapshot = ''

  constructor(options: ClassicGroupOptions) {
    this.#options = options
    this.#isCooperative = options.assignors.every(({ mode }) => mode === 'cooperative')
    const duties: GroupDuties = {
      protocols: () => this.#protocols(),
      prepare: takeLoss => options.turns.take(() => this.#prepare(takeLoss)),
      assign: (protocol, members) => this.#assign(protocol, members),
      lead: (_protocol, members) =>
        this.#watchAgain(topicsOf(members.map(({ metadata }) => decodeSubscription(metadata)))),
      assigned: (assignment, generation) => options.turns.take(() => this.#assigned(assignment, generation)),
      failed: error => {
        // Whatever this member has, others may have it now.
        options.turns.take(() => options.partitions.lose(options.partitions.all))
        options.onError(error)
      },
    }
    const { world, cluster, config, metrics } = options
    const protocolType = consumerProtocolType
    this.#membership = new GroupMembership({ world, cluster, config, protocolType, metrics, duties })
  }

  get isActive(): boolean {
    return this.#membership.state !== 'outside'
  }

  get memberId(): string | undefined {
    return this.#membership.generation.memberId || undefined
  }

  member(): GroupMetadata {
    const { groupId, groupInstanceId } = this.#options.config
    const { generationId, memberId } = this.#membership.generation
    if (generationId < 0) throw commitFailed({ groupId })
    return { groupId, groupInstanceId, generationId, memberId }
  }

  asked(): void {
    this.#membership.start()
  }

  subscriptionChanged(): void {
    this.#membership.rejoin('the subscription has changed')
  }

  rejoin(reason: string): void {
    this.#membership.rejoin(reason)
  }

  metadataChanged(): void {
    if (this.#membership.state !== 'stable') return
    if (!sameNames(this.#options.subscribedTopics(), this.#joinedTopics)) this.subscriptionChanged()
    else if (this.#groupTopics !== undefined && this.#describe(this.#groupTopics) !== this.#snapshot) {
      this.#membership.rejoin('topics of the group have changed')
    }
  }

  heed(errorCode: ErrorCode, member: GroupMetadata): void {
    const { generation } = this.#membership
    if (generation.generationId === member.generationId && generation.memberId === member.memberId) {
      this.#membership.heed(errorCode, generation)
    }
  }

  leave(reason: string): Promise<void> {
    return this.#membership.leave(reason)
  }

  async close(departure: Departure): Promise<void> {
    const { partitions } = this.#options
    if (this.#membership.generation.generationId >= 0) await partitions.revoke(partitions.all)
    else await partitions.lose(partitions.all)
    const isStatic = this.#options.config.groupInstanceId !== null
    const tell = departure === 'leave' || (departure === 'default' && !isStatic)
    await this.#membership.leave('the consumer is being closed', { tell })
  }

  #protocols(): GroupProtocol[] {
    const { assignors, partitions, rack } = this.#options
    this.#joinedTopics = [...this.#options.subscribedTopics()]
    return assignors.map(assignor => ({
      name: assignor.name,
      metadata: encodeSubscription({
        topics: this.#joinedTopics,
        userData: assignor.userData?.(this.#ownedLast, this.#ownedGeneration) ?? null,
        ownedPartitions: partitions.all,
        generationId: this.#ownedGeneration,
        rackId: rack,
      }),
    }))
  }

  async #prepare(takeLoss: () => boolean): Promise<void> {
    const { partitions } = this.#options
    this.#groupTopics = undefined
    const isLost = takeLoss()
    if (isLost) {
      this.#ownedGeneration = -1
      this.#ownedLast = []
      await partitions.lose(partitions.all)
    } else if (!this.#isCooperative) await partitions.revoke(partitions.all)
    else {
      const topics = new Set(this.#options.subscribedTopics())
      await partitions.revoke(partitions.all.filter(({ topic }) => !topics.has(topic)))
    }
  }

  async #assign(protocol: string, joined: readonly JoinedMember[]): Promise<Map<string, Uint8Array>> {
    const assignor = this.#assignorOf(protocol)
    const members = joined.map(
      ({ memberId, groupInstanceId, metadata }): GroupMember => ({
        memberId,
        groupInstanceId,
        ...decodeSubscription(metadata),
      }),
    )
    await this.#watch(topicsOf(members))
    const plan = assignor.assign(this.#view(), members)
    return new Map([...plan].map(([memberId, assignment]) => [memberId, encodeAssignment(assignment)]))
  }

  /** A static leader has come back to its generation: what has changed while it was away is news, as far as it can tell. */
  async #watchAgain(topics: readonly string[]): Promise<void> {
    const before = this.#snapshot
    await this.#watch(topics)
    if (before !== '') this.#snapshot = before
  }

  /** From now on a change of these topics is news. */
  async #watch(topics: readonly string[]): Promise<void> {
    const { cluster } = this.#options
    const unknown = topics.filter(topic => cluster.metadata.topic(topic) === undefined)
    for (const topic of topics) cluster.addTopic(topic)
    // Topics that are still unknown then are assigned when they come up: that is news, and the leader rejoins.
    if (unknown.length > 0) await cluster.refreshed()
    this.#groupTopics = topics
    this.#snapshot = this.#describe(topics)
  }

  async #assigned(bytes: Uint8Array, generation: Generation): Promise<void> {
    const { partitions } = this.#options
    // A loss that has come since speaks for itself, at the next join.
    if (generation !== this.#membership.generation) return
    this.#assignorOf(generation.protocol ?? '')
    const topics = new Set(this.#options.subscribedTopics())
    const given = decodeAssignment(bytes).partitions
    const wanted = given.filter(({ topic }) => topics.has(topic))
    if (wanted.length < given.length) this.subscriptionChanged()
    const names = new Set(wanted.map(nameOf))
    const owned = partitions.all
    const ownedNames = new Set(owned.map(nameOf))
    const revoked = owned.filter(each => !names.has(nameOf(each)))
    this.#ownedGeneration = generation.generationId
    this.#ownedLast = wanted
    if (revoked.length > 0) {
      await partitions.revoke(revoked)
      // The others get what was given up in the rebalance that follows.
      this.#membership.rejoin('partitions were given up')
    }
    await partitions.take(wanted.filter(each => !ownedNames.has(nameOf(each))))
    this.metadataChanged()
  }

  #assignorOf(protocol: string): Assignor {
    const assignor = this.#options.assignors.find(({ name }) => name === protocol)
    if (assignor !== undefined) return assignor
    throw new DorsaleError(
      'DORSALE_UNKNOWN_ASSIGNOR',
      `the group chose the assignor '${protocol}', which is not configured`,
    )
  }

  #view(): AssignorCluster {
    const { metadata } = this.#options.cluster
    return {
      partitions: topic => {
        const { partitions } = this.#known(topic) ?? {}
        return partitions?.map(({ replicas }) => ({
          racks: replicas.flatMap(node => metadata.brokers.get(node)?.rack ?? []),
        }))
      },
    }
  }

  #known(topic: string) {
    const { metadata } = this.#options.cluster
    return metadata.errorOf(topic) === errorCodes.UNKNOWN_TOPIC_OR_PARTITION ? undefined : metadata.topic(topic)
  }

  /** All that an assignor may know of topics, to tell whether it has changed. */
  #describe(topics: readonly string[]): string {
    const view = this.#view()
    return JSON.stringify(topics.map(topic => view.partitions(topic)?.map(({ racks }) => racks.toSorted())))
  }
}

function topicsOf(members: readonly { readonly topics: readonly string[] }[]): string[] {
  return [...new Set(members.flatMap(({ topics }) => topics))].sort()
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one)
  return names.size === new Set(other).size && other.every(name => names.has(name))
}
