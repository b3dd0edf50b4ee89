import { DorsaleError, type Timer } from '@dorsale/base'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { FetchMetrics } from '../metrics/fetch-metrics.ts'
import { GroupMetrics } from '../metrics/group-metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Cluster } from '../network/cluster.ts'
import type { ConnectionConfig } from '../network/connection-config.ts'
import type { ClientWorld } from '../world.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { Assignor } from './assignors/assignor.ts'
import { assignorsOf } from './assignors/index.ts'
import { ClassicGroup } from './classic-group.ts'
import { fetchCommitted, type GroupOffset } from './committed-offsets.ts'
import { Committer } from './committer.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { Departure, GroupLink } from './group-link.ts'
import type { GroupMetadata, RebalanceListener } from './group-listener.ts'
import { GroupPartitions } from './group-partitions.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'
import { checkTopics, matchesWhole, SubscriptionPattern, type Topics } from './subscription.ts'
import { Turns } from './turns.ts'

export interface GroupSideOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly config: ConsumerConfig
  readonly connection: ConnectionConfig
  readonly groupId: string
  readonly assigned: Map<string, AssignedPartition>
  /** The application's own. */
  readonly assignors: readonly Assignor[]
  readonly metrics: Metrics
  readonly fetchMetrics: FetchMetrics
  onCommitted(offsets: readonly GroupOffset[]): void
  onError(error: Error): void
  /** There may be something to fetch, to hand out or to do. */
  onChange(): void
}

/** What a consumer does for and with its group: subscription, membership, commits. */
export class GroupSide {
  readonly #options: GroupSideOptions
  readonly #partitions: GroupPartitions
  readonly #committer: Committer
  readonly #link: GroupLink
  readonly #metrics: GroupMetrics
  readonly turns: Turns
  #topics: Topics | undefined
  #listener: RebalanceListener = {}
  /** Names that match the pattern, and what was known of the cluster then. */
  #matching: readonly string[] = []
  #seenVersion = -1
  #commitTimer: Timer | undefined
  #awayTimer: Timer | undefined

  constructor(options: GroupSideOptions) {
    this.#options = options
    const { world, cluster, config, connection, assigned, onError, onChange } = options
    const commitsItself = config['enable.auto.commit']
    this.turns = new Turns(world.clock, onChange)
    this.#metrics = new GroupMetrics(options.metrics, {
      joins: !this.#isModern,
      assignedCount: () => assigned.size,
    })
    this.#partitions = new GroupPartitions({
      groupId: options.groupId,
      clock: world.clock,
      logger: world.logger,
      metrics: this.#metrics,
      fetchMetrics: options.fetchMetrics,
      assigned,
      commitHandled: commitsItself ? partitions => this.commitHandled(partitions) : undefined,
      listener: () => this.#listener,
      onListenerError: onError,
      onChange,
    })
    this.#committer = new Committer({
      world,
      cluster,
      retryBackoff: connection.retryBackoff,
      requestTimeoutMs: connection.requestTimeoutMs,
      metrics: this.#metrics,
      member: () => this.#committingMember(),
      holding: name => (this.isSubscribed ? assigned.get(name) : undefined),
      onRefused: (errorCode, member) => {
        if (this.isSubscribed) this.#link.heed(errorCode, member)
      },
    })
    this.#link = this.#makeLink()
    if (commitsItself) this.#commitLater()
  }

  get isSubscribed(): boolean {
    return this.#topics !== undefined
  }

  /** What is subscribed to, by name; with a pattern that the consumer matches itself, what matches now. */
  get topics(): readonly string[] {
    const topics = this.#topics
    if (topics === undefined || topics instanceof SubscriptionPattern) return []
    return topics instanceof RegExp ? this.#matching : topics
  }

  subscribe(topics: Topics, listener: RebalanceListener): void {
    checkTopics(topics)
    const { cluster } = this.#options
    if (topics instanceof SubscriptionPattern && !this.#isModern) {
      throw new DorsaleError(
        'DORSALE_INVALID_SUBSCRIPTION',
        'a SubscriptionPattern is matched by the broker: that needs group.protocol=consumer; a RegExp is matched by the consumer',
      )
    }
    this.#topics = typeof topics === 'object' && Symbol.iterator in topics ? [...new Set(topics)] : topics
    this.#listener = listener
    cluster.watchesAllTopics = topics instanceof RegExp
    this.#match()
    for (const topic of this.topics) cluster.addTopic(topic)
    this.#link.subscriptionChanged()
    this.#watchAbsence()
    this.#options.onChange()
  }

  /** Gives everything up and leaves the group. */
  async unsubscribe(): Promise<void> {
    if (!this.isSubscribed) return
    await this.#link.close('default')
    this.#topics = undefined
    this.#options.cluster.watchesAllTopics = false
    this.#awayTimer?.cancel()
  }

  /** The application asks for records. */
  asked(): void {
    if (this.isSubscribed) this.#link.asked()
  }

  metadataChanged(): void {
    const { version } = this.#options.cluster.metadata
    if (!this.isSubscribed || version === this.#seenVersion) return
    this.#seenVersion = version
    this.#match()
    this.#link.metadataChanged()
  }

  rejoin(reason: string): void {
    this.#link.rejoin(reason)
  }

  metadata(): GroupMetadata {
    return this.isSubscribed ? this.#link.member() : this.#manual()
  }

  /** Of the member that this is; undefined: of none at the moment. */
  get memberId(): string | undefined {
    return this.isSubscribed ? this.#link.memberId : undefined
  }

  fetchCommitted(partitions: readonly TopicPartition[], timeoutMs: number): Promise<GroupOffset[]> {
    // A classic group does not look at who asks.
    const member = () => (this.isSubscribed && this.#isModern ? this.#link.member() : this.#manual())
    return fetchCommitted(this.#options.cluster, member, partitions, { timeoutMs, isStable: true })
  }

  async commit(offsets: readonly GroupOffset[], timeoutMs: number): Promise<void> {
    await this.#committer.commit(offsets, { timeoutMs })
    if (offsets.length > 0) this.#options.onCommitted(offsets)
    for (const { offset, ...of } of offsets) {
      const partition = this.#options.assigned.get(nameOf(of))
      if (partition !== undefined) partition.committedOffset = offset
    }
  }

  /** Commits what was handled of these partitions and is not committed yet. */
  commitHandled(partitions: readonly TopicPartition[] = this.#partitions.all): Promise<void> {
    const { assigned, config } = this.#options
    const offsets = partitions.flatMap(each => assigned.get(nameOf(each))?.uncommitted ?? [])
    return this.commit(offsets, config['default.api.timeout.ms'])
  }

  /** Commits, tells the application and the group, and ends. */
  async close(departure: Departure): Promise<void> {
    const { config, world } = this.#options
    this.#commitTimer?.cancel()
    this.#awayTimer?.cancel()
    if (this.isSubscribed) await this.#link.close(departure)
    else if (config['enable.auto.commit']) {
      await this.commitHandled().catch(error => world.logger.warn('what was handled could not be committed', { error }))
    }
    this.stop()
  }

  /** Ends at once; what is not committed fails. */
  stop(): void {
    this.#commitTimer?.cancel()
    this.#awayTimer?.cancel()
    this.#committer.stop()
  }

  get #isModern(): boolean {
    return this.#options.config['group.protocol'].toLowerCase() === 'consumer'
  }

  #makeLink(): GroupLink {
    const { world, cluster, config, connection, groupId, assignors, onError } = this.#options
    const shared = { world, cluster, partitions: this.#partitions, turns: this.turns, metrics: this.#metrics, onError }
    const rack = config['client.rack'] === '' ? null : config['client.rack']
    const member = {
      groupId,
      groupInstanceId: config['group.instance.id'],
      rebalanceTimeoutMs: config['max.poll.interval.ms'],
      requestTimeoutMs: connection.requestTimeoutMs,
      retryBackoff: connection.retryBackoff,
    }
    const subscribedTopics = () => this.topics
    if (this.#isModern) {
      return new ConsumerGroup({
        ...shared,
        subscribedTopics,
        subscribedPattern: () => (this.#topics instanceof SubscriptionPattern ? this.#topics.pattern : undefined),
        config: { ...member, rack, remoteAssignor: config['group.remote.assignor'] },
      })
    }
    return new ClassicGroup({
      ...shared,
      rack,
      assignors: assignorsOf(config['partition.assignment.strategy'], assignors),
      subscribedTopics,
      config: {
        ...member,
        sessionTimeoutMs: config['session.timeout.ms'],
        heartbeatIntervalMs: config['heartbeat.interval.ms'],
      },
    })
  }

  /** Who commits without being a member: partitions that are assigned by hand. */
  #manual(): GroupMetadata {
    return { groupId: this.#options.groupId, generationId: -1, memberId: '', groupInstanceId: null }
  }

  #committingMember(): GroupMetadata {
    return this.isSubscribed ? this.#link.member() : this.#manual()
  }

  #match(): void {
    const topics = this.#topics
    if (!(topics instanceof RegExp)) return
    const { cluster, config } = this.#options
    const leavesOut = config['exclude.internal.topics']
    this.#matching = [...cluster.metadata.topics]
      .filter(({ name, isInternal }) => !(isInternal && leavesOut) && matchesWhole(topics, name))
      .map(({ name }) => name)
      .sort()
  }

  #commitLater(): void {
    const { config, world } = this.#options
    this.#commitTimer = world.clock.setTimer(config['auto.commit.interval.ms'], () => {
      this.#commitLater()
      this.commitHandled().catch(error => world.logger.warn('what was handled could not be committed', { error }))
    })
  }

  /** Leaves the group when the application is away for too long. */
  #watchAbsence(): void {
    const { config, world } = this.#options
    const limitMs = config['max.poll.interval.ms']
    this.#awayTimer?.cancel()
    const leftMs = limitMs - this.turns.awayMs
    this.#awayTimer = world.clock.setTimer(leftMs > 0 ? leftMs : limitMs, () => {
      if (this.turns.awayMs >= limitMs && this.#link.isActive) {
        const reason = `the application has not asked for records for ${limitMs} ms (max.poll.interval.ms)`
        world.logger.warn('leaving the group', { groupId: this.#options.groupId, reason })
        void this.#link.leave(reason)
      }
      this.#watchAbsence()
    })
  }
}
