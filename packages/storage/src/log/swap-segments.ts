/**
 * Puts a compacted segment in the place of those that it was made from, so that a death at any moment leaves the one or the others, whole:
 *
 * ```
 * x.log.cleaned                 written and synced, with its indexes          a start removes it
 * x.log.swap                    renamed, names synced                         from here on a start finishes what follows
 * x.log.deleted y.log.deleted   the replaced ones, oldest first               removed after file.delete.delay.ms, or by a start
 * x.log                         the name that it keeps
 * ```
 *
 * Names may reach the platter in any order until they are synced, so they are synced between the steps. A start takes a `.swap` file for all
 * segments that begin within its batches; a replaced segment behind them, of which nothing was kept, must not outlive one that follows it, or a
 * record could come back whose tombstone is gone: each of these is synced by itself.
 */
import type { Disk } from '@dorsale/base'
import { fileSuffix } from '../files/names.ts'
import type { Segment } from '../segment/segment.ts'
import { type Compaction, CompactionAborted } from './compaction.ts'

export interface SwapOptions {
  readonly disk: Disk
  /** The log's own directory. */
  readonly directory: string
  /** Synced, under its `.cleaned` name. */
  readonly cleaned: Segment
  /** Oldest first. */
  readonly replaced: readonly Segment[]
  readonly compaction: Compaction
  /** The log went offline: its files may be elsewhere by now. */
  readonly isOffline: () => boolean
  /** The swap counts: readers are to find the cleaned segment. */
  readonly onDecided: () => void
}

/** Answers the files that may be removed. Throws a `CompactionAborted` if the log went offline meanwhile; a start finishes then. */
export async function swapSegments(options: SwapOptions): Promise<string[]> {
  const { disk, directory, cleaned, replaced, compaction, isOffline, onDecided } = options
  const syncNames = async () => {
    await disk.syncDirectory(directory)
    // Whoever wants to cut the log waits until this is over; only a log that is gone ends it.
    if (isOffline()) throw new CompactionAborted('the log went offline')
  }
  compaction.check()
  const { nextOffset } = cleaned.readEnd()
  cleaned.mark(fileSuffix.swap)
  await syncNames()
  onDecided()
  const paths: string[] = []
  for (const segment of replaced) {
    paths.push(...segment.markReplaced())
    segment.close()
    if (segment.baseOffset >= nextOffset && segment !== replaced.at(-1)) await syncNames()
  }
  await syncNames()
  cleaned.mark('')
  await syncNames()
  return paths
}
