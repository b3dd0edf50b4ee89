import { errorCodes, ProtocolError } from '@dorsale/protocol'
import {
  type DeliveryRun,
  type DeliveryRuns,
  type DeliveryState,
  deliveryStates,
  type OffsetRange,
} from './delivery-run.ts'

/** What a consumer may say of a record, by Kafka's numbers; a gap is an offset without a record for it. */
export const acknowledgeTypes = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const

/** What a consumer says of a range of records. */
export interface AcknowledgementBatch extends OffsetRange {
  /** One of `acknowledgeTypes` for each offset, or one for all. */
  readonly acknowledgeTypes: readonly number[]
}

interface AcknowledgeContext {
  readonly runs: DeliveryRuns
  readonly startOffset: number
  readonly isRenewEnabled: boolean
  /** Of what is renewed. */
  readonly lockedUntilMs: number
}

/**
 * Does to the runs of one batch what its consumer says: `change` is called for each that is to go into another state, renewed ones keep theirs for longer. Offsets before the start
 * are done with, whatever is said of them. Throws INVALID_RECORD_STATE when the member does not have one of the records, INVALID_REQUEST when nobody has ever had it or what is said is
 * nothing that can be said; some runs may have been changed by then.
 */
export function acknowledge(
  { runs, startOffset, isRenewEnabled, lockedUntilMs }: AcknowledgeContext,
  { memberId, batch }: { readonly memberId: string; readonly batch: AcknowledgementBatch },
  change: (run: DeliveryRun, state: DeliveryState) => void,
): void {
  const { firstOffset, lastOffset } = batch
  const types = batch.acknowledgeTypes
  if (firstOffset > lastOffset) {
    throw new ProtocolError(errorCodes.INVALID_REQUEST, `offset ${lastOffset} is not behind ${firstOffset}`)
  }
  if (types.length === 0 || types.some(type => states[type] === undefined && type !== acknowledgeTypes.renew)) {
    throw new ProtocolError(errorCodes.INVALID_REQUEST, `not types of acknowledgement: ${types.join(', ')}`)
  }
  if (lastOffset < startOffset) return
  checkInFlight(runs, batch)
  for (const { type, ...range } of rangesByType(batch, startOffset)) {
    for (const run of runs.within(range)) {
      checkAcquired(run, memberId)
      if (type !== acknowledgeTypes.renew) change(run, states[type]!)
      else if (isRenewEnabled) run.lockedUntilMs = lockedUntilMs
      else throw new ProtocolError(errorCodes.INVALID_RECORD_STATE, 'locks cannot be renewed in this group')
    }
  }
}

const states: readonly (DeliveryState | undefined)[] = [
  deliveryStates.archived,
  deliveryStates.acknowledged,
  deliveryStates.available,
  deliveryStates.archived,
]

function checkInFlight(runs: DeliveryRuns, { firstOffset, lastOffset }: OffsetRange): void {
  const { last } = runs
  if (last === undefined) {
    throw new ProtocolError(errorCodes.INVALID_RECORD_STATE, `no records are in flight, also not ${firstOffset}`)
  }
  if (lastOffset > last.lastOffset) {
    const text = `the last record in flight is ${last.lastOffset}, which is before ${lastOffset}`
    throw new ProtocolError(errorCodes.INVALID_REQUEST, text)
  }
}

function checkAcquired({ state, pending, memberId, firstOffset }: DeliveryRun, expectedMemberId: string): void {
  if (pending !== undefined) {
    throw new ProtocolError(errorCodes.INVALID_RECORD_STATE, `record ${firstOffset} is being acknowledged already`)
  }
  if (state !== deliveryStates.acquired || memberId !== expectedMemberId) {
    throw new ProtocolError(errorCodes.INVALID_RECORD_STATE, `record ${firstOffset} is not with this member`)
  }
}

/** The part of a batch from the start on, as ranges of which the same is said. */
function* rangesByType(
  batch: AcknowledgementBatch,
  startOffset: number,
): IterableIterator<OffsetRange & { readonly type: number }> {
  const { lastOffset, acknowledgeTypes: types } = batch
  let from = Math.max(batch.firstOffset, startOffset)
  if (types.length === 1) {
    yield { firstOffset: from, lastOffset, type: types[0]! }
    return
  }
  while (from <= lastOffset) {
    const type = types[from - batch.firstOffset]
    if (type === undefined) throw new ProtocolError(errorCodes.INVALID_REQUEST, `nothing is said of record ${from}`)
    let to = from
    while (to < lastOffset && types[to + 1 - batch.firstOffset] === type) to++
    yield { firstOffset: from, lastOffset: to, type }
    from = to + 1
  }
}
