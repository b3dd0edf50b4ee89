import type { RaftEndpoint } from './types.ts'

/** A member of the quorum whose vote and whose copy of the log count. It is known by both ids: a new disk is a new voter (KIP-853). */
export interface Voter {
  readonly id: number
  readonly directoryId: string
  readonly endpoints: readonly RaftEndpoint[]
  /** Versions of `kraft.version` that it can serve. */
  readonly kraftVersions: { readonly min: number; readonly max: number }
}

/** What this code can serve: 0, voters in the configuration; 1, voters in the log. */
export const supportedKraftVersions = { min: 0, max: 1 } as const

/** The voters, and by which `kraft.version` they are known. */
export interface Quorum {
  readonly kraftVersion: number
  readonly voters: readonly Voter[]
}

/** How many of `count` voters decide: more than half. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1
}

/** The offset up to which a majority holds the log, given how far each voter does. */
export function majorityOffset(endOffsets: readonly number[]): number {
  const descending = [...endOffsets].sort((left, right) => right - left)
  return descending[majorityOf(descending.length) - 1]!
}

export function sameEndpoints(left: readonly RaftEndpoint[], right: readonly RaftEndpoint[]): boolean {
  return (
    left.length === right.length &&
    left.every((endpoint, index) => {
      const other = right[index]!
      return endpoint.name === other.name && endpoint.host === other.host && endpoint.port === other.port
    })
  )
}
