import { type DeliveryRun, type DeliveryRuns, deliveryStates, type OffsetRange } from './delivery-run.ts'

/** What a fetch has read and would like to hand to a member. */
export interface AcquireRequest {
  readonly memberId: string
  /** Where the read began. */
  readonly fetchOffset: number
  /** The record batches that were read, by their first and last offsets, in order. */
  readonly batches: readonly OffsetRange[]
  /** So many records, at most; a batch that has been begun is taken whole unless `isRecordLimit`. */
  readonly recordsMax: number
  /** Records that are acquired together are settled together cheaply: so many, or a few more to end with a batch of the log. */
  readonly batchSize: number
  /** `share.acquire.mode=record_limit` (KIP-1206): not a record more than `recordsMax`. */
  readonly isRecordLimit: boolean
  /** Monotonic. */
  readonly nowMs: number
}

/** Records that a member has now, and for the how-manieth time. */
export interface AcquiredRange extends OffsetRange {
  readonly deliveryCount: number
}

interface AcquireContext {
  readonly runs: DeliveryRuns
  readonly startOffset: number
  readonly endOffset: number
  readonly deliveryCountMax: number
  readonly recordLocksMax: number
  /** Nothing is in flight: the share partition begins here. */
  begin(offset: number): void
  /** A batch at the end, of which the first `acquiredCount` records are acquired. */
  append(range: OffsetRange, acquiredCount: number): void
  /** Offsets at the end for which the log has no record. */
  appendHole(range: OffsetRange): void
  take(run: DeliveryRun): void
}

/**
 * Locks records to a member: first those that are available again, in order, then new ones.
 *
 * What has been delivered often may be what makes consumers fail. From half of the deliveries on that the limit allows a batch is delivered alone, and the less of it the more often it
 * has been, so that one bad record parts from its neighbours; for its last delivery a record is alone. As Apache Kafka 4.4 does.
 */
export function acquire(context: AcquireContext, request: AcquireRequest): AcquiredRange[] {
  const { runs } = context
  const [firstBatch] = request.batches
  const lastBatch = request.batches.at(-1)
  if (firstBatch === undefined || lastBatch === undefined || lastBatch.lastOffset < context.startOffset) return []
  const { recordsMax, lastOffset } = limitOf(context, request, lastBatch.lastOffset)
  if (recordsMax <= 0) return []
  archiveMissing(runs, { firstOffset: request.fetchOffset, lastOffset: firstBatch.firstOffset - 1 })
  const acquired: AcquiredRange[] = []
  const left = acquireOld(context, request, { firstOffset: firstBatch.firstOffset, lastOffset }, recordsMax, acquired)
  const firstOffset = Math.max(firstBatch.firstOffset, context.endOffset)
  if (left > 0 && firstOffset <= lastOffset) acquireNew(context, request, { firstOffset, lastOffset }, left, acquired)
  return acquired
}

/** How many records may be acquired, and up to which offset. At the limit what is in flight already may still be delivered again. */
function limitOf(
  { startOffset, endOffset, recordLocksMax }: AcquireContext,
  { recordsMax, fetchOffset }: AcquireRequest,
  lastOffset: number,
): { recordsMax: number; lastOffset: number } {
  const room = recordLocksMax - (endOffset - startOffset)
  if (room > 0 || fetchOffset >= endOffset) return { recordsMax: Math.min(recordsMax, room), lastOffset }
  return { recordsMax: Math.min(recordsMax, endOffset - fetchOffset), lastOffset: Math.min(lastOffset, endOffset - 1) }
}

/** The log has been asked for these and has none: compaction took them. */
function archiveMissing(runs: DeliveryRuns, range: OffsetRange): void {
  for (const run of runs.within(range)) if (isAvailable(run)) run.state = deliveryStates.archived
}

/** Acquires of what is in flight; answers how many records more may be acquired. */
function acquireOld(
  context: AcquireContext,
  request: AcquireRequest,
  range: OffsetRange,
  recordsMax: number,
  acquired: AcquiredRange[],
): number {
  const { runs } = context
  const throttledFrom = Math.max(2, Math.ceil(context.deliveryCountMax / 2))
  let left = recordsMax
  for (const group of byBatch(runs.within(range))) {
    if (left <= 0) break
    if (group[0]!.batch.isFresh) {
      for (const run of group) left -= acquireFresh(context, request, run, left, acquired)
      continue
    }
    const isThrottled = group.some(run => isAvailable(run) && run.deliveryCount >= throttledFrom)
    if (isThrottled && left < recordsMax) return 0
    const countMax = request.isRecordLimit ? left : Number.POSITIVE_INFINITY
    const count = acquireAgain(context, group, { countMax, throttledFrom }, acquired)
    if (isThrottled && count > 0) return 0
    left -= count
  }
  return left
}

/** Acquires what is available of one batch; answers how many records that is. */
function acquireAgain(
  { runs, deliveryCountMax, take }: AcquireContext,
  group: readonly DeliveryRun[],
  { countMax, throttledFrom }: { readonly countMax: number; readonly throttledFrom: number },
  acquired: AcquiredRange[],
): number {
  const ofBatch: AcquiredRange[] = []
  let count = 0
  let limit = countMax
  for (const run of group) {
    if (!isAvailable(run)) continue
    const { firstOffset, deliveryCount, batch } = run
    const isLastDelivery = deliveryCountMax !== 2 && deliveryCount === deliveryCountMax - 1
    if (isLastDelivery && count > 0) break
    if (deliveryCount >= throttledFrom) {
      limit = Math.min(limit, Math.max(1, Math.floor(lengthOf(batch) / 2 ** (deliveryCount - throttledFrom + 1))))
    }
    const length = Math.min(lengthOf(run), isLastDelivery ? 1 : limit - count)
    if (length <= 0) break
    const range = { firstOffset, lastOffset: firstOffset + length - 1 }
    for (const each of runs.within(range)) take(each)
    note(ofBatch, { ...range, deliveryCount: deliveryCount + 1 })
    count += length
    if (isLastDelivery || count >= limit) break
  }
  acquired.push(...ofBatch)
  return count
}

/** Acquires of what lies between records in flight and nobody has had; answers how many records that is. */
function acquireFresh(
  { runs, take }: AcquireContext,
  request: AcquireRequest,
  run: DeliveryRun,
  recordsMax: number,
  acquired: AcquiredRange[],
): number {
  if (recordsMax <= 0 || !isAvailable(run)) return 0
  const { pieces, acquiredCount } = divide(request, run, recordsMax)
  const { firstOffset } = run
  const [taken] = runs.within({ firstOffset, lastOffset: firstOffset + acquiredCount - 1 })
  const batches = pieces.map(piece => ({ ...piece, lastOffset: Math.min(piece.lastOffset, taken!.lastOffset) }))
  const replacements = batches.map(range => ({ ...taken!, ...range, batch: { ...range, isFresh: false } }))
  runs.replace(taken!, replacements)
  for (const each of replacements) {
    take(each)
    const { firstOffset, lastOffset, deliveryCount } = each
    acquired.push({ firstOffset, lastOffset, deliveryCount })
  }
  return acquiredCount
}

/** Acquires what has never been in flight. */
function acquireNew(
  context: AcquireContext,
  request: AcquireRequest,
  range: OffsetRange,
  recordsMax: number,
  acquired: AcquiredRange[],
): void {
  const { firstOffset } = range
  if (context.runs.isEmpty) context.begin(firstOffset)
  else if (firstOffset > context.endOffset) {
    context.appendHole({ firstOffset: context.endOffset, lastOffset: firstOffset - 1 })
  }
  const { pieces, acquiredCount } = divide(request, range, recordsMax)
  const lastAcquired = firstOffset + acquiredCount - 1
  for (const piece of pieces) {
    context.append(piece, acquiredCount)
    acquired.push({ ...piece, lastOffset: Math.min(piece.lastOffset, lastAcquired), deliveryCount: 1 })
  }
}

/**
 * Cuts new records into what is acquired together: at the edges of the log's batches, as soon as `batchSize` records are reached. Of the last batch of the log more than `recordsMax`
 * may be taken, to its end; with a strict limit that rest is in flight too, and available.
 */
function divide(
  { batches, batchSize, isRecordLimit }: AcquireRequest,
  { firstOffset, lastOffset }: OffsetRange,
  recordsMax: number,
): { pieces: OffsetRange[]; acquiredCount: number } {
  const to =
    recordsMax < lastOffset - firstOffset + 1
      ? endOfBatch(batches, firstOffset + recordsMax - 1, lastOffset)
      : lastOffset
  const length = to - firstOffset + 1
  const whole = { firstOffset, lastOffset: to }
  if (isRecordLimit) return { pieces: [whole], acquiredCount: Math.min(recordsMax, length) }
  const pieces: OffsetRange[] = []
  const lengthMin = Math.max(batchSize, 1)
  let from = firstOffset
  for (const batch of length > lengthMin ? batches : []) {
    if (batch.firstOffset > to) break
    if (batch.firstOffset - from < lengthMin) continue
    pieces.push({ firstOffset: from, lastOffset: batch.firstOffset - 1 })
    from = batch.firstOffset
  }
  pieces.push({ firstOffset: from, lastOffset: to })
  return { pieces, acquiredCount: length }
}

/** The last offset of the log's batch that an offset is in, or the offset itself when it is in none; at most `lastOffset`. */
function endOfBatch(batches: readonly OffsetRange[], offset: number, lastOffset: number): number {
  const batch = batches.findLast(each => each.firstOffset <= offset)
  return Math.min(Math.max(offset, batch?.lastOffset ?? offset), lastOffset)
}

/** Runs of one batch that follow each other. */
function* byBatch(runs: readonly DeliveryRun[]): IterableIterator<DeliveryRun[]> {
  let group: DeliveryRun[] = []
  for (const run of runs) {
    if (group.length > 0 && group[0]!.batch !== run.batch) {
      yield group
      group = []
    }
    group.push(run)
  }
  if (group.length > 0) yield group
}

/** Adds a range to those before it: neighbours that say the same are one. */
function note(ranges: AcquiredRange[], range: AcquiredRange): void {
  const last = ranges.at(-1)
  if (last?.lastOffset === range.firstOffset - 1 && last.deliveryCount === range.deliveryCount) {
    ranges[ranges.length - 1] = { ...last, lastOffset: range.lastOffset }
  } else ranges.push(range)
}

function isAvailable({ state, pending }: DeliveryRun): boolean {
  return state === deliveryStates.available && pending === undefined
}

function lengthOf({ firstOffset, lastOffset }: OffsetRange): number {
  return lastOffset - firstOffset + 1
}
