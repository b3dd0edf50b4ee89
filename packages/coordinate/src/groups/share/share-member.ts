import { type Assignment, emptyAssignment, isSameAssignment } from '../modern/assignment.ts'
import { isSameSet } from '../modern/sets.ts'

/** A member of a share group, as the log has it. Never changed in place: a change makes another. */
export interface ShareMember {
  readonly memberId: string
  readonly rackId: string | null
  readonly clientId: string
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly subscribedTopicNames: ReadonlySet<string>
  /** 0: it has just joined; -1: it leaves. */
  readonly memberEpoch: number
  /** The epoch before; -1 at first. What comes with it may be a request that was sent again. */
  readonly previousMemberEpoch: number
  readonly assigned: Assignment
}

export function newShareMember(memberId: string): ShareMember {
  return {
    memberId,
    rackId: null,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: new Set(),
    memberEpoch: 0,
    previousMemberEpoch: -1,
    assigned: emptyAssignment,
  }
}

/** Whether the member says the same of itself: what `ShareGroupMemberMetadata` holds. */
export function isSameDescription(a: ShareMember, b: ShareMember): boolean {
  return (
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    isSameSet(a.subscribedTopicNames, b.subscribedTopicNames)
  )
}

/** Whether the member is as far: what `ShareGroupCurrentMemberAssignment` holds. */
export function isSameProgress(a: ShareMember, b: ShareMember): boolean {
  return (
    a.memberEpoch === b.memberEpoch &&
    a.previousMemberEpoch === b.previousMemberEpoch &&
    isSameAssignment(a.assigned, b.assigned)
  )
}
