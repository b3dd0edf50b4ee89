import type { Finding, HistoryEvent, Read } from './history.ts'
import { logStartsOf } from './log-starts.ts'

/**
 * A look-up by time whose answer is not the first record that is late enough: another one before it is, or the record there has another timestamp, or
 * one was known when the question came and the answer was none.
 */
export function* wrongLookups(history: readonly HistoryEvent[]): Iterable<Finding> {
  const lookups = history.flatMap((event, index) => (event.kind === 'lookup' ? [{ ...event, index }] : []))
  if (lookups.length === 0) return
  const records = timedRecordsOf(history)
  for (const { process, partition, timestamp, found, askedAt, index } of lookups) {
    const logStart = logStartsOf(history.slice(0, index)).get(partition) ?? 0
    const asked = `${process} looked for ${timestamp} in ${partition}`
    const late = records.filter(
      record => record.partition === partition && record.offset >= logStart && record.timestamp >= timestamp,
    )
    if (found === undefined) {
      const [missed] = late.filter(({ knownAt }) => knownAt < askedAt)
      if (missed !== undefined) yield wrong(`${asked} and found nothing, but @${missed.offset} has ${missed.timestamp}`)
      continue
    }
    const [before] = late.filter(({ offset }) => offset < found.offset)
    if (before !== undefined) {
      yield wrong(`${asked} and found @${found.offset}, but @${before.offset} has ${before.timestamp}`)
    }
    const there = records.find(record => record.partition === partition && record.offset === found.offset)
    if (found.timestamp < timestamp || (there !== undefined && there.timestamp !== found.timestamp)) {
      yield wrong(`${asked} and found @${found.offset} with ${found.timestamp}, which has ${there?.timestamp ?? '?'}`)
    }
  }
}

function wrong(text: string): Finding {
  return { kind: 'wrong look-up', text }
}

/** Every record whose offset and timestamp are known, and since which event. */
function timedRecordsOf(history: readonly HistoryEvent[]) {
  const timestamps = new Map<string, number>()
  for (const event of history) {
    if (event.kind === 'send' && event.timestamp !== undefined) timestamps.set(event.value, event.timestamp)
  }
  const records = new Map<string, { partition: string; offset: number; timestamp: number; knownAt: number }>()
  const put = (knownAt: number, { partition, offset, value }: Read): void => {
    const timestamp = timestamps.get(value)
    const key = `${partition}@${offset}`
    if (timestamp !== undefined && !records.has(key)) records.set(key, { partition, offset, timestamp, knownAt })
  }
  for (const [index, event] of history.entries()) {
    if (event.kind === 'poll') for (const read of event.reads) put(index, read)
    if (event.kind === 'send' && event.outcome === 'ok' && event.offset !== undefined) {
      put(index, { ...event, offset: event.offset })
    }
  }
  return [...records.values()]
}
