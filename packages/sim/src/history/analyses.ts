import { compactedAway } from './compacted.ts'
import type { Finding, HistoryEvent, JudgeOptions } from './history.ts'
import { logStartsOf } from './log-starts.ts'
import { wrongLookups } from './lookups.ts'

/** Everything that is wrong with a history; empty when nothing is. */
export function judge(history: readonly HistoryEvent[], options: JudgeOptions = {}): Finding[] {
  const log = logOf(history)
  return [
    ...(options.lossAllowed ? [] : lostWrites(history, log, options)),
    ...abortedReads(history),
    ...inventedValues(history),
    ...inconsistentOffsets(log),
    ...(options.duplicatesAllowed ? [] : duplicates(log)),
    ...pollOrder(history, log),
    ...sendOrder(history),
    ...wrongLookups(history),
    ...tornTransactions(history, options),
    ...cycles(history),
  ]
}

/** What is known of a partition from acknowledgements and reads. */
interface PartitionLog {
  /** Values said to stand at each offset: one, unless something is wrong. */
  valuesByOffset: Map<number, Set<string>>
  offsetsByValue: Map<string, Set<number>>
  /** The highest offset that somebody read; -1 when nobody did. */
  readMax: number
}

type Log = Map<string, PartitionLog>

function logOf(history: readonly HistoryEvent[]): Log {
  const log: Log = new Map()
  const partitionOf = (partition: string): PartitionLog => {
    let entry = log.get(partition)
    if (entry === undefined) {
      entry = { valuesByOffset: new Map(), offsetsByValue: new Map(), readMax: -1 }
      log.set(partition, entry)
    }
    return entry
  }
  const put = (partition: string, offset: number, value: string): void => {
    const entry = partitionOf(partition)
    addTo(entry.valuesByOffset, offset, value)
    addTo(entry.offsetsByValue, value, offset)
  }
  for (const event of history) {
    if (event.kind === 'send' && event.outcome === 'ok' && event.offset !== undefined) {
      put(event.partition, event.offset, event.value)
    }
    if (event.kind !== 'poll') continue
    for (const { partition, offset, value } of event.reads) {
      put(partition, offset, value)
      const entry = partitionOf(partition)
      entry.readMax = Math.max(entry.readMax, offset)
    }
  }
  return log
}

/**
 * Acknowledged and never read: lost when a later offset was read, or when everything was read to the end; otherwise merely unseen yet. Read by somebody
 * and not by the last reader: lost too.
 */
function* lostWrites(history: readonly HistoryEvent[], log: Log, options: JudgeOptions): Iterable<Finding> {
  const { lastReader } = options
  const read = readValues(history, lastReader)
  const readByAnybody = lastReader === undefined ? read : readValues(history)
  const aborted = transactionsOf(history, 'aborted')
  const unknown = transactionsOf(history, 'unknown')
  const logStarts = logStartsOf(history)
  const isCompacted = compactedAway(history, log)
  for (const event of history) {
    if (event.kind !== 'send' || read.has(event.value)) continue
    const wasRead = readByAnybody.has(event.value)
    if (event.outcome !== 'ok' && !wasRead) continue
    if (event.transaction !== undefined && (aborted.has(event.transaction) || unknown.has(event.transaction))) continue
    const { partition, value } = event
    const offset = event.offset ?? firstOf(log.get(partition)?.offsetsByValue.get(value))
    // Where an acknowledgement has no offset, nobody knows whether it lay before.
    if ((offset ?? 0) < (logStarts.get(partition) ?? 0) || isCompacted(value, offset)) continue
    const readMax = log.get(partition)?.readMax ?? -1
    const passed = offset !== undefined && offset < readMax
    if (!passed && !options.readToEnd) continue
    const before = event.outcome === 'ok' ? 'acknowledged' : 'read'
    const after = wasRead ? `not there for ${lastReader}` : `never read${passed ? `, though ${readMax} was` : ''}`
    yield { kind: 'lost write', text: `${value} was ${before} at ${partition}@${offset ?? '?'} and ${after}` }
  }
}

/** Read although its transaction was aborted, or although its send was refused. */
function* abortedReads(history: readonly HistoryEvent[]): Iterable<Finding> {
  const aborted = transactionsOf(history, 'aborted')
  const read = readValues(history)
  for (const event of history) {
    if (event.kind !== 'send' || !read.has(event.value)) continue
    if (event.outcome === 'fail') yield { kind: 'aborted read', text: `${event.value} was refused and read` }
    else if (event.transaction !== undefined && aborted.has(event.transaction)) {
      yield { kind: 'aborted read', text: `${event.value} of aborted transaction ${event.transaction} was read` }
    }
  }
}

/** Read and never sent, or read in another partition than it was sent to. */
function* inventedValues(history: readonly HistoryEvent[]): Iterable<Finding> {
  const sentTo = new Map<string, string>()
  for (const event of history) if (event.kind === 'send') sentTo.set(event.value, event.partition)
  for (const { partition, offset, value } of readsOf(history)) {
    const sent = sentTo.get(value)
    if (sent === partition) continue
    yield { kind: 'invented value', text: `${partition}@${offset} reads ${value}, sent to ${sent ?? 'nobody'}` }
  }
}

/** One offset, two values: an offset was used again. */
function* inconsistentOffsets(log: Log): Iterable<Finding> {
  for (const [partition, { valuesByOffset }] of log) {
    for (const [offset, values] of valuesByOffset) {
      if (values.size > 1)
        yield { kind: 'inconsistent offsets', text: `${partition}@${offset} is ${[...values].join(' and ')}` }
    }
  }
}

/** One value, two offsets. */
function* duplicates(log: Log): Iterable<Finding> {
  for (const [partition, { offsetsByValue }] of log) {
    for (const [value, offsets] of offsetsByValue) {
      if (offsets.size > 1)
        yield { kind: 'duplicate', text: `${value} is at ${partition}@${[...offsets].join(' and @')}` }
    }
  }
}

/** One reader, between seeks: offsets rise, and nothing that is known to stand between two of them is left out. */
function* pollOrder(history: readonly HistoryEvent[], log: Log): Iterable<Finding> {
  const logStarts = logStartsOf(history)
  const isCompacted = compactedAway(history, log)
  // Transactions whose values a reader may be right to leave out.
  const visible = committedValues(history)
  const known = new Map(
    [...log].map(([partition, entry]) => [partition, [...entry.valuesByOffset.keys()].sort((a, b) => a - b)]),
  )
  const positions = new Map<string, Map<string, number>>()
  for (const event of history) {
    if (event.kind === 'seek') positions.delete(event.process)
    if (event.kind !== 'poll') continue
    let position = positions.get(event.process)
    if (position === undefined) {
      position = new Map()
      positions.set(event.process, position)
    }
    for (const { partition, offset } of event.reads) {
      const last = position.get(partition)
      position.set(partition, offset)
      if (last === undefined) continue
      if (offset <= last) {
        yield { kind: 'non-monotonic poll', text: `${event.process} read ${partition}@${offset} after @${last}` }
        continue
      }
      const offsets = known.get(partition) ?? []
      for (let index = firstAbove(offsets, last); (offsets[index] ?? offset) < offset; index++) {
        const skipped = offsets[index] as number
        if (skipped < (logStarts.get(partition) ?? 0)) continue
        const values = log.get(partition)?.valuesByOffset.get(skipped) ?? []
        if (![...values].every(value => visible.has(value))) continue
        if ([...values].every(value => isCompacted(value, skipped))) continue
        yield {
          kind: 'poll skip',
          text: `${event.process} read ${partition}@${last} and then @${offset}, but @${skipped} is ${[...values].join(' and ')}`,
        }
      }
    }
  }
}

/** One producer, one partition: the offsets of its acknowledged sends rise. */
function* sendOrder(history: readonly HistoryEvent[]): Iterable<Finding> {
  const last = new Map<string, { offset: number; value: string }>()
  for (const event of history) {
    if (event.kind !== 'send' || event.outcome !== 'ok' || event.offset === undefined) continue
    const key = `${event.process} ${event.partition}`
    const before = last.get(key)
    if (before !== undefined && event.offset <= before.offset) {
      yield {
        kind: 'non-monotonic send',
        text: `${event.process} sent ${before.value} to ${event.partition}@${before.offset} and then ${event.value} to @${event.offset}`,
      }
    }
    last.set(key, { offset: event.offset, value: event.value })
  }
}

/** A committed transaction of which only a part was read, by those who read to the end. */
function* tornTransactions(history: readonly HistoryEvent[], options: JudgeOptions): Iterable<Finding> {
  if (!options.readToEnd) return
  const read = readValues(history)
  const aborted = transactionsOf(history, 'aborted')
  const members = new Map<string, string[]>()
  for (const event of history) {
    if (event.kind !== 'send' || event.transaction === undefined || event.outcome === 'fail') continue
    if (!aborted.has(event.transaction))
      members.set(event.transaction, [...(members.get(event.transaction) ?? []), event.value])
  }
  for (const [transaction, values] of members) {
    const seen = values.filter(value => read.has(value))
    if (seen.length === 0 || seen.length === values.length) continue
    const missing = values.filter(value => !read.has(value))
    yield {
      kind: 'torn transaction',
      text: `${transaction}: ${seen.join(' ')} were read, ${missing.join(' ')} were not`,
    }
  }
}

/**
 * Transactions that each read what the other wrote (G1c over write-read dependencies). Write-write cycles are not judged: Kafka's
 * transactions interleave their writes by design.
 */
function* cycles(history: readonly HistoryEvent[]): Iterable<Finding> {
  const writerOf = new Map<string, string>()
  for (const event of history) {
    if (event.kind === 'send' && event.transaction !== undefined) writerOf.set(event.value, event.transaction)
  }
  const readFrom = new Map<string, Set<string>>()
  for (const event of history) {
    if (event.kind !== 'poll' || event.transaction === undefined) continue
    for (const { value } of event.reads) {
      const writer = writerOf.get(value)
      if (writer !== undefined && writer !== event.transaction) addTo(readFrom, event.transaction, writer)
    }
  }
  const done = new Set<string>()
  for (const start of readFrom.keys()) {
    const path: string[] = []
    const cycle = findCycle(start, readFrom, done, path)
    if (cycle === undefined) continue
    for (const node of cycle) done.add(node)
    yield { kind: 'cycle', text: cycle.join(' reads from ') }
  }
}

/** Depth first; each transaction is left behind once. The depth is that of the longest chain of reads, a few thousand at most. */
function findCycle(
  node: string,
  edges: Map<string, Set<string>>,
  done: Set<string>,
  path: string[],
): string[] | undefined {
  if (done.has(node)) return undefined
  const at = path.indexOf(node)
  if (at >= 0) return [...path.slice(at), node]
  path.push(node)
  for (const next of edges.get(node) ?? []) {
    const cycle = findCycle(next, edges, done, path)
    if (cycle !== undefined) return cycle
  }
  path.pop()
  done.add(node)
  return undefined
}

function transactionsOf(history: readonly HistoryEvent[], outcome: 'committed' | 'aborted' | 'unknown'): Set<string> {
  const found = new Set<string>()
  for (const event of history) {
    if (event.kind === 'transaction' && event.outcome === outcome) found.add(event.transaction)
  }
  return found
}

/** Values that every reader must see: acknowledged outside any transaction, or read by somebody, or in a committed one. */
function committedValues(history: readonly HistoryEvent[]): Set<string> {
  const committed = transactionsOf(history, 'committed')
  const values = readValues(history)
  for (const event of history) {
    if (event.kind !== 'send' || event.outcome !== 'ok') continue
    if (event.transaction === undefined || committed.has(event.transaction)) values.add(event.value)
  }
  return values
}

/** What was read, by one process or by all. */
function readValues(history: readonly HistoryEvent[], process?: string): Set<string> {
  const values = new Set<string>()
  for (const { value } of readsOf(history, process)) values.add(value)
  return values
}

function* readsOf(history: readonly HistoryEvent[], process?: string) {
  for (const event of history) {
    if (event.kind === 'poll' && (process === undefined || event.process === process)) yield* event.reads
  }
}

function firstOf<T>(items: Iterable<T> | undefined): T | undefined {
  for (const item of items ?? []) return item
  return undefined
}

function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}
