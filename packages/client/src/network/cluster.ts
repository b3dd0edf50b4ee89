import { DorsaleError, NetError, sleep, type Timer } from '@dorsale/base'
import {
  DecodeError,
  describeClusterRequest,
  describeClusterResponse,
  type ErrorCode,
  errorCodes,
  type MessageOf,
  type MessageTable,
  metadataRequest,
  metadataResponse,
  type PartialMessage,
  ProtocolError,
} from '@dorsale/protocol'
import type { FrameMemory } from '@dorsale/transport'
import { type BrokerInfo, MetadataCache, noTopicId, type TopicInfo } from '../metadata/metadata-cache.ts'
import type { ConnectionMetrics } from '../metrics/connection-metrics.ts'
import { isSecurityError } from '../security/authentication-error.ts'
import type { ClientWorld } from '../world.ts'
import type { Address } from './addresses.ts'
import { backoffMs } from './backoff.ts'
import { BrokerLink } from './broker-link.ts'
import type { ConnectionConfig } from './connection-config.ts'
import { type CoordinatorKey, Coordinators, isCoordinatorLost } from './coordinators.ts'

export interface ClusterOptions {
  readonly world: ClientWorld
  readonly config: ConnectionConfig
  readonly bootstrap: readonly Address[]
  readonly inFlightMax: number
  /** Whose memory large answers of brokers have. Default: each has memory of its own. */
  readonly memory?: FrameMemory
  readonly allowAutoTopicCreation: boolean
  /** The bootstrap servers are controllers, and the nodes that they name too (KIP-919): there are no topics to be known. Default: false. */
  readonly asksControllers?: boolean
  /** Default: nobody counts what goes over the connections. */
  readonly metrics?: ConnectionMetrics
  /** Metadata or a connection has changed, or there is room for a request: called once at the end of a turn in which that happened. */
  onChange(): void
}

/**
 * The cluster as one client sees it: a link to each broker, and metadata about the topics that the client names, kept fresh. It starts from the
 * bootstrap servers, and starts from them again when no broker that it knows can be reached (KIP-899), so a cluster that has moved is found.
 */
export class Cluster {
  readonly metadata = new MetadataCache()
  readonly #options: ClusterOptions
  readonly #coordinators: Coordinators
  #links = new Map<number, BrokerLink>()
  readonly #topics = new Set<string>()
  /** Of topics whose names are to be found out. */
  readonly #topicIds = new Set<string>()
  /** Answers in a row that refused a topic. */
  readonly #missing = new Map<string, number>()
  #watchesAll = false
  #isClosed = false
  #changeDeferred = false

  /** When the last answer came, on the monotonic clock; undefined: never. */
  #refreshedMs: number | undefined
  /** Since when metadata is asked for in vain. */
  #inVainSinceMs: number | undefined
  /** Questions in a row that failed, or whose answers left something open. */
  #inVainCount = 0
  #isRefreshing = false
  #refreshWanted = false
  /** Topics were added while a question was under way that does not name them. */
  #topicsWanted = false
  #refreshTimer: Timer | undefined
  #refreshDueMs = Number.POSITIVE_INFINITY
  #refreshWaiters: (() => void)[] = []
  #lastError: Error | undefined
  /** Since when the bootstrap servers have no address; undefined: they have, or none was asked for. */
  #unresolvedSinceMs: number | undefined
  /** The bootstrap servers have had no address for too long. */
  #unresolved: DorsaleError | undefined

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#coordinators = new Coordinators({
      world: options.world,
      anyLink: () => this.reachableLink(),
      makeLink: (nodeId, address) => this.#makeLink(nodeId, address, `+${nodeId}`),
    })
    this.#startFromBootstrap()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the nodes are controllers. */
  get asksControllers(): boolean {
    return this.#options.asksControllers === true
  }

  /** Why the metadata could not be had the last time; undefined when it could. */
  get lastError(): Error | undefined {
    return this.#lastError
  }

  /** Why who waits for a broker waits in vain: none takes the client for who it says it is, or is trusted by it, or is to be found at all. Undefined: there is hope. */
  get finalError(): Error | undefined {
    return isSecurityError(this.#lastError) ? this.#lastError : this.#unresolved
  }

  /** Milliseconds since metadata was last answered; NaN: never. */
  get metadataAgeMs(): number {
    return this.#refreshedMs === undefined ? Number.NaN : this.#options.world.clock.monotonic() - this.#refreshedMs
  }

  /** Requests to brokers without a response yet; those to coordinators are not counted. */
  get inFlightCount(): number {
    let count = 0
    for (const link of this.#links.values()) count += link.inFlightCount
    return count
  }

  /** The most that `inFlightCount` may be. */
  get inFlightMax(): number {
    return this.#links.size * this.#options.inFlightMax
  }

  get topics(): ReadonlySet<string> {
    return this.#topics
  }

  /** The link to a broker; undefined while metadata does not name it, and for -1, no leader, which is no bootstrap server. */
  link(nodeId: number): BrokerLink | undefined {
    return nodeId < 0 ? undefined : this.#links.get(nodeId)
  }

  /** Begins to care for a topic: its metadata is asked for, and kept fresh. */
  addTopic(name: string): void {
    if (this.#topics.has(name)) return
    this.#topics.add(name)
    if (this.#isRefreshing) this.#topicsWanted = true
    else this.#schedule(0)
  }

  removeTopic(name: string): void {
    if (!this.#topics.delete(name)) return
    this.metadata.remove(name)
    this.#missing.delete(name)
  }

  /** Whether to care for all topics there are, beside those that are named: for who matches names with a pattern. */
  set watchesAllTopics(watches: boolean) {
    if (this.#watchesAll === watches) return
    this.#watchesAll = watches
    if (!watches) this.metadata.keepOnly(this.#topics)
    else if (this.#isRefreshing) this.#topicsWanted = true
    else this.#schedule(0)
  }

  /** Begins to care for a topic whose id alone is known: once its name is, it is one of `topics`. */
  addTopicId(topicId: string): void {
    if (this.#topicIds.has(topicId)) return
    this.#topicIds.add(topicId)
    if (this.#isRefreshing) this.#topicsWanted = true
    else this.#schedule(0)
  }

  /** Asks for new metadata: at once, or after a pause when the last question led to nothing or was only just answered. Returns at once. */
  refresh(): void {
    if (this.#isClosed) return
    if (this.#isRefreshing) {
      this.#refreshWanted = true
      return
    }
    const { world, config } = this.#options
    let waitMs = 0
    if (this.#inVainCount > 0) waitMs = backoffMs(config.retryBackoff, this.#inVainCount, world.prng)
    else if (this.#refreshedMs !== undefined) {
      waitMs = Math.max(0, this.#refreshedMs + config.retryBackoff.initialMs - world.clock.monotonic())
    }
    this.#schedule(waitMs)
  }

  /** Settles with the next answer, or failure, of a question for metadata. */
  refreshed(): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError())
    return new Promise(resolve => {
      this.#refreshWaiters.push(resolve)
      this.refresh()
    })
  }

  /** What is known of a topic, as soon as it is. Rejects when that takes longer than `timeoutMs`. */
  async topic(name: string, timeoutMs: number): Promise<TopicInfo> {
    const { clock } = this.#options.world
    const endMs = clock.monotonic() + timeoutMs
    this.addTopic(name)
    for (;;) {
      const info = this.metadata.topic(name)
      if (info !== undefined) return info
      if (clock.monotonic() >= endMs) throw timeoutError(`metadata of topic ${name}`, timeoutMs, this.#lastError)
      await this.refreshed()
      if (this.finalError !== undefined) throw this.finalError
    }
  }

  /** Settles when the kernel has taken everything that was sent, or the client closes. */
  async drained(): Promise<void> {
    while ([...this.#links.values(), this.#coordinators].some(({ unsentBytes }) => unsentBytes > 0)) {
      await sleep(this.#options.world.clock, drainPollMs)
    }
  }

  /** A link to whoever has the least to do; undefined when every broker rests after a failure. */
  anyLink(): BrokerLink | undefined {
    let best: BrokerLink | undefined
    for (const link of this.#links.values()) {
      if (link.state === 'resting' || link.state === 'closed') continue
      if (best === undefined || costOf(link) < costOf(best)) best = link
    }
    return best
  }

  /**
   * Sends a request until it is answered or `timeoutMs` have passed: `attempt` is tried again, after a pause that grows, when it fails with an error that may pass.
   * Throws that error's last form, or `DORSALE_TIMEOUT` with it as the cause.
   */
  async retrying<T>(
    what: string,
    attempt: () => Promise<T>,
    options: { timeoutMs: number; retries?: number },
  ): Promise<T> {
    const { world, config } = this.#options
    const endMs = world.clock.monotonic() + options.timeoutMs
    let failure: unknown
    let late: DorsaleError | undefined
    const onLate = () => {
      late = timeoutError(what, options.timeoutMs, failure)
      return late
    }
    for (let failures = 1; ; failures++) {
      try {
        return await before(world, endMs, attempt(), onLate)
      } catch (error) {
        if (this.#isClosed) throw closedError()
        if (!isRetriable(error) || error === late) throw error
        if (failures > (options.retries ?? Number.POSITIVE_INFINITY)) throw error
        if (mayBeStale(error)) this.refresh()
        const pauseMs = backoffMs(config.retryBackoff, failures, world.prng)
        failure = error
        if (world.clock.monotonic() + pauseMs >= endMs) throw onLate()
        await sleep(world.clock, pauseMs)
      }
    }
  }

  /** One request to any broker. Rejects with a retriable error while none can be reached. */
  async callAny<Request extends MessageTable, Response extends MessageTable>(
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    options: { timeoutMs?: number; versionMax?: number } = {},
  ): Promise<MessageOf<Response>> {
    return this.reachableLink().call(request, response, value, options)
  }

  /**
   * The link to the coordinator of a group or of a transactional id, asked for when it is not known; keys that are asked for in one turn share a question. One
   * attempt (see `retrying`): rejects with a retriable error while there is none. Who sends through it tells `forgetCoordinator` of its loss.
   */
  coordinator(of: CoordinatorKey): Promise<BrokerLink> {
    if (this.#isClosed) return Promise.reject(closedError())
    return this.#coordinators.link(of)
  }

  /** The next request asks who coordinates. `nodeId`: only when that broker is still believed to. */
  forgetCoordinator(of: CoordinatorKey, nodeId?: number): void {
    this.#coordinators.forget(of, nodeId)
  }

  /**
   * One request to a coordinator, and one attempt (see `retrying`). `check` throws what the answer refuses; a refusal that says that the broker does not coordinate,
   * and a connection that ends, let the next attempt ask who does. `parks`: the broker may keep the request for long, so that others go by another connection.
   */
  async callCoordinator<Request extends MessageTable, Response extends MessageTable>(
    of: CoordinatorKey,
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    options: {
      check?(answer: MessageOf<Response>): void
      timeoutMs?: number
      versionMax?: number
      parks?: boolean
    } = {},
  ): Promise<MessageOf<Response>> {
    if (this.#isClosed) throw closedError()
    const { link, release } = options.parks
      ? await this.#coordinators.holdLink(of)
      : { link: await this.#coordinators.link(of) }
    try {
      const answer = await link.call(request, response, value, options)
      options.check?.(answer)
      return answer
    } catch (error) {
      if (isCoordinatorLost(error)) this.#coordinators.forget(of, link.nodeId)
      throw error
    } finally {
      release?.()
    }
  }

  /** Ends every connection; what is under way fails with `DORSALE_CLOSED`. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#refreshTimer?.cancel()
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
    this.#coordinators.close()
    this.#wakeRefreshWaiters()
  }

  /** A broker named leaders in the answer to a produce or fetch (KIP-951). */
  noteLeaders(
    brokers: readonly BrokerInfo[],
    leaders: readonly { topic: string; index: number; leaderId: number; leaderEpoch: number }[],
  ): void {
    for (const broker of brokers) this.metadata.noteBroker(broker)
    if (brokers.length > 0) this.#takeBrokers()
    for (const leader of leaders) this.metadata.noteLeader(leader.topic, leader.index, leader)
    this.#changed()
  }

  reachableLink(): BrokerLink {
    const link = this.anyLink()
    if (link !== undefined) return link
    this.refresh()
    throw this.finalError ?? this.#unreachable()
  }

  /** Every link rests: why each of the first few does. */
  #unreachable(): NetError {
    const failures = [...this.#links.values()].flatMap(({ lastFailure }) => lastFailure ?? [])
    const reasons = [...new Set(failures.map(({ message }) => message))]
    const shown = reasons.slice(0, reasonsShown).join('; ')
    const more = reasons.length > reasonsShown ? `; and ${reasons.length - reasonsShown} more` : ''
    const text = `no broker can be reached at the moment${shown === '' ? '' : `: ${shown}${more}`}`
    return new NetError('EHOSTUNREACH', text, failures[0] ?? this.#lastError)
  }

  /** Has the next question asked in `waitMs`, unless one is due sooner. */
  #schedule(waitMs: number): void {
    const { clock } = this.#options.world
    const dueMs = clock.monotonic() + waitMs
    if (this.#isClosed || (this.#refreshTimer !== undefined && this.#refreshDueMs <= dueMs)) return
    this.#refreshTimer?.cancel()
    this.#refreshDueMs = dueMs
    this.#refreshTimer = clock.setTimer(waitMs, () => {
      this.#refreshTimer = undefined
      this.#refresh()
    })
  }

  async #refresh(): Promise<void> {
    const { world, config } = this.#options
    this.#isRefreshing = true
    this.#refreshWanted = false
    this.#topicsWanted = false
    let isOpen = true
    try {
      isOpen = await this.#ask()
      this.#inVainSinceMs = undefined
      this.#lastError = undefined
      this.#unresolvedSinceMs = undefined
      this.#refreshedMs = world.clock.monotonic()
    } catch (error) {
      this.#lastError = error as Error
      this.#noteResolving(error as Error)
      world.logger.debug('no metadata', { error })
      if (this.#mustRebootstrap()) this.#rebootstrap('no known broker can be reached')
    }
    this.#isRefreshing = false
    this.#inVainCount = isOpen ? this.#inVainCount + 1 : 0
    if (this.#isClosed) return
    this.#wakeRefreshWaiters()
    this.#changed()
    if (this.#topicsWanted) this.#schedule(0)
    else if (isOpen || this.#refreshWanted) this.refresh()
    else this.#schedule(config.metadataMaxAgeMs)
  }

  /** One question. True when the answer leaves something open. */
  async #ask(): Promise<boolean> {
    const { allowAutoTopicCreation } = this.#options
    const link = this.anyLink()
    if (link === undefined) {
      throw this.finalError ?? this.#unreachable()
    }
    if (this.asksControllers) {
      await this.#askController(link)
      return false
    }
    const named = [...this.#topics].map(name => ({ name, topicId: noTopicId }))
    const ofIds = [...this.#topicIds].map(topicId => ({ name: null, topicId }))
    const asksAll = this.#watchesAll
    const topics = asksAll ? null : [...named, ...ofIds]
    const response = await link.call(metadataRequest, metadataResponse, { topics, allowAutoTopicCreation })
    if (response.errorCode === errorCodes.REBOOTSTRAP_REQUIRED) {
      this.#rebootstrap('a broker asked for it')
      throw new ProtocolError(errorCodes.REBOOTSTRAP_REQUIRED)
    }
    // A broker that has not caught up with its cluster yet names nobody: that is no news to believe.
    if (response.brokers.length === 0) throw new NetError('EHOSTUNREACH', 'the broker knows of no brokers yet')
    const { clusterId } = this.metadata
    if (clusterId !== null && response.clusterId !== clusterId) {
      this.#options.world.logger.warn('the cluster has another id than before', {
        before: clusterId,
        now: response.clusterId,
      })
    }
    let isOpen = this.metadata.apply(response)
    this.#tellMissing(response.topics)
    for (const { name, topicId } of response.topics) {
      if (name !== null && this.#topicIds.delete(topicId)) this.#topics.add(name)
    }
    if (this.#topicIds.size > 0) isOpen = true
    if (asksAll) {
      const found = new Set(response.topics.flatMap(({ name }) => name ?? []))
      this.metadata.keepOnly(found)
      // A topic that is named and not there may yet come; asking for it may create it.
      if ([...this.#topics].some(name => !found.has(name))) isOpen = true
    }
    this.#takeBrokers()
    return isOpen
  }

  /** Says once of each topic that it is not to be had. The first answer may be news: of one that is being created, say. */
  #tellMissing(topics: readonly { readonly name: string | null; readonly errorCode: number }[]): void {
    for (const { name, errorCode } of topics) {
      if (name === null) continue
      if (errorCode === errorCodes.NONE) {
        this.#missing.delete(name)
        continue
      }
      const count = (this.#missing.get(name) ?? 0) + 1
      this.#missing.set(name, count)
      if (count !== 2) continue
      const error = new ProtocolError(errorCode as ErrorCode)
      this.#options.world.logger.warn('a topic is not to be had, and is asked for again', { topic: name, error })
    }
  }

  async #askController(link: BrokerLink): Promise<void> {
    const answer = await link.call(describeClusterRequest, describeClusterResponse, {
      endpointType: endpointTypes.controller,
    })
    if (answer.errorCode !== errorCodes.NONE) {
      const text = answer.errorMessage ?? undefined
      throw new ProtocolError(answer.errorCode as ErrorCode, text)
    }
    const brokers = answer.brokers.map(({ brokerId: nodeId, host, port, rack }) => ({ nodeId, host, port, rack }))
    if (brokers.length === 0) throw new NetError('EHOSTUNREACH', 'the controller knows of no controllers yet')
    this.metadata.applyNodes({ clusterId: answer.clusterId, controllerId: answer.controllerId, brokers })
    this.#takeBrokers()
  }

  #takeBrokers(): void {
    const links = new Map<number, BrokerLink>()
    for (const { nodeId, host, port } of this.metadata.brokers.values()) {
      const known = this.#links.get(nodeId)
      const isSame = known !== undefined && known.host === host && known.port === port
      links.set(nodeId, isSame ? known : this.#makeLink(nodeId, { host, port }))
    }
    this.#replaceLinks(links)
  }

  /** Names without an address are asked for again, until it has been too long. */
  #noteResolving(error: Error): void {
    const { config, world } = this.#options
    if (!(error instanceof NetError) || [...this.#links.keys()].some(nodeId => nodeId >= 0)) return
    if (!resolvingErrors.has(error.errno)) {
      // Every link rests at the moment: that says nothing of names.
      if (error.errno !== 'EHOSTUNREACH') this.#unresolvedSinceMs = undefined
      return
    }
    const nowMs = world.clock.monotonic()
    this.#unresolvedSinceMs ??= nowMs
    if (config.resolveTimeoutMs === 0 || nowMs - this.#unresolvedSinceMs < config.resolveTimeoutMs) return
    const text = `no bootstrap server has had an address for ${config.resolveTimeoutMs} ms (bootstrap.resolve.timeout.ms): ${error.message}`
    this.#unresolved = new DorsaleError('DORSALE_BOOTSTRAP', text, { cause: error })
  }

  #mustRebootstrap(): boolean {
    const { config, world } = this.#options
    if (!config.rebootstraps) return false
    const nowMs = world.clock.monotonic()
    this.#inVainSinceMs ??= nowMs
    const links = [...this.#links.values()]
    // Bootstrap links are where a rebootstrap would lead.
    if (links.every(({ nodeId }) => nodeId < 0)) return false
    if (links.every(({ state }) => state === 'resting')) return true
    return nowMs - this.#inVainSinceMs >= config.rebootstrapTriggerMs
  }

  #rebootstrap(why: string): void {
    this.#options.world.logger.info('starting again from the bootstrap servers', { why })
    this.#inVainSinceMs = undefined
    this.#startFromBootstrap()
  }

  #startFromBootstrap(): void {
    const { bootstrap, config } = this.#options
    if (config.canonicalNames === undefined) this.#beginAt(bootstrap)
    else {
      this.#beginAt([])
      void this.#resolveCanonically(config.canonicalNames)
    }
  }

  #beginAt(addresses: readonly Address[]): void {
    this.#replaceLinks(new Map(addresses.map((address, index) => [-1 - index, this.#makeLink(-1 - index, address)])))
  }

  /** Begins with the names that the addresses of the bootstrap servers have; with one that has none as it was given, so that it is told what is wrong with it. */
  async #resolveCanonically(canonicalNames: (host: string) => Promise<readonly string[]>): Promise<void> {
    const { bootstrap, world } = this.#options
    const found = await Promise.all(
      bootstrap.map(async ({ host, port }) => {
        const names = await canonicalNames(host).catch(error => {
          world.logger.warn('a bootstrap server has no address', { host, error })
          return [host]
        })
        return names.map(name => ({ host: name, port }))
      }),
    )
    if (this.#isClosed) return
    this.#beginAt(found.flat())
    this.refresh()
  }

  #replaceLinks(links: Map<number, BrokerLink>): void {
    const before = this.#links
    this.#links = links
    for (const [nodeId, link] of before) {
      if (links.get(nodeId) !== link)
        link.close(new NetError('ECONNABORTED', 'the broker is no longer at this address'))
    }
  }

  #makeLink(nodeId: number, { host, port }: Address, metricsId = String(nodeId)): BrokerLink {
    const { world, config, inFlightMax } = this.#options
    const metrics = this.#options.metrics?.node(metricsId)
    return new BrokerLink({
      world,
      config,
      nodeId,
      host,
      port,
      inFlightMax,
      memory: this.#options.memory,
      metrics,
      clusterId: () => this.metadata.clusterId,
      onMisrouted: () => this.#rebootstrap('a broker is not the one that was meant'),
      onChange: () => this.#changed(),
      // The cluster may notice a death later than we do: each attempt that fails asks again who leads, until somebody else does.
      onFailure: () => this.refresh(),
    })
  }

  #changed(): void {
    if (this.#changeDeferred || this.#isClosed) return
    this.#changeDeferred = true
    this.#options.world.clock.defer(() => {
      this.#changeDeferred = false
      if (!this.#isClosed) this.#options.onChange()
    })
  }

  #wakeRefreshWaiters(): void {
    const waiters = this.#refreshWaiters
    this.#refreshWaiters = []
    for (const wake of waiters) wake()
  }
}

const drainPollMs = 5

/** Of why brokers cannot be reached, in one error. */
const reasonsShown = 3

/** What kind of nodes DescribeCluster is asked for. */
export const endpointTypes = { broker: 1, controller: 2 } as const

/** A name has no address, or nobody could be asked. */
const resolvingErrors: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME', 'EAI_NODATA'])

/** Ready links first, the one with the least under way; then those that are opening; then those that would have to. */
function costOf(link: BrokerLink): number {
  if (link.state === 'ready') return link.inFlightCount
  return (link.state === 'connecting' ? 1_000_000 : 2_000_000) + link.failures
}

/** Whether the same request may succeed later. */
export function isRetriable(error: unknown): boolean {
  return error instanceof DorsaleError && error.retriable && !(error instanceof DecodeError)
}

/** Whether an error may come from metadata that is out of date. Who coordinates is no part of it. */
function mayBeStale(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return true
  return error.action === 'refresh' && !isCoordinatorLost(error)
}

export function closedError(): DorsaleError {
  return new DorsaleError('DORSALE_CLOSED', 'the client is closed')
}

export function timeoutError(what: string, timeoutMs: number, cause?: unknown): DorsaleError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new DorsaleError('DORSALE_TIMEOUT', `${what}: not within ${timeoutMs} ms${why}`, { cause, retriable: true })
}

/** The promise's value; what `onLate` answers is thrown when the deadline passes first. */
async function before<T>(world: ClientWorld, endMs: number, promise: Promise<T>, onLate: () => Error): Promise<T> {
  const leftMs = endMs - world.clock.monotonic()
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = world.clock.setTimer(Math.max(0, leftMs), () => reject(onLate()))
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.cancel()
  }
}
