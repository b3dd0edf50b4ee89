import { newTally, type Tally } from './tally.ts'

/**
 * Asks whether it would be elected before it disturbs anyone with a new epoch (pre-vote, KIP-996). It keeps the epoch that it knows, and what
 * it voted in it.
 */
export interface Prospective {
  readonly kind: 'prospective'
  readonly epoch: number
  readonly leaderId: number
  readonly votedId: number
  readonly votedDirectoryId: string
  readonly tally: Tally
}

export function prospective(
  known: {
    readonly epoch: number
    readonly leaderId: number
    readonly votedId: number
    readonly votedDirectoryId: string
  },
  voterIds: readonly number[],
): Prospective {
  const { epoch, leaderId, votedId, votedDirectoryId } = known
  return { kind: 'prospective', epoch, leaderId, votedId, votedDirectoryId, tally: newTally(voterIds) }
}
