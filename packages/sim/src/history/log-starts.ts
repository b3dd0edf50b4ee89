import type { HistoryEvent } from './history.ts'

/** The greatest log start of each partition: what lies before may be missing, from any reader's point of view. */
export function logStartsOf(history: readonly HistoryEvent[]): Map<string, number> {
  const starts = new Map<string, number>()
  for (const event of history) {
    if (event.kind !== 'log start') continue
    starts.set(event.partition, Math.max(starts.get(event.partition) ?? 0, event.offset))
  }
  return starts
}
