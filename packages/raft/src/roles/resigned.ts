/** Led this epoch before a restart, or has stepped down: it may not lead it again, since nobody knows any more what it had promised in it. */
export interface Resigned {
  readonly kind: 'resigned'
  readonly epoch: number
  readonly leaderId: number
}
