/**
 * What a death leaves of files on their way out or in. `.deleted` files were released. A cleaner writes `.cleaned` files, renames them all to
 * `.swap` when they are whole, and then to their final names: so a `.cleaned` file is worthless, and so is a `.swap` file at or behind one
 * (the same pass wrote it), while other `.swap` files replace every segment that they span.
 */
import type { Disk, Logger } from '@dorsale/base'
import { fileSuffix, offsetOfFileName, segmentFileName, segmentSuffixes } from '../files/names.ts'

export interface LeftoversOptions {
  readonly disk: Disk
  readonly logger: Logger
  readonly directory: string
  /** Offset behind the last batch of a segment's file of another name. */
  readonly endOffsetOf: (path: string, baseOffset: number) => number
}

/** Puts the directory in order and answers the names that are left. */
export function settleLeftovers(options: LeftoversOptions): string[] {
  const { disk, directory, logger } = options
  const names = disk.listSync(directory).map(entry => entry.name)
  const unfinished = names.filter(name => /\.(deleted|cleaned|swap)$/.test(name))
  if (unfinished.length === 0) return names

  const cleaned = names.filter(name => name.endsWith(fileSuffix.cleaned))
  const cleanedMin = Math.min(...cleaned.map(offsetOf))
  for (const name of unfinished) {
    const isWorthless = !name.endsWith(fileSuffix.swap) || offsetOf(name) >= cleanedMin
    if (!isWorthless) continue
    logger.info('removed a file that was on its way out', { path: `${directory}/${name}` })
    disk.removeSync(`${directory}/${name}`)
  }
  const swaps = unfinished.filter(name => name.endsWith(fileSuffix.swap) && offsetOf(name) < cleanedMin)
  for (const name of swaps) {
    if (name.endsWith(fileSuffix.log + fileSuffix.swap)) removeReplaced(options, name, names)
  }
  // What is replaced must not be back beside what replaces it.
  if (swaps.length > 0) disk.syncDirectorySync(directory)
  for (const name of swaps) {
    disk.renameSync(`${directory}/${name}`, `${directory}/${name.slice(0, -fileSuffix.swap.length)}`)
  }
  disk.syncDirectorySync(directory)
  return disk.listSync(directory).map(entry => entry.name)
}

/** Removes the segments that begin where a swapped one lies. */
function removeReplaced(
  { disk, directory, endOffsetOf }: LeftoversOptions,
  swap: string,
  names: readonly string[],
): void {
  const baseOffset = offsetOf(swap)
  const endOffset = endOffsetOf(`${directory}/${swap}`, baseOffset)
  for (const name of names) {
    const offset = offsetOfFileName(name, fileSuffix.log)
    if (offset === undefined || offset < baseOffset || offset >= endOffset) continue
    for (const suffix of segmentSuffixes) disk.removeSync(`${directory}/${segmentFileName(offset, suffix)}`)
  }
}

/** The offset that a marked file is named by: `00000000000000000017.index.swap`. */
function offsetOf(name: string): number {
  return Number(name.slice(0, name.indexOf('.')))
}
