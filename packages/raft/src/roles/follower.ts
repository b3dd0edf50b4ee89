/** Fetches the log from the leader of its epoch. A quorum of one never has this role; it is named so that the union is whole. */
export interface Follower {
  readonly kind: 'follower'
  readonly epoch: number
  readonly leaderId: number
  readonly votedId: number
  readonly votedDirectoryId: string
}
