/** What of a log can be compacted, and whether it is worth it: plans, made without touching anything. */
import type { LogConfig } from '../log-config.ts'
import type { SegmentList } from '../segment/segment-list.ts'

/** A log, as far as a plan goes by it. */
export interface PlannedLog {
  readonly config: LogConfig
  readonly segments: SegmentList
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly lastStableOffset: number
  /** Where the last pass came to; undefined when there was none. */
  readonly compactedTo: number | undefined
}

export interface CleaningPlan {
  /** Below it each key is known to be the last. */
  readonly firstDirtyOffset: number
  /** Base offset of the first segment that must be left alone. */
  readonly firstUncleanableOffset: number
  /** Bytes of the part that could be compacted anew, and of the part that was before. */
  readonly dirtyBytes: number
  readonly cleanBytes: number
  /** The dirty part of both. */
  readonly dirtyRatio: number
  /** `max.compaction.lag.ms` has run out for a dirty segment. */
  readonly isOverdue: boolean
  /** Where the last pass came to lies outside the log: the plan begins at its start. */
  readonly isReset: boolean
}

export function planCleaning(log: PlannedLog, now: number): CleaningPlan {
  const { segments, config, logStartOffset, logEndOffset, lastStableOffset } = log
  const known = log.compactedTo ?? logStartOffset
  const isReset = known < logStartOffset || known > logEndOffset
  const firstDirtyOffset = isReset ? logStartOffset : known
  const closed = closedFrom(segments, firstDirtyOffset)

  // Beyond the last stable offset nobody knows yet what counts; the segment that is appended to is never compacted.
  let bound = Math.min(lastStableOffset, segments.active.baseOffset)
  if (config.minCompactionLagMs > 0) {
    const young = closed.find(segment => segment.maxTimestamp > now - config.minCompactionLagMs)
    bound = Math.min(bound, young?.baseOffset ?? bound)
  }
  bound = Math.max(bound, firstDirtyOffset)

  // A segment that the bound lies in is left alone as a whole.
  const firstUncleanableOffset = (closedFrom(segments, bound)[0] ?? segments.active).baseOffset
  const dirtyStart = Math.min(firstDirtyOffset, firstUncleanableOffset)
  const dirtyBytes = bytesOf(segments.range(dirtyStart, firstUncleanableOffset))
  const cleanBytes = bytesOf(segments.range(0, firstDirtyOffset))
  const totalBytes = dirtyBytes + cleanBytes
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    dirtyBytes,
    cleanBytes,
    dirtyRatio: totalBytes === 0 ? 0 : dirtyBytes / totalBytes,
    isOverdue: isOverdue(closed, config, now),
    isReset,
  }
}

/** Whether the log is to be compacted now. */
export function isWorthwhile({ dirtyBytes, dirtyRatio, isOverdue }: CleaningPlan, config: LogConfig): boolean {
  return dirtyBytes > 0 && (isOverdue || dirtyRatio > config.minCleanableDirtyRatio)
}

function isOverdue(dirty: readonly DatedSegment[], { maxCompactionLagMs }: LogConfig, now: number): boolean {
  // Nobody asked: do not read the first batch of each segment.
  if (!Number.isFinite(maxCompactionLagMs)) return false
  return dirty.some(({ firstTimestamp }) => firstTimestamp > 0 && firstTimestamp < now - maxCompactionLagMs)
}

interface DatedSegment {
  readonly firstTimestamp: number
}

/** Segments that hold `offset` or lie behind it, without the one that is appended to. */
function closedFrom(segments: SegmentList, offset: number) {
  return segments.range(offset, segments.active.baseOffset)
}

function bytesOf(segments: readonly { readonly size: number }[]): number {
  let bytes = 0
  for (const { size } of segments) bytes += size
  return bytes
}

/** A segment, as far as grouping goes by it. */
export interface GroupedSegment {
  readonly baseOffset: number
  readonly size: number
  readonly indexSizes: { readonly offsets: number; readonly times: number }
}

/** Offsets of one segment lie no further apart. */
const offsetSpanMax = 0x7fffffff

/**
 * Joins segments that together, as they are now, would still fit into one: passes make many small ones. `endOffset` is where the last of them
 * ends at most.
 */
export function groupSegments<S extends GroupedSegment>(
  segments: readonly S[],
  { segmentBytes, segmentIndexBytes }: LogConfig,
  endOffset: number,
): S[][] {
  const groups: S[][] = []
  let group: S[] = []
  let bytes = 0
  let offsetBytes = 0
  let timeBytes = 0
  for (const [index, segment] of segments.entries()) {
    const { offsets, times } = segment.indexSizes
    const lastOffset = (segments[index + 1]?.baseOffset ?? endOffset) - 1
    const fits =
      group.length > 0 &&
      bytes + segment.size <= segmentBytes &&
      offsetBytes + offsets <= segmentIndexBytes &&
      timeBytes + times <= segmentIndexBytes &&
      (segment.size === 0 || lastOffset - (group[0] as S).baseOffset <= offsetSpanMax)
    if (!fits) {
      group = []
      groups.push(group)
      bytes = 0
      offsetBytes = 0
      timeBytes = 0
    }
    group.push(segment)
    bytes += segment.size
    offsetBytes += offsets
    timeBytes += times
  }
  return groups
}
