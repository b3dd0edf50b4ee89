/** A consumer's membership in its group: joins, divides the partitions when it leads, and hands what it is given to its owner. */
import { type Generation, GroupMembership, type GroupMetrics } from '@dorsale/client/parts'
import { errorCodes } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import { consumerEvents, type Emitter } from '../events.ts'
import { protocolError } from '../failures.ts'
import type { Assigner, Assignment, Logger } from '../types.ts'
import { AssignerProtocol } from './assigner-protocol.ts'

export interface GroupOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly logger: Logger
  readonly metrics: GroupMetrics
  readonly groupId: string
  readonly topics: readonly string[]
  readonly assigners: readonly Assigner[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** Gives everything up, before the group divides anew. `isLost`: others may have it already, and nothing can be committed. */
  giveUp(isLost: boolean): Promise<void>
  /** Takes over what the group gave. */
  takeOver(assignment: Assignment): void
  /** The group cannot be joined. */
  failed(error: Error): void
}

export class Group {
  readonly membership: GroupMembership
  readonly #options: GroupOptions
  /** When the join began that is under way, for its event. */
  #beganMs = 0
  /** How many partitions each topic had when it was last divided. */
  #counts = new Map<string, number>()

  constructor(options: GroupOptions) {
    this.#options = options
    const { connection, groupId } = options
    const { requestTimeout = 30_000 } = connection.options.config
    const { initialRetryTime: initialMs, maxRetryTime: maxMs } = connection.options.patience
    this.membership = new GroupMembership({
      world: connection.world,
      cluster: connection.cluster,
      metrics: options.metrics,
      protocolType: 'consumer',
      config: {
        groupId,
        groupInstanceId: null,
        sessionTimeoutMs: options.sessionTimeoutMs,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs,
        heartbeatIntervalMs: options.heartbeatIntervalMs,
        requestTimeoutMs: requestTimeout,
        retryBackoff: { initialMs, maxMs },
      },
      duties: {
        protocols: () => this.#protocols(),
        prepare: takeLoss => this.#prepare(takeLoss()),
        assign: (protocol, members) => this.#divide(protocol, members),
        assigned: (bytes, generation) => this.#assigned(bytes, generation),
        failed: error => options.failed(error),
      },
    })
  }

  /** Who this is; throws while it is no member. */
  get member(): Generation {
    const { generation } = this.membership
    if (generation.generationId < 0) throw protocolError(errorCodes.UNKNOWN_MEMBER_ID)
    return generation
  }

  join(): void {
    this.#beganMs = this.#options.connection.clock.monotonic()
    this.membership.start()
  }

  leave(): Promise<void> {
    return this.membership.leave('the consumer stops')
  }

  /** Lets others have what this member holds; joins again when its owner has given it up. */
  async leaveAndComeBack(): Promise<void> {
    await this.membership.leave('a handler gives no sign of life')
    this.join()
  }

  /** Partitions were added to a topic: the group must hear of it. */
  metadataChanged(): void {
    if (this.membership.state !== 'stable') return
    const { topics, logger } = this.#options
    const topic = topics.find(name => this.#countOf(name) > (this.#counts.get(name) ?? 0))
    if (topic === undefined) return
    logger.warn('Topic has been updated, resync group', { ...this.#self, topic })
    this.membership.rejoin('partitions were added to a topic')
  }

  get #self() {
    const { groupId } = this.#options
    return { groupId, memberId: this.membership.generation.memberId }
  }

  #protocols() {
    const topics = [...this.#options.topics]
    return this.#options.assigners.map(assigner => assigner.protocol({ topics }))
  }

  async #prepare(isLost: boolean): Promise<void> {
    const { connection, emitter, logger, giveUp } = this.#options
    const wasMember = isLost || this.membership.generation.generationId >= 0
    this.#beganMs = connection.clock.monotonic()
    if (wasMember) {
      logger.warn('The group is rebalancing, re-joining', this.#self)
      emitter.emit(consumerEvents.REBALANCING, this.#self)
    }
    await giveUp(isLost)
    // A member that comes back may be the one that is told of new partitions by the others.
    if (wasMember) await connection.cluster.refreshed()
  }

  async #divide(
    protocol: string,
    joined: readonly { memberId: string; metadata: Uint8Array }[],
  ): Promise<Map<string, Uint8Array>> {
    const { assigners, topics, logger, groupId } = this.#options
    const assigner = assigners.find(({ name }) => name === protocol)
    if (assigner === undefined) {
      const text = `Unsupported partition assigner "${protocol}", the assigner wasn't found in the assigners list`
      throw new KafkaJSNonRetriableError(text)
    }
    logger.debug('Chosen as group leader', { groupId, topics })
    const members = joined.map(({ memberId, metadata }) => ({ memberId, memberMetadata: bufferOf(metadata) }))
    const shares = await assigner.assign({ members, topics: [...topics] })
    return new Map(shares.map(({ memberId, memberAssignment }) => [memberId, memberAssignment]))
  }

  #assigned(bytes: Uint8Array, generation: Generation): void {
    const { connection, emitter, logger, groupId, topics, takeOver } = this.#options
    // What came in between speaks for itself, at the next join.
    if (generation !== this.membership.generation) return
    const given: Assignment = AssignerProtocol.MemberAssignment.decode(bufferOf(bytes))?.assignment ?? {}
    const { memberId, generationId, leaderId } = generation
    const assignedTopics = Object.keys(given)
    const topicsNotSubscribed = assignedTopics.filter(topic => !topics.includes(topic))
    if (topicsNotSubscribed.length > 0) {
      const topicsSubscribed = [...topics]
      const payload = { groupId, generationId, memberId, assignedTopics, topicsSubscribed, topicsNotSubscribed }
      emitter.emit(consumerEvents.RECEIVED_UNSUBSCRIBED_TOPICS, payload)
      logger.warn('Consumer group received unsubscribed topics', payload)
    }
    const wanted = Object.entries(given).filter(([topic]) => topics.includes(topic))
    const memberAssignment = Object.fromEntries(wanted)
    this.#counts = new Map(topics.map(topic => [topic, this.#countOf(topic)]))
    takeOver(memberAssignment)
    const payload = {
      groupId,
      memberId,
      leaderId,
      isLeader: leaderId === memberId,
      memberAssignment,
      groupProtocol: generation.protocol ?? '',
      duration: Math.round(connection.clock.monotonic() - this.#beganMs),
    }
    emitter.emit(consumerEvents.GROUP_JOIN, payload)
    logger.info('Consumer has joined the group', payload)
  }

  #countOf(topic: string): number {
    return this.#options.connection.cluster.metadata.topic(topic)?.partitions.length ?? 0
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
