import type { BatchHeader } from '@dorsale/protocol'
import { scanSegment } from '../segment/scan-segment.ts'
import type { SegmentList } from '../segment/segment-list.ts'
import type { CompletedTransaction, ProducerState } from './producer-state.ts'

/** Lets a batch of the log into the state of its producers. */
export function replayBatch(producers: ProducerState, header: BatchHeader): CompletedTransaction | undefined {
  producers.endOffset = header.nextOffset
  if (!header.hasProducerId) return undefined
  const completed = producers.apply(header, { origin: 'replication' })
  producers.settle()
  return completed
}

/**
 * Brings the state, which stands at its end offset, up to `endOffset` from the batches of the segments. `onDamage` hears of a segment that
 * cannot be read to its end.
 */
export async function replaySegments(
  producers: ProducerState,
  segments: SegmentList,
  endOffset: number,
  onDamage: (path: string, reason: string) => void,
): Promise<void> {
  for (let index = Math.max(segments.floorIndex(producers.endOffset), 0); index < segments.length; index++) {
    const segment = segments.at(index)
    if (segment.baseOffset >= endOffset || producers.endOffset >= endOffset) break
    const bad = await scanSegment(segment, segment.writtenSize, header => {
      if (header.baseOffset >= producers.endOffset && header.baseOffset < endOffset) replayBatch(producers, header)
    })
    if (bad !== undefined) onDamage(segment.file.path, `byte ${bad.position} ${bad.reason}`)
  }
  producers.endOffset = Math.max(producers.endOffset, endOffset)
}
