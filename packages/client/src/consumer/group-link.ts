import type { ErrorCode } from '@dorsale/protocol'
import type { GroupMetadata } from './group-listener.ts'

/** How a consumer belongs to its group, whichever protocol the group runs. */
export interface GroupLink {
  /** Whether this is a member, or about to become one. */
  readonly isActive: boolean
  /** Under which the group knows this member; undefined: it does not. */
  readonly memberId: string | undefined
  /** Who commits; throws `DORSALE_COMMIT_FAILED` when this is no member at the moment. */
  member(): GroupMetadata
  /** The application asks for records: joins, if this is no member. */
  asked(): void
  /** What is subscribed to has changed. */
  subscriptionChanged(): void
  /** The cluster has changed. */
  metadataChanged(): void
  /** A commit was refused for what the member is. */
  heed(errorCode: ErrorCode, member: GroupMetadata): void
  /** The application has been away for too long: leaves, and joins again when it asks. */
  leave(reason: string): Promise<void>
  /** Ends the membership, for good unless `asked` is called. */
  close(departure: Departure): Promise<void>
  /** The leader or the coordinator is to divide the partitions anew. */
  rejoin(reason: string): void
}

/**
 * What the group hears when a consumer closes (KIP-1092): `leave` gives the place up at once, `remain` keeps it until the session ends; `default`: dynamic members leave,
 * static ones (`group.instance.id`) remain.
 */
export type Departure = 'default' | 'leave' | 'remain'
