import type { Clock } from '@dorsale/base'
import type { MetadataDelta, MetadataImage } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { BrokerValues } from '../config/index.ts'
import { intMax } from '../config/tables/limits.ts'
import { type ClientQuotaKey, type QuotaClient, QuotaRules } from './quota-rules.ts'
import { RateUsage } from './rate-usage.ts'
import { TokenBuckets } from './token-buckets.ts'

/**
 * The quotas of the cluster (KIP-13, KIP-124, KIP-599, KIP-612), as AlterClientQuotas sets them, from the next request on. A client that is over one is answered at once, with
 * the time that it should pause, and its connection is not read until then; fetches are answered without records. Without quotas nothing is counted.
 */
export class Quotas {
  readonly #clock: Clock
  readonly #image: MetadataImage
  readonly #produced: RateUsage
  readonly #fetched: RateUsage
  readonly #requestTime: RateUsage
  readonly #connected: RateUsage
  readonly #accepted: RateUsage
  readonly #mutated: TokenBuckets
  /** Bytes that the windows of a quota hold, for each byte per second of it. */
  readonly #fetchBurstSeconds: number
  /** The longest pause for the time that requests take, and for connections. */
  readonly #pauseMsMax: number
  #rules: QuotaRules

  constructor(options: { clock: Clock; image: MetadataImage; values: BrokerValues }) {
    const { values } = options
    this.#clock = options.clock
    this.#image = options.image
    this.#rules = new QuotaRules(this.#image.clientQuotas)
    const windowMs = values['quota.window.size.seconds'] * 1000
    const windows = { count: values['quota.window.num'], windowMs }
    this.#produced = new RateUsage(windows)
    this.#fetched = new RateUsage(windows)
    this.#requestTime = new RateUsage(windows)
    this.#connected = new RateUsage(windows)
    this.#accepted = new RateUsage(windows)
    this.#mutated = new TokenBuckets({
      count: values['controller.quota.window.num'],
      windowMs: values['controller.quota.window.size.seconds'] * 1000,
    })
    this.#fetchBurstSeconds = (windows.count - 1) * (windowMs / 1000)
    this.#pauseMsMax = windowMs
  }

  /** Follows one step of replay. */
  apply({ fromSnapshot, quotasChanged }: MetadataDelta): void {
    if (fromSnapshot || quotasChanged) this.#rules = new QuotaRules(this.#image.clientQuotas)
  }

  /** A produce of so many bytes; answers for how many milliseconds its sender must pause. */
  produced(client: QuotaClient, bytes: number): number {
    return this.#charge(this.#produced, 'producer_byte_rate', client, bytes)
  }

  /** A fetch is about to be answered with so many bytes. Not 0: it must be answered without, and its sender pauses for so many milliseconds. */
  fetched(client: QuotaClient, bytes: number): number {
    const rule = this.#rules.find('consumer_byte_rate', client)
    if (rule === undefined) return 0
    const nowMs = this.#clock.monotonic()
    const pauseMs = this.#fetched.charge(rule, bytes, nowMs)
    if (pauseMs > 0) this.#fetched.refund(rule.sharedBy, bytes, nowMs)
    return pauseMs
  }

  /** The most that one fetch may bring: what all windows hold together, or nothing could ever be answered. */
  fetchBytesMax(client: QuotaClient): number {
    const rule = this.#rules.find('consumer_byte_rate', client)
    return rule === undefined ? Number.POSITIVE_INFINITY : Math.floor(rule.limit * this.#fetchBurstSeconds)
  }

  /** Whether it matters how long requests take. */
  get countsTime(): boolean {
    return this.#rules.has('request_percentage')
  }

  /** A request has taken so many milliseconds of the broker's time. */
  spent(client: QuotaClient, tookMs: number): number {
    // In hundredths of a thread's time, as the quota is.
    const percent = tookMs / 10
    return Math.min(this.#pauseMsMax, this.#charge(this.#requestTime, 'request_percentage', client, percent))
  }

  /** What a request may change of topics. `isStrict`: what is over the quota is refused; older clients are only paused. */
  mutations(client: QuotaClient, { isStrict }: { isStrict: boolean }): MutationQuota {
    const rule = this.#rules.find('controller_mutation_rate', client)
    if (rule === undefined) return unbounded
    const buckets = this.#mutated
    const clock = this.#clock
    let pauseMs = 0
    return {
      get pauseMs() {
        return pauseMs
      },
      charge(partitionCount) {
        const nowMs = clock.monotonic()
        if (isStrict) {
          pauseMs = Math.max(pauseMs, buckets.debtMs(rule, nowMs))
          if (pauseMs > 0) throw new ProtocolError(errorCodes.THROTTLING_QUOTA_EXCEEDED)
          buckets.take(rule, partitionCount, nowMs)
        } else {
          buckets.take(rule, partitionCount, nowMs)
          pauseMs = Math.max(pauseMs, buckets.debtMs(rule, nowMs))
        }
      },
    }
  }

  /** An address opens a connection. Not 0: it may not, and hears so after so many milliseconds. */
  connected(address: string): number {
    const limit = this.#rules.connectionRate(address)
    if (limit === undefined) return 0
    const nowMs = this.#clock.monotonic()
    const pauseMs = this.#connected.charge({ sharedBy: address, limit }, 1, nowMs)
    if (pauseMs > 0) this.#connected.refund(address, 1, nowMs)
    return Math.min(pauseMs, this.#pauseMsMax)
  }

  /** The broker accepts a connection, and may accept `limit` of them a second; answers for how many milliseconds it is to wait. */
  accepted(limit: number): number {
    return limit === intMax ? 0 : this.#accepted.charge({ sharedBy: '', limit }, 1, this.#clock.monotonic())
  }

  #charge(usage: RateUsage, key: ClientQuotaKey, client: QuotaClient, value: number): number {
    const rule = this.#rules.find(key, client)
    return rule === undefined ? 0 : usage.charge(rule, value, this.#clock.monotonic())
  }
}

/** What one request does to topics. */
export interface MutationQuota {
  /** For how long its sender must pause. */
  readonly pauseMs: number
  /** Partitions are created or deleted. Throws THROTTLING_QUOTA_EXCEEDED when they must not be. */
  charge(partitionCount: number): void
}

const unbounded: MutationQuota = { pauseMs: 0, charge() {} }
