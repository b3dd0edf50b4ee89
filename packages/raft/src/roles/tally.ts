import { majorityOf } from '../voters.ts'

/** Votes counted so far. */
export interface Tally {
  readonly voterIds: readonly number[]
  readonly granted: ReadonlySet<number>
}

export function newTally(voterIds: readonly number[]): Tally {
  return { voterIds, granted: new Set() }
}

/** The tally with one more vote; a vote of somebody who is no voter does not count. */
export function grant(tally: Tally, voterId: number): Tally {
  if (!tally.voterIds.includes(voterId)) return tally
  return { ...tally, granted: new Set([...tally.granted, voterId]) }
}

export function hasMajority({ voterIds, granted }: Tally): boolean {
  return granted.size >= majorityOf(voterIds.length)
}
