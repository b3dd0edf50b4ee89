/** How long a figure looks back: as many windows, each so long. */
export interface SampleWindows {
  /** Whole windows; one more is being filled. */
  readonly count: number
  /** Milliseconds. */
  readonly windowMs: number
}

/**
 * What was recorded lately, in windows that are let go of as they grow old: its rate, average, greatest and least. The arithmetic is that of Kafka's metrics, so that rates and the
 * quotas that stand on them come out alike: the window being filled counts beside `count` whole ones, a rate is taken over at least `count - 1` windows, and a window that has been
 * silent for all of the time begins anew when somebody looks.
 *
 * Times are milliseconds of one clock that does not go back. To record costs no memory.
 */
export class WindowedSamples {
  readonly #windows: SampleWindows
  readonly #samples: Sample[] = []
  #current = 0

  constructor(windows: SampleWindows, nowMs: number) {
    this.#windows = windows
    this.#samples.push(new Sample(nowMs))
  }

  record(value: number, nowMs: number): void {
    let sample = this.#samples[this.#current]!
    if (nowMs - sample.startMs >= this.#windows.windowMs) sample = this.#advance(nowMs)
    sample.sum += value
    sample.count++
    if (value > sample.max) sample.max = value
    if (value < sample.min) sample.min = value
    sample.lastMs = nowMs
  }

  /** What was recorded, added up, for each second. */
  rate(nowMs: number): number {
    return (this.sum(nowMs) * 1000) / this.elapsedMs(nowMs)
  }

  /** How often something was recorded, for each second. */
  countRate(nowMs: number): number {
    return (this.count(nowMs) * 1000) / this.elapsedMs(nowMs)
  }

  sum(nowMs: number): number {
    this.#purge(nowMs)
    let sum = 0
    for (const sample of this.#samples) sum += sample.sum
    return sum
  }

  count(nowMs: number): number {
    this.#purge(nowMs)
    let count = 0
    for (const sample of this.#samples) count += sample.count
    return count
  }

  /** NaN: nothing was recorded. */
  average(nowMs: number): number {
    return this.sum(nowMs) / this.count(nowMs)
  }

  /** NaN: nothing was recorded. */
  max(nowMs: number): number {
    this.#purge(nowMs)
    let max = Number.NEGATIVE_INFINITY
    for (const sample of this.#samples) max = Math.max(max, sample.max)
    return max === Number.NEGATIVE_INFINITY ? Number.NaN : max
  }

  /** NaN: nothing was recorded. */
  min(nowMs: number): number {
    this.#purge(nowMs)
    let min = Number.POSITIVE_INFINITY
    for (const sample of this.#samples) min = Math.min(min, sample.min)
    return min === Number.POSITIVE_INFINITY ? Number.NaN : min
  }

  /** Over how many milliseconds a rate is taken: since the oldest window began, and never less than all windows but one. */
  elapsedMs(nowMs: number): number {
    this.#purge(nowMs)
    const { count, windowMs } = this.#windows
    let oldestMs = Number.POSITIVE_INFINITY
    for (const { startMs } of this.#samples) oldestMs = Math.min(oldestMs, startMs)
    const elapsedMs = nowMs - oldestMs
    const missing = Math.max(0, count - 1 - Math.floor(elapsedMs / windowMs))
    return Math.max(1, elapsedMs + missing * windowMs)
  }

  #purge(nowMs: number): void {
    const { count, windowMs } = this.#windows
    for (const sample of this.#samples) if (nowMs - sample.lastMs >= count * windowMs) sample.reset(nowMs)
  }

  #advance(nowMs: number): Sample {
    this.#current = (this.#current + 1) % (this.#windows.count + 1)
    let sample = this.#samples[this.#current]
    if (sample === undefined) {
      sample = new Sample(nowMs)
      this.#samples.push(sample)
    } else sample.reset(nowMs)
    return sample
  }
}

class Sample {
  startMs: number
  lastMs: number
  sum = 0
  count = 0
  max = Number.NEGATIVE_INFINITY
  min = Number.POSITIVE_INFINITY

  constructor(nowMs: number) {
    this.startMs = nowMs
    this.lastMs = nowMs
  }

  reset(nowMs: number): void {
    this.startMs = nowMs
    this.lastMs = nowMs
    this.sum = 0
    this.count = 0
    this.max = Number.NEGATIVE_INFINITY
    this.min = Number.POSITIVE_INFINITY
  }
}
