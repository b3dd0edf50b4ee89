import type { HistoryEvent } from './history.ts'

/** Answers whether a value may be gone because of what compaction keeps: the last record of each key, and tombstones for a while only. */
export function compactedAway(
  history: readonly HistoryEvent[],
  log: ReadonlyMap<string, { readonly offsetsByValue: ReadonlyMap<string, ReadonlySet<number>> }>,
): (value: string, offset: number | undefined) => boolean {
  const sends = new Map<string, HistoryEvent & { kind: 'send' }>()
  /** By partition and key: the last known offset, and whether a send has no known outcome. */
  const keys = new Map<string, { offsetMax: number; inDoubt: number }>()
  for (const event of history) {
    if (event.kind !== 'send' || event.key === undefined) continue
    sends.set(event.value, event)
    const name = nameOf(event)
    const state = keys.get(name) ?? { offsetMax: -1, inDoubt: 0 }
    keys.set(name, state)
    const offsets = log.get(event.partition)?.offsetsByValue.get(event.value) ?? []
    for (const offset of offsets) state.offsetMax = Math.max(state.offsetMax, offset)
    // It may have been written, have taken the place of others, and be gone itself: nobody knows.
    if (event.outcome === 'unknown' || event.offset === undefined) state.inDoubt++
  }
  return (value, offset) => {
    const send = sends.get(value)
    const state = send === undefined ? undefined : keys.get(nameOf(send))
    if (send === undefined || state === undefined) return false
    if (send.isTombstone || offset === undefined) return true
    const ownDoubt = send.outcome === 'unknown' || send.offset === undefined ? 1 : 0
    return offset < state.offsetMax || state.inDoubt > ownDoubt
  }
}

function nameOf({ partition, key }: { partition: string; key?: string }): string {
  return `${partition} ${key}`
}
