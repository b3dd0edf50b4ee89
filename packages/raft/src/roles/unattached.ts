/** Knows an epoch and perhaps whom it voted for or who leads; follows nobody yet. Where every start begins. */
export interface Unattached {
  readonly kind: 'unattached'
  readonly epoch: number
  /** -1: unknown. */
  readonly leaderId: number
  readonly votedId: number
  readonly votedDirectoryId: string
}
