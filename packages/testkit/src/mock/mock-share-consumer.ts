import { DorsaleError } from '@dorsale/base'
import type {
  AcknowledgementOutcome,
  AcknowledgeType,
  HeldPlace,
  ShareChunk,
  ShareConsumer,
  ShareRecord,
} from '@dorsale/client'
import { MockClient } from './mock-client.ts'
import type { MockRecord } from './mock-consumer.ts'

/** What a `MockShareConsumer` may be told. */
export interface MockShareConsumerOptions {
  /** As `share.acknowledgement.mode`. Default: `implicit`. */
  readonly acknowledgementMode?: 'implicit' | 'explicit'
  /** The most records that are handed out at once. Default: 500. */
  readonly maxPollRecords?: number
  readonly onAcknowledged?: (outcomes: readonly AcknowledgementOutcome[]) => void
}

/** What the application has said of a record. */
export interface MockAcknowledgement extends HeldPlace {
  readonly type: AcknowledgeType
}

/**
 * A share consumer without a cluster, for unit tests of an application: it hands out what `addRecord` gave it, a record that is released once more, and keeps what was said of each. `poll` answers at once;
 * loops wait for more, until `stop` or `close`.
 */
export class MockShareConsumer<K = Uint8Array, V = Uint8Array> extends MockClient implements ShareConsumer<K, V> {
  readonly #isExplicit: boolean
  readonly #maxPollRecords: number
  readonly #onAcknowledged: MockShareConsumerOptions['onAcknowledged']
  #topics: readonly string[] = []
  #available: ShareRecord<K, V>[] = []
  /** Handed out, with what has been said of it. */
  readonly #held = new Map<ShareRecord<K, V>, AcknowledgeType | undefined>()
  #sent: MockAcknowledgement[] = []
  #pollError: Error | undefined
  #commitError: Error | undefined
  #waiting: (() => void)[] = []
  #isStopping = false
  #isClosed = false

  constructor({
    acknowledgementMode = 'implicit',
    maxPollRecords = 500,
    onAcknowledged,
  }: MockShareConsumerOptions = {}) {
    super()
    this.#isExplicit = acknowledgementMode === 'explicit'
    this.#maxPollRecords = maxPollRecords
    this.#onAcknowledged = onAcknowledged
  }

  /** What has been acknowledged and sent, in order. */
  get acknowledged(): readonly MockAcknowledgement[] {
    return this.#sent
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  addRecord({
    topic,
    partition,
    offset,
    key = null,
    value = null,
    headers = [],
    timestamp = -1,
  }: MockRecord<K, V>): void {
    this.#available.push({
      topic,
      partition,
      offset,
      key,
      value,
      headers,
      timestamp,
      timestampType: 'CreateTime',
      leaderEpoch: -1,
      deliveryCount: 1,
    })
    this.#wake()
  }

  /** The next call that asks for records throws this. */
  setPollException(error: Error): void {
    this.#pollError = error
    this.#wake()
  }

  /** The broker refuses the next acknowledgements with this; the records are handed out again. */
  refuseNext(error: Error): void {
    this.#commitError = error
  }

  subscribe(topics: readonly string[]): void {
    this.#assertOpen()
    this.#topics = [...topics]
    this.#wake()
  }

  async unsubscribe(): Promise<void> {
    this.#giveBack()
    this.#topics = []
  }

  get subscription(): readonly string[] {
    return this.#topics
  }

  async *chunks(): AsyncGenerator<ShareChunk<K, V>, void, undefined> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      let isHandled = false
      try {
        yield chunk
        isHandled = true
      } finally {
        this.#settle(chunk.records, isHandled)
      }
    }
  }

  async *records(): AsyncGenerator<ShareRecord<K, V>, void, undefined> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      try {
        for (const record of chunk) {
          if (this.#isStopping || this.#isClosed) return
          yield record
          this.#settle([record], true)
        }
      } finally {
        this.#settle(chunk.records, false)
      }
    }
  }

  async poll(_: { timeoutMs: number }): Promise<ShareChunk<K, V> | undefined> {
    this.#assertOpen()
    this.#settle([...this.#held.keys()], true)
    return this.#take()
  }

  acknowledge({ topic, partition, offset }: HeldPlace, type: AcknowledgeType = 'accept'): void {
    this.#assertOpen()
    if (!this.#isExplicit) {
      throw new DorsaleError('DORSALE_NOT_HELD', 'acknowledge needs acknowledgementMode: explicit')
    }
    for (const record of this.#held.keys()) {
      if (record.topic !== topic || record.partition !== partition || record.offset !== offset) continue
      this.#held.set(record, type)
      return
    }
    throw new DorsaleError('DORSALE_NOT_HELD', `${topic}-${partition} at offset ${offset} is not held`)
  }

  async commit(): Promise<readonly AcknowledgementOutcome[]> {
    this.#assertOpen()
    if (!this.#isExplicit) for (const record of this.#held.keys()) this.#held.set(record, 'accept')
    return this.#send()
  }

  commitAsync(): void {
    void this.commit()
  }

  get acquisitionLockTimeoutMs(): number | undefined {
    return 30_000
  }

  stop(): void {
    this.#isStopping = true
    this.#wake()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#giveBack()
    this.#isClosed = true
    this.#wake()
  }

  async #next(): Promise<ShareChunk<K, V> | undefined> {
    for (;;) {
      if (this.#isClosed || this.#isStopping) return undefined
      const chunk = this.#take()
      if (chunk !== undefined) return chunk
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  #take(): ShareChunk<K, V> | undefined {
    const error = this.#pollError
    this.#pollError = undefined
    if (error !== undefined) throw error
    const first = this.#available.find(({ topic }) => this.#topics.includes(topic))
    if (first === undefined) return undefined
    const { topic, partition } = first
    const records = this.#available
      .filter(record => record.topic === topic && record.partition === partition)
      .slice(0, this.#maxPollRecords)
    const taken = new Set(records)
    this.#available = this.#available.filter(record => !taken.has(record))
    for (const record of records) this.#held.set(record, undefined)
    return { topic, partition, records, [Symbol.iterator]: () => records[Symbol.iterator]() }
  }

  /** The application is done with these: what it has not said is accepted, if it asks for more, and else released. */
  #settle(records: readonly ShareRecord<K, V>[], isHandled: boolean): void {
    const unsaid = records.filter(record => this.#held.has(record) && this.#held.get(record) === undefined)
    if (isHandled && this.#isExplicit && unsaid.length > 0) {
      const text = `nothing has been said of ${unsaid.length} records, at offset ${unsaid[0]?.offset} for one`
      throw new DorsaleError('DORSALE_UNACKNOWLEDGED', text)
    }
    for (const record of unsaid) this.#held.set(record, isHandled ? 'accept' : 'release')
    this.#send()
  }

  /** What has not been said goes to somebody else: here, to nobody. */
  #giveBack(): void {
    this.#send()
    this.#held.clear()
  }

  #send(): AcknowledgementOutcome[] {
    const said = [...this.#held].flatMap(([record, type]) => (type === undefined ? [] : [{ record, type }]))
    if (said.length === 0) return []
    const error = this.#commitError
    this.#commitError = undefined
    for (const { record, type } of said) {
      this.#held.delete(record)
      const { topic, partition, offset, deliveryCount } = record
      if (error === undefined) this.#sent.push({ topic, partition, offset, type })
      if (error !== undefined || type === 'release')
        this.#available.push({ ...record, deliveryCount: deliveryCount + 1 })
      else if (type === 'renew') this.#available.push(record)
    }
    const outcomes = [...Map.groupBy(said, ({ record }) => `${record.topic}-${record.partition}`).values()].map(
      group => {
        const { topic, partition } = (group[0] as (typeof group)[number]).record
        return { topic, partition, offsets: group.map(({ record }) => record.offset), error }
      },
    )
    this.#onAcknowledged?.(outcomes)
    return outcomes
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DorsaleError('DORSALE_CLOSED', 'the client is closed')
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
