/** Which segments retention releases: a plan, made without touching anything. */
import type { LogConfig } from '../log-config.ts'

export interface RetainedSegment {
  readonly baseOffset: number
  /** In bytes, with those that are not written yet. */
  readonly size: number
  /** What retention by size goes by: a write that is still to come may fail. */
  readonly writtenSize: number
  /** What retention by time goes by. */
  readonly retentionTimestamp: number
}

export interface RetentionState {
  readonly config: LogConfig
  readonly now: number
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly nextOffset: number
}

export type ReleaseReason = 'log-start' | 'size' | 'time'

/**
 * How many of the oldest segments go, and why. Each rule takes a run from the oldest on, as Kafka does: the log start offset, then size, then
 * time, of which each looks at what the one before has left. Nothing at or above the high watermark goes, and an empty last segment stays;
 * a last segment that holds something goes when its newest record has expired.
 */
export function planRelease(
  segments: readonly RetainedSegment[],
  state: RetentionState,
): { count: number; reason: ReleaseReason }[] {
  const { config, now, logStartOffset } = state
  const plan: { count: number; reason: ReleaseReason }[] = []
  let first = 0
  const release = (reason: ReleaseReason, isReleased: (segment: RetainedSegment, endOffset: number) => boolean) => {
    const count = countRun(segments, first, state, isReleased)
    if (count > 0) plan.push({ count, reason })
    first += count
  }

  release('log-start', (segment, endOffset) => endOffset <= logStartOffset && segment !== segments.at(-1))
  if (!config.cleanupDelete) return plan

  const { retentionBytes, retentionMs } = config
  if (retentionBytes >= 0) {
    let excess = -retentionBytes
    for (let index = first; index < segments.length; index++) excess += (segments[index] as RetainedSegment).writtenSize
    release('size', segment => {
      if (excess < segment.writtenSize) return false
      excess -= segment.writtenSize
      return true
    })
  }
  if (retentionMs >= 0) release('time', segment => now - segment.retentionTimestamp > retentionMs)
  return plan
}

function countRun(
  segments: readonly RetainedSegment[],
  first: number,
  { highWatermark, nextOffset }: RetentionState,
  isReleased: (segment: RetainedSegment, endOffset: number) => boolean,
): number {
  let index = first
  for (; index < segments.length; index++) {
    const segment = segments[index] as RetainedSegment
    const isLast = index === segments.length - 1
    const endOffset = segments[index + 1]?.baseOffset ?? nextOffset
    if (highWatermark < endOffset || !isReleased(segment, endOffset) || (isLast && segment.size === 0)) break
  }
  return index - first
}
