import { assert, DorsaleError, sleep } from '@dorsale/base'
import { errorCodes, type MessageOf, type MessageTable, type PartialMessage, ProtocolError } from '@dorsale/protocol'
import { describe, invalidArgument } from '../misuse.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { type Cluster, closedError, isRetriable, timeoutError } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { Answer } from './answer.ts'
import { Itemized, type Outcome } from './itemized.ts'
import { type Placement, type Route, toAny } from './route.ts'

/** What every call may be told. */
export interface CallOptions {
  /** How long the call may take, with all that is tried again. Default: `default.api.timeout.ms`. */
  readonly timeoutMs?: number
}

/** A question about several things, each answered for itself. */
export interface ItemCall<Key, Value> {
  /** For the sentence of a timeout: `the creation of topics`. */
  readonly what: string
  /** A function finds out what to ask about; when it rejects, so does the call. */
  readonly keys: readonly Key[] | ((limits: Required<CallOptions>) => Promise<readonly Key[]>)
  readonly options: CallOptions
  readonly route: Route<Key>
  /**
   * Asks one broker about some of the keys; the answers by key. What it throws is the answer for all of them, and is tried again when Kafka calls it
   * retriable.
   */
  ask(link: BrokerLink, keys: readonly Key[], limits: Limits): Promise<(key: Key) => Answer<Value>>
  /** Whether the answer about a key may be another one later. Default: as the route says. */
  mayPass?(error: ProtocolError): boolean
}

export interface Limits {
  /** For the broker: how long it may take. What is left of the call, at most `request.timeout.ms`. */
  readonly timeoutMs: number
}

/** An answer, and whether a later one may be another. */
type Judged<Value> = { readonly value: Value } | { readonly error: Error; readonly mayPass: boolean }

interface Deadline {
  readonly what: string
  readonly timeoutMs: number
  /** On the monotonic clock. */
  readonly endMs: number
  /** What the call ends with because it is out of time, once it is. */
  late?: DorsaleError
}

export interface CoreOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly requestTimeoutMs: number
  readonly apiTimeoutMs: number
  readonly retries: number
  readonly retryBackoff: Backoff
}

/**
 * How every call of the admin client is made: find the brokers, ask them side by side, and ask again, after a pause that grows, about what has no final
 * answer yet, until it has or the call is out of time.
 */
export class AdminCore {
  readonly cluster: Cluster
  readonly #options: CoreOptions

  constructor(options: CoreOptions) {
    this.cluster = options.cluster
    this.#options = options
  }

  /** A call whose values, awaited, come as they are. */
  each<Key, Value>(call: ItemCall<Key, Value>): Itemized<Key, Value> {
    return this.gather(call, values => values)
  }

  /** As `each`; `whole` makes one answer of the values when the call is awaited. */
  gather<Key, Value, Whole>(
    call: ItemCall<Key, Value>,
    whole: (values: Value[]) => Whole,
  ): Itemized<Key, Value, Whole> {
    const outcomes = this.#run(call)
    // Who asks hears of it; a call that nobody awaits must not end the process.
    outcomes.catch(() => undefined)
    return new Itemized(outcomes, whole)
  }

  /** A question with one answer. `route` default: any broker. */
  async one<Value>(call: {
    readonly what: string
    readonly options: CallOptions
    readonly route?: Route<null>
    ask(link: BrokerLink, limits: Limits): Promise<Value>
  }): Promise<Value> {
    const [value] = await this.each<null, Value>({
      what: call.what,
      keys: [null],
      options: call.options,
      route: call.route ?? toAny(),
      async ask(link, _keys, limits) {
        const answer = await call.ask(link, limits)
        return () => ({ value: answer })
      },
    })
    return value as Value
  }

  /** One request. Waits before the next for as long as the broker asks because of a quota (KIP-219). */
  async request<Request extends MessageTable, Response extends MessageTable>(
    link: BrokerLink,
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    options: { readonly versionMax?: number } = {},
  ): Promise<MessageOf<Response>> {
    const answer = await link.call(request, response, value, options)
    const { throttleTimeMs } = answer as { throttleTimeMs?: number }
    if (throttleTimeMs !== undefined) link.throttle(throttleTimeMs)
    return answer
  }

  /** The ids of all brokers, for calls that ask each of them. */
  async everyBroker({ timeoutMs }: Required<CallOptions>): Promise<number[]> {
    const { cluster } = this
    this.#requireBrokers()
    const ids = async () => {
      await cluster.refreshed()
      if (cluster.lastError !== undefined) throw cluster.lastError
      return [...cluster.metadata.brokers.keys()]
    }
    return cluster.retrying('the brokers of the cluster', ids, { timeoutMs, retries: this.#options.retries })
  }

  async #run<Key, Value>(call: ItemCall<Key, Value>): Promise<Outcome<Key, Value>[]> {
    const { world, retries, retryBackoff } = this.#options
    const timeoutMs = call.options.timeoutMs ?? this.#options.apiTimeoutMs
    const deadline: Deadline = { what: call.what, timeoutMs, endMs: world.clock.monotonic() + timeoutMs }
    const outcomes = new Map<Key, Outcome<Key, Value>>()
    const keys = typeof call.keys === 'function' ? await call.keys({ timeoutMs }) : call.keys
    if (!Array.isArray(keys)) throw invalidArgument(`${call.what} takes an array, and was given ${describe(keys)}`)
    let open: readonly Key[] = [...new Set(keys)]
    for (let failures = 0; open.length > 0; ) {
      const answers = await this.#askAll(call, open, deadline)
      if (this.cluster.isClosed) throw closedError()
      failures++
      const isOutOfTries = failures > retries
      const pauseMs = backoffMs(retryBackoff, failures, world.prng)
      const isOutOfTime = world.clock.monotonic() + pauseMs >= deadline.endMs
      const again: Key[] = []
      for (const key of open) {
        const answer = answers.get(key)
        assert(answer !== undefined, 'each key of a call has an answer')
        if ('value' in answer) outcomes.set(key, { key, value: answer.value, error: undefined })
        else {
          const { error, mayPass } = answer
          call.route.onError?.(this.cluster, key, error)
          if (mayPass && !isOutOfTries && !isOutOfTime) again.push(key)
          else {
            const isLate = mayPass && !isOutOfTries
            const last = isLate && error !== deadline.late ? timeoutError(call.what, timeoutMs, error) : error
            outcomes.set(key, { key, value: undefined, error: last })
          }
          if (mayPass && (!(error instanceof ProtocolError) || error.action === 'refresh')) this.cluster.refresh()
        }
      }
      open = again
      if (open.length > 0) await sleep(world.clock, pauseMs)
    }
    return keys.map(key => outcomes.get(key) as Outcome<Key, Value>)
  }

  /** One round: an answer for each key, by the end of the call at the latest. */
  async #askAll<Key, Value>(
    call: ItemCall<Key, Value>,
    keys: readonly Key[],
    deadline: Deadline,
  ): Promise<Map<Key, Judged<Value>>> {
    const answers = new Map<Key, Judged<Value>>()
    const fail = (group: readonly Key[], reason: unknown) => {
      if (!(reason instanceof DorsaleError)) throw reason
      for (const key of group) answers.set(key, { error: reason, mayPass: isRetriable(reason) })
    }
    const judge = (answer: Answer<Value>): Judged<Value> => {
      if ('value' in answer) return answer
      const { error } = answer
      if (!(error instanceof ProtocolError)) return { error, mayPass: isRetriable(error) }
      return { error, mayPass: call.mayPass?.(error) ?? call.route.mayPass(error) }
    }
    let placements: Placement<Key>[]
    try {
      placements = await this.#inTime(deadline, () => this.#place(call, keys))
    } catch (reason) {
      fail(keys, reason)
      return answers
    }
    await Promise.all(
      placements.map(async placement => {
        if ('error' in placement) return fail(placement.keys, placement.error)
        const timeoutMs = Math.min(this.#options.requestTimeoutMs, this.#leftMs(deadline))
        const ask = () => call.ask(placement.link, placement.keys, { timeoutMs })
        try {
          const answerFor = await this.#inTime(deadline, ask)
          for (const key of placement.keys) answers.set(key, judge(answerFor(key)))
        } catch (reason) {
          fail(placement.keys, reason)
        }
      }),
    )
    return answers
  }

  async #place<Key>(call: { route: Route<Key> }, keys: readonly Key[]): Promise<Placement<Key>[]> {
    const { cluster } = this
    if (cluster.isClosed) throw closedError()
    // The first question of a client, so that the brokers are known by their own names.
    if (cluster.metadata.brokers.size === 0) {
      await cluster.refreshed()
      if (cluster.finalError !== undefined) throw cluster.finalError
    }
    if (call.route.isForBrokers) this.#requireBrokers()
    return call.route.place(cluster, keys)
  }

  /** Controllers have neither partitions nor groups. */
  #requireBrokers(): void {
    if (!this.cluster.asksControllers) return
    const text = 'This Admin API is not yet supported when communicating directly with the controller quorum.'
    throw new ProtocolError(errorCodes.UNSUPPORTED_ENDPOINT_TYPE, text)
  }

  #leftMs({ endMs }: Deadline): number {
    return Math.max(0, Math.ceil(endMs - this.#options.world.clock.monotonic()))
  }

  /** What `act` answers, unless the call is out of time first. */
  async #inTime<T>(deadline: Deadline, act: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = this.#options.world.clock.setTimer(this.#leftMs(deadline), () => {
      deadline.late = timeoutError(deadline.what, deadline.timeoutMs, this.cluster.lastError)
      reject(deadline.late)
    })
    try {
      return await Promise.race([act(), late])
    } finally {
      timer.cancel()
    }
  }
}
