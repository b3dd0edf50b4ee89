/**
 * One thing that a process keeps in memory and that others can make grow: how much it is, and the most that it may be. A view for those who
 * watch over a process; nothing is counted for it that would not be counted anyway.
 */
export interface MemoryUse {
  /** What it is, with its unit: 'bytes that all connections hold'. */
  readonly what: string
  readonly used: number
  /** Infinity: only time bounds it, since whoever does not come again is forgotten. */
  readonly bound: number
  /** What may be left for good when everybody has gone. Default 0. */
  readonly leftMax?: number
}
