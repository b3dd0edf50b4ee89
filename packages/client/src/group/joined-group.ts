import type { AdminSettings } from '../admin/admin.ts'
import { adminTable } from '../config/admin-config.ts'
import { loadSettings } from '../config/settings.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import type { ClientWorld } from '../world.ts'
import { type Generation, type GroupDuties, GroupMembership, type MembershipState } from './group-membership.ts'

/** What `joinGroup` makes a member of. */
export interface GroupOptions {
  readonly world: ClientWorld
  /** How the cluster is reached, under Kafka's keys: those of an admin client. */
  readonly settings: AdminSettings
  readonly groupId: string
  /** What the group is for: `connect`, `sr`, or a name of your own. All members must agree. */
  readonly protocolType: string
  readonly duties: GroupDuties
  /** Of a static member (KIP-345). Default: a dynamic one. */
  readonly groupInstanceId?: string
  /** Default: 45 s. */
  readonly sessionTimeoutMs?: number
  /** Default: 60 s. */
  readonly rebalanceTimeoutMs?: number
  /** Default: 3 s. */
  readonly heartbeatIntervalMs?: number
}

/** A membership with connections of its own. */
export interface JoinedGroup {
  readonly state: MembershipState
  readonly generation: Generation
  /** Begins again after `duties.failed` or `leave`. */
  start(): void
  /** What this member can do, or what the leader knows, has changed: the group is to be rebalanced. */
  rejoin(reason: string): void
  /** Leaves, and tells the coordinator unless the member is static. */
  leave(reason: string): Promise<void>
  /** Leaves and closes the connections. */
  close(): Promise<void>
}

const inFlightMax = 100

/**
 * Joins a group of any kind under Kafka's classic protocol: workers that divide tasks, nodes that choose a leader. The group elects a leader, which divides the work; what
 * members and leader tell each other is theirs. Throws a `ConfigError` with every problem of the settings.
 *
 * ```ts
 * const group = joinGroup({
 *   world, settings, groupId: 'workers', protocolType: 'tasks',
 *   duties: {
 *     protocols: () => [{ name: 'v1', metadata: encode(myself) }],
 *     prepare: () => stopTasks(),
 *     assign: (_protocol, members) => new Map(members.map(each => [each.memberId, encode(shareOf(each))])),
 *     assigned: share => startTasks(decode(share)),
 *     failed: error => report(error),
 *   },
 * })
 * ```
 */
export function joinGroup(options: GroupOptions): JoinedGroup {
  const { world, protocolType, duties } = options
  const config = loadSettings(adminTable, options.settings, world.logger)
  const connection = connectionConfig(config, world)
  const cluster = new Cluster({
    world,
    config: connection,
    bootstrap: parseBootstrapServers(config['bootstrap.servers']),
    inFlightMax,
    allowAutoTopicCreation: false,
    onChange() {},
  })
  const membership = new GroupMembership({
    world,
    cluster,
    protocolType,
    duties,
    config: {
      groupId: options.groupId,
      groupInstanceId: options.groupInstanceId ?? null,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 45_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 3000,
      requestTimeoutMs: connection.requestTimeoutMs,
      retryBackoff: connection.retryBackoff,
    },
  })
  membership.start()
  return {
    get state() {
      return membership.state
    },
    get generation() {
      return membership.generation
    },
    start: () => membership.start(),
    rejoin: reason => membership.rejoin(reason),
    leave: reason => membership.leave(reason),
    async close() {
      await membership.leave('the member is being closed')
      cluster.close()
    },
  }
}
