import { BatchCursor } from '@dorsale/protocol'
import type { HistoryEvent } from '../history/history.ts'
import type { Machine } from '../world/machine.ts'
import type { Process } from '../world/process.ts'
import { Directory, File } from '../world/volume.ts'

/** The values that may be in force; a negative one releases nothing. */
export interface RetentionRule {
  /** `retention.bytes`: what stays is at least as large. */
  bytes: readonly number[]
  /** `retention.ms`: what goes is older. */
  ms: readonly number[]
}

/** A copy that is on its way to another directory releases as the log does. */
const segmentPath = /^(?<directory>.*\/(?<partition>[^/]+-\d+)(\.[0-9a-f]{32}-future)?)\/(?<base>\d{20})\.log$/

/**
 * Watches what a broker takes away from its logs, segment by segment, at the moment when it does: a segment that the topic's settings release
 * moves the log start of the history, and what lay before may be missing from then on. A segment that nothing releases moves nothing, so
 * that its records are missed at the end.
 */
export class RetentionWatch {
  readonly #machine: Machine
  readonly #ruleOf: (partition: string) => RetentionRule
  readonly #history: HistoryEvent[]
  /** First offset of each partition that must still be there. */
  readonly released = new Map<string, number>()

  constructor(machine: Machine, ruleOf: (partition: string) => RetentionRule, history: HistoryEvent[]) {
    this.#machine = machine
    this.#ruleOf = ruleOf
    this.#history = history
    machine.onRename = (process, from, to) => this.#renamed(process, from, to)
  }

  /** Whatever lies before `offset` may go: somebody has asked for it. */
  release(partition: string, offset: number): void {
    if (offset <= (this.released.get(partition) ?? 0)) return
    this.released.set(partition, offset)
    this.#history.push({ kind: 'log start', partition, offset })
  }

  #renamed(process: Process, from: string, to: string): void {
    const { directory, partition, base } = segmentPath.exec(from)?.groups ?? {}
    if (directory === undefined || partition === undefined || !to.endsWith('.deleted')) return
    const later = this.#segmentsAfter(directory, Number(base))
    const next = later[0]?.base
    // The last segments go when a log is cut, which is for recovery to answer for.
    if (next === undefined || !this.#isReleased(process, partition, to, later)) return
    this.release(partition, next)
  }

  #isReleased(process: Process, partition: string, path: string, later: readonly { size: number }[]): boolean {
    const rule = this.#ruleOf(partition)
    const kept = later.reduce((size, segment) => size + segment.size, 0)
    if (rule.bytes.some(bytes => bytes >= 0 && kept >= bytes)) return true
    const ageMs = process.wallMs - this.#timestampMaxOf(path)
    return rule.ms.some(ms => ms >= 0 && ageMs > ms)
  }

  #segmentsAfter(directory: string, base: number): { base: number; size: number }[] {
    const node = this.#machine.volume.find(directory)
    if (!(node instanceof Directory)) return []
    return [...node.names]
      .flatMap(([name, file]) => {
        const found = /^(\d{20})\.log$/.exec(name)
        return found === null || !(file instanceof File) ? [] : [{ base: Number(found[1]), size: file.size }]
      })
      .filter(segment => segment.base > base)
      .sort((a, b) => a.base - b.base)
  }

  #timestampMaxOf(path: string): number {
    const file = this.#machine.volume.find(path)
    let timestampMax = Number.NEGATIVE_INFINITY
    const cursor = new BatchCursor(file instanceof File ? file.content : new Uint8Array(0))
    while (cursor.next()) timestampMax = Math.max(timestampMax, cursor.header.maxTimestamp)
    return timestampMax
  }
}
