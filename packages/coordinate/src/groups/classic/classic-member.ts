import type { Timer } from '@dorsale/base'
import type { JoinGroupResponse, SyncGroupResponse } from '@dorsale/protocol'
import type { Replier } from '../../shard/step.ts'

/** A protocol (assignor) that a member knows, with what the member says to it. */
export interface MemberProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

/** What a member is when it joins. */
export interface MemberDescription {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly protocols: readonly MemberProtocol[]
}

/** A member of a classic group. */
export class ClassicMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  /** The preferred one first. */
  protocols: readonly MemberProtocol[]
  /** What the leader gave it in this generation. */
  assignment: Uint8Array = noAssignment

  /** Joined for the first time and not answered yet: it cannot send heartbeats, so its silence counts. */
  isNew = false
  /** Its JoinGroup, parked. Set by `ClassicGroup`, which counts them. */
  awaitingJoin: Replier<JoinGroupResponse> | undefined
  /** Its SyncGroup, parked. */
  awaitingSync: Replier<SyncGroupResponse> | undefined
  /** Runs out when the member has been silent for its session. */
  session: Timer | undefined

  constructor(description: MemberDescription) {
    this.memberId = description.memberId
    this.groupInstanceId = description.groupInstanceId
    this.clientId = description.clientId
    this.clientHost = description.clientHost
    this.rebalanceTimeoutMs = description.rebalanceTimeoutMs
    this.sessionTimeoutMs = description.sessionTimeoutMs
    this.protocols = description.protocols
  }

  get isStatic(): boolean {
    return this.groupInstanceId !== null
  }

  /** What it says to a protocol; undefined if it does not know it. */
  metadataOf(protocolName: string): Uint8Array | undefined {
    return this.protocols.find(({ name }) => name === protocolName)?.metadata
  }

  /** Whether it joined with exactly these protocols, in this order. */
  matches(protocols: readonly MemberProtocol[]): boolean {
    return (
      this.protocols.length === protocols.length &&
      this.protocols.every((mine, index) => {
        const other = protocols[index] as MemberProtocol
        return mine.name === other.name && Buffer.compare(mine.metadata, other.metadata) === 0
      })
    )
  }

  /** Whether a session that runs out now means nothing: it waits for us, not we for it. */
  get satisfiesSession(): boolean {
    return !this.isNew && (this.awaitingJoin !== undefined || this.awaitingSync !== undefined)
  }
}

export const noAssignment = new Uint8Array(0)
