/** Latencies of many records, as Kafka's performance tools count and print them. */

const bytesPerMegabyte = 1024 * 1024
const percentiles = [0.5, 0.95, 0.99, 0.999]

/** All of a run. Whole milliseconds are counted, so a million records take no more room than a thousand. */
export class Latencies {
  startMs: number
  #endMs: number
  #count = 0
  #bytes = 0
  #sumMs = 0
  #maxMs = 0
  /** By milliseconds. */
  readonly #counts = new Map<number, number>()

  constructor(startMs: number) {
    this.startMs = startMs
    this.#endMs = startMs
  }

  add(latencyMs: number, bytes: number, nowMs: number): void {
    this.#count++
    this.#bytes += bytes
    this.#sumMs += latencyMs
    this.#maxMs = Math.max(this.#maxMs, latencyMs)
    this.#endMs = nowMs
    this.#counts.set(latencyMs, (this.#counts.get(latencyMs) ?? 0) + 1)
  }

  /** `10000 records sent, 9980.0 records/sec (9.52 MB/sec), 1.2 ms avg latency, 150.00 ms max latency, 1 ms 50th, ...` */
  summary(what: string): string {
    const seconds = Math.max(0.001, (this.#endMs - this.startMs) / 1000)
    const rates = `${(this.#count / seconds).toFixed(6)} records/sec (${(this.#bytes / seconds / bytesPerMegabyte).toFixed(2)} MB/sec)`
    const latency = `${this.#averageMs.toFixed(2)} ms avg latency, ${this.#maxMs.toFixed(2)} ms max latency`
    const [half, most, nearlyAll, all] = this.#percentiles()
    const shares = `${half} ms 50th, ${most} ms 95th, ${nearlyAll} ms 99th, ${all} ms 99.9th`
    return `${this.#count} ${what}, ${rates}, ${latency}, ${shares}.\n`
  }

  get #averageMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  #percentiles(): number[] {
    const sorted = [...this.#counts].sort(([one], [other]) => one - other)
    return percentiles.map(share => {
      let left = Math.floor(share * this.#count)
      for (const [latencyMs, count] of sorted) {
        if (left < count) return latencyMs
        left -= count
      }
      return sorted.at(-1)?.[0] ?? 0
    })
  }
}

/** The last few seconds, again and again. */
export class LatencyWindow {
  readonly #windowMs: number
  #startMs: number
  #count = 0
  #bytes = 0
  #sumMs = 0
  #maxMs = 0

  constructor(startMs: number, windowMs: number) {
    this.#startMs = startMs
    this.#windowMs = windowMs
  }

  /** A line about the window that this record ends, if it does. */
  add(latencyMs: number, bytes: number, nowMs: number): string | undefined {
    this.#count++
    this.#bytes += bytes
    this.#sumMs += latencyMs
    this.#maxMs = Math.max(this.#maxMs, latencyMs)
    const elapsedMs = nowMs - this.#startMs
    if (elapsedMs < this.#windowMs) return undefined
    const perSecond = (this.#count * 1000) / elapsedMs
    const megabytes = (this.#bytes * 1000) / elapsedMs / bytesPerMegabyte
    const average = this.#sumMs / this.#count
    const line = `${this.#count} records sent, ${perSecond.toFixed(1)} records/sec (${megabytes.toFixed(2)} MB/sec), ${average.toFixed(1)} ms avg latency, ${this.#maxMs.toFixed(1)} ms max latency.\n`
    this.#startMs = nowMs
    this.#count = 0
    this.#bytes = 0
    this.#sumMs = 0
    this.#maxMs = 0
    return line
  }
}
