import { newTally, type Tally } from './tally.ts'

/** Stands for election in an epoch of its own, having voted for itself: the vote is on disk before it counts. */
export interface Candidate {
  readonly kind: 'candidate'
  readonly epoch: number
  readonly votedId: number
  readonly votedDirectoryId: string
  readonly tally: Tally
}

export function candidate(
  epoch: number,
  self: { readonly id: number; readonly directoryId: string },
  voterIds: readonly number[],
): Candidate {
  return { kind: 'candidate', epoch, votedId: self.id, votedDirectoryId: self.directoryId, tally: newTally(voterIds) }
}
