/** State of a range of records, as it is kept and sent: offsets are included, the state is one of `deliveryStates`. */
export interface StateBatch {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly deliveryState: number
  readonly deliveryCount: number
}

/**
 * Lays newer state batches over older ones, from `startOffset` on. Where several speak of an offset the one with the most deliveries counts, and of those the
 * furthest state: delivery only goes forward, so that a late or repeated write does no harm. The outcome is in order, without overlaps, and neighbours that
 * say the same are one. As Kafka's coordinator combines them.
 */
export function combineStateBatches(
  older: readonly StateBatch[],
  newer: readonly StateBatch[],
  startOffset: number,
): StateBatch[] {
  const batches: StateBatch[] = []
  for (const batch of [...older, ...newer]) {
    if (batch.lastOffset < startOffset || batch.lastOffset < batch.firstOffset) continue
    batches.push(batch.firstOffset >= startOffset ? batch : { ...batch, firstOffset: startOffset })
  }
  const edges = batches.flatMap((batch): Edge[] => [
    { offset: batch.firstOffset, batch, opens: true },
    { offset: batch.lastOffset + 1, batch, opens: false },
  ])
  edges.sort((a, b) => a.offset - b.offset)
  const open = new Set<StateBatch>()
  const combined: StateBatch[] = []
  let from = startOffset
  for (const { offset, batch, opens } of edges) {
    if (offset > from && open.size > 0) append(combined, from, offset - 1, strongest(open))
    from = offset
    if (opens) open.add(batch)
    else open.delete(batch)
  }
  return combined
}

interface Edge {
  readonly offset: number
  readonly batch: StateBatch
  readonly opens: boolean
}

function strongest(batches: Iterable<StateBatch>): StateBatch {
  let best: StateBatch | undefined
  for (const batch of batches) {
    if (
      best === undefined ||
      batch.deliveryCount > best.deliveryCount ||
      (batch.deliveryCount === best.deliveryCount && batch.deliveryState > best.deliveryState)
    )
      best = batch
  }
  return best!
}

function append(batches: StateBatch[], firstOffset: number, lastOffset: number, like: StateBatch): void {
  const { deliveryState, deliveryCount } = like
  const last = batches.at(-1)
  const continues =
    last !== undefined &&
    last.lastOffset + 1 === firstOffset &&
    last.deliveryState === deliveryState &&
    last.deliveryCount === deliveryCount
  if (continues) batches[batches.length - 1] = { ...last, lastOffset }
  else batches.push({ firstOffset, lastOffset, deliveryState, deliveryCount })
}
