/** The next target assignment of a group that coordinates itself by epochs. */
import type { AssignedMember } from '../assignors/assignor.ts'
import { type Assignment, emptyAssignment, isSameAssignment } from './assignment.ts'

/** Targets of all members, and those among them that are not as they were. */
export interface NextTargets {
  readonly targets: ReadonlyMap<string, Assignment>
  readonly changed: readonly { readonly memberId: string; readonly target: Assignment }[]
}

export function nextTargets(
  assign: (task: {
    readonly members: readonly AssignedMember[]
    readonly isHomogeneous: boolean
  }) => ReadonlyMap<string, Assignment>,
  members: readonly AssignedMember[],
  options: { readonly isHomogeneous: boolean; readonly known: ReadonlyMap<string, Assignment> },
): NextTargets {
  const assigned =
    members.length === 0 ? new Map<string, Assignment>() : assign({ members, isHomogeneous: options.isHomogeneous })
  const targets = new Map(members.map(({ memberId }) => [memberId, assigned.get(memberId) ?? emptyAssignment]))
  const changed = [...targets].flatMap(([memberId, target]) => {
    // A member that never had a target gets one, though it be empty.
    const known = options.known.get(memberId)
    return known !== undefined && isSameAssignment(known, target) ? [] : [{ memberId, target }]
  })
  return { targets, changed }
}

/**
 * Whether so much time has passed since the last assignment that the next may be computed (KIP-1263). A timestamp of 0: there was none. One
 * that lies ahead is of a clock that has been set back since, and nobody knows how long ago that was.
 */
export function isAssignmentDue(timestampMs: number, intervalMs: number, now: number): boolean {
  return timestampMs === 0 || intervalMs === 0 || now >= timestampMs + intervalMs || now < timestampMs
}
