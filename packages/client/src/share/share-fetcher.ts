import type { DorsaleError, Timer } from '@dorsale/base'
import {
  type ErrorCode,
  errorCodes,
  errorOf,
  ProtocolError,
  type ShareFetchResponse,
  type ShareFetchResponsePartitionData,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
  shareFetchRequest,
  shareFetchResponse,
} from '@dorsale/protocol'
import type { FetchTally, ShareFetchMetrics } from '../metrics/share-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { type Cluster, isRetriable } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import type { AcknowledgementGroup, AcknowledgementOutcome } from './acknowledgement.ts'
import { AcquiredChunk } from './acquired-chunk.ts'
import { keyOf, type SharedPartition, ShareSession } from './share-session.ts'

export interface ShareFetcherOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly groupId: string
  readonly memberId: string
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxWaitMs: number
  readonly recordsMax: number
  /** Never more records than `recordsMax`: one broker is asked at a time. */
  readonly limitsRecords: boolean
  readonly checkCrcs: boolean
  readonly requestTimeoutMs: number
  readonly retryBackoff: Backoff
  readonly metrics: ShareFetchMetrics
  /** What to read from now. */
  partitions(): readonly SharedPartition[]
  /** Records were acquired; `tally`: of the answer that brought them. */
  onAcquired(chunk: AcquiredChunk, from: { readonly nodeId: number; readonly tally: FetchTally }): void
  onSettled(outcomes: readonly AcknowledgementOutcome[]): void
  onError(error: Error): void
  /** A fetch has come back with nothing, or a broker may be asked again. */
  onChange(): void
}

/** One broker, and what is to be said to it. */
interface Node {
  readonly nodeId: number
  readonly session: ShareSession
  pending: AcknowledgementGroup[]
  /** Settles with the request that is under way. */
  underWay: Promise<void> | undefined
  /** Acknowledgements do not wait for the next fetch. */
  mustAcknowledge: boolean
  failures: number
  notBeforeMs: number
}

const acquireModes = { batchOptimized: 0, recordLimit: 1 } as const

/** The first version in which a lock may be renewed. */
const renewVersionMin = 2

/**
 * Fetches from the leaders of what is assigned, and takes acknowledgements back to those that handed the records out: with the next fetch, or at once when somebody waits. A fetch is sent when the
 * application asks and there is nothing to hand out, since the lock of a record runs from then on.
 */
export class ShareFetcher {
  readonly #options: ShareFetcherOptions
  readonly #nodes = new Map<number, Node>()
  #lockTimeoutMs: number | undefined
  #wantsFetch = false
  #isClosing = false
  #timer: Timer | undefined

  constructor(options: ShareFetcherOptions) {
    this.#options = options
  }

  /** How long records stay with who acquired them; undefined until a broker has said. */
  get lockTimeoutMs(): number | undefined {
    return this.#lockTimeoutMs
  }

  /** Has every broker asked that is not being asked. */
  fetch(): void {
    this.#wantsFetch = true
    this.wake()
    this.#wantsFetch = false
  }

  /** Settles records that this broker handed out, with the next fetch. */
  acknowledge(nodeId: number, group: AcknowledgementGroup): void {
    const node = this.#node(nodeId)
    node.pending.push(group)
    if (group.renews) node.mustAcknowledge = true
  }

  /** Sends what is to be settled now. */
  flush(): void {
    for (const node of this.#nodes.values()) node.mustAcknowledge = true
    this.wake()
  }

  /** Settles what is to be settled, ends the sessions, and with them gives back what is not settled: the broker hands it to others. Never rejects. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#timer?.cancel()
    await Promise.all([...this.#nodes.values()].map(node => this.#closeSession(node)))
    this.#nodes.clear()
    this.#isClosing = false
  }

  /** Looks at what may be sent. */
  wake(): void {
    const { cluster, world, partitions, limitsRecords } = this.#options
    if (this.#isClosing) return
    const nowMs = world.clock.monotonic()
    const byLeader = new Map<number, SharedPartition[]>()
    for (const each of partitions()) {
      const leaderId = cluster.metadata.partition(each.topic, each.partition)?.leaderId ?? -1
      if (leaderId < 0) cluster.refresh()
      else byLeader.set(leaderId, [...(byLeader.get(leaderId) ?? []), each])
    }
    for (const nodeId of byLeader.keys()) this.#node(nodeId)
    let nextMs = Number.POSITIVE_INFINITY
    for (const node of [...this.#nodes.values()]) {
      if (node.underWay !== undefined) continue
      if (node.notBeforeMs > nowMs) {
        nextMs = Math.min(nextMs, node.notBeforeMs)
        continue
      }
      const wanted = byLeader.get(node.nodeId) ?? []
      const mayFetch = this.#wantsFetch && wanted.length > 0 && !(limitsRecords && this.#othersAreUnderWay(node))
      if (node.pending.length > 0 && (node.mustAcknowledge || wanted.length === 0))
        this.#send(node, link => this.#acknowledge(node, link))
      else if (mayFetch) this.#send(node, link => this.#fetch(node, link, wanted))
    }
    this.#timer?.cancel()
    this.#timer = undefined
    if (nextMs !== Number.POSITIVE_INFINITY) {
      this.#timer = world.clock.setTimer(nextMs - nowMs, () => this.#options.onChange())
    }
  }

  #node(nodeId: number): Node {
    let node = this.#nodes.get(nodeId)
    if (node === undefined) {
      node = {
        nodeId,
        session: new ShareSession(),
        pending: [],
        underWay: undefined,
        mustAcknowledge: false,
        failures: 0,
        notBeforeMs: 0,
      }
      this.#nodes.set(nodeId, node)
    }
    return node
  }

  #othersAreUnderWay(node: Node): boolean {
    return [...this.#nodes.values()].some(other => other !== node && other.underWay !== undefined)
  }

  /** One request at a time. */
  #send(node: Node, request: (link: BrokerLink) => Promise<void>): void {
    // Behind the others: where one is asked at a time, each has its turn.
    this.#nodes.delete(node.nodeId)
    this.#nodes.set(node.nodeId, node)
    node.underWay = this.#attempt(node, request).then(() => {
      node.underWay = undefined
      this.wake()
      this.#options.onChange()
    })
  }

  /** Never rejects. */
  async #attempt(node: Node, request: (link: BrokerLink) => Promise<void>): Promise<void> {
    const { cluster, world, retryBackoff, onError } = this.#options
    try {
      const link = cluster.link(node.nodeId)
      if (link === undefined) throw new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER, 'the broker is gone')
      await request(link)
      node.failures = 0
    } catch (error) {
      node.session.reset()
      // The records that they are for are lost with the session.
      this.#settleAll(this.#takePending(node), error as Error)
      node.failures++
      node.notBeforeMs = world.clock.monotonic() + backoffMs(retryBackoff, node.failures, world.prng)
      world.logger.debug('a request of a share session failed', { error, nodeId: node.nodeId })
      cluster.refresh()
      if (!isRetriable(error) && !this.#isClosing) onError(error as Error)
    }
  }

  async #fetch(node: Node, link: BrokerLink, wanted: readonly SharedPartition[]): Promise<void> {
    const { groupId, memberId, minBytes, maxBytes, maxWaitMs, recordsMax, limitsRecords } = this.#options
    const { metrics, onAcquired, requestTimeoutMs, world } = this.#options
    const groups = this.#takePending(node)
    // A session that is only beginning takes no acknowledgements: those of the one before are lost with it.
    const carried = node.session.isNew ? [] : groups
    if (node.session.isNew) this.#settleAll(groups, sessionLost())
    metrics.onAcknowledgementsSent(countOf(carried))
    const sentMs = world.clock.monotonic()
    try {
      const answer = await link.call(
        shareFetchRequest,
        shareFetchResponse,
        {
          groupId,
          memberId,
          maxWaitMs,
          minBytes,
          maxBytes,
          maxRecords: recordsMax,
          batchSize: recordsMax,
          shareAcquireMode: limitsRecords ? acquireModes.recordLimit : acquireModes.batchOptimized,
          ...node.session.fetch(wanted, carried),
        },
        { timeoutMs: maxWaitMs + requestTimeoutMs },
      )
      metrics.onAnswered(world.clock.monotonic() - sentMs, answer.throttleTimeMs)
      link.throttle(answer.throttleTimeMs)
      refuse(answer)
      node.session.accept()
      if (answer.acquisitionLockTimeoutMs > 0) this.#lockTimeoutMs = answer.acquisitionLockTimeoutMs
      const refused = new Map<string, Error>()
      const acquired: AcquiredChunk[] = []
      const byKey = new Map([...wanted, ...carried].map(each => [keyOf(each), each]))
      for (const { topicId, partitions } of answer.responses) {
        for (const row of partitions) {
          const key = keyOf({ topicId, partition: row.partitionIndex })
          const of = byKey.get(key)
          if (row.acknowledgeErrorCode !== errorCodes.NONE) {
            refused.set(key, errorFor(row.acknowledgeErrorCode, row.acknowledgeErrorMessage))
          }
          const chunk = of && this.#onPartition(of, row)
          if (chunk !== undefined) acquired.push(chunk)
        }
      }
      const tally = metrics.brought(acquired.length)
      for (const chunk of acquired) onAcquired(chunk, { nodeId: node.nodeId, tally })
      this.#noteLeaders(answer)
      this.#settleEach(carried, refused)
    } catch (error) {
      this.#refuseAll(carried, error as Error)
      throw error
    }
  }

  /** What was acquired of it; undefined: nothing. */
  #onPartition(of: SharedPartition, row: ShareFetchResponsePartitionData): AcquiredChunk | undefined {
    const { checkCrcs, cluster, onError } = this.#options
    if (row.errorCode !== errorCodes.NONE) {
      const error = errorFor(row.errorCode, row.errorMessage, `fetching ${of.topic}-${of.partition}`)
      if (errorOf(row.errorCode as ErrorCode).action === 'refresh') cluster.refresh()
      if (!error.retriable) onError(error)
      return undefined
    }
    if (row.acquiredRecords.length === 0) return undefined
    try {
      const { records, acquiredRecords: ranges } = row
      return new AcquiredChunk({ of, bytes: records ?? new Uint8Array(), ranges, checkCrcs })
    } catch (error) {
      onError(error as Error)
      return undefined
    }
  }

  async #acknowledge(node: Node, link: BrokerLink, { closes = false } = {}): Promise<void> {
    const { groupId, memberId, metrics, requestTimeoutMs } = this.#options
    const groups = this.#takePending(node)
    if (node.session.isNew) {
      this.#settleAll(groups, sessionLost())
      return
    }
    metrics.onAcknowledgementsSent(countOf(groups))
    try {
      const isRenewAck = groups.some(({ renews }) => renews)
      const answer = await link.call(
        shareAcknowledgeRequest,
        shareAcknowledgeResponse,
        version => {
          if (isRenewAck && version < renewVersionMin) {
            throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, 'the broker knows no renewals of locks')
          }
          return { groupId, memberId, isRenewAck, ...node.session.acknowledge(groups, { closes }) }
        },
        { timeoutMs: requestTimeoutMs },
      )
      link.throttle(answer.throttleTimeMs)
      refuse(answer)
      node.session.accept()
      const refused = new Map<string, Error>()
      for (const { topicId, partitions } of answer.responses) {
        for (const { partitionIndex, errorCode, errorMessage } of partitions) {
          if (errorCode === errorCodes.NONE) continue
          refused.set(keyOf({ topicId, partition: partitionIndex }), errorFor(errorCode, errorMessage))
        }
      }
      this.#settleEach(groups, refused)
    } catch (error) {
      this.#refuseAll(groups, error as Error)
      throw error
    }
  }

  async #closeSession(node: Node): Promise<void> {
    await node.underWay
    if (node.session.isNew) return
    await this.#attempt(node, link => this.#acknowledge(node, link, { closes: true }))
  }

  #takePending(node: Node): AcknowledgementGroup[] {
    const groups = node.pending
    node.pending = []
    node.mustAcknowledge = false
    return groups
  }

  #settleEach(groups: readonly AcknowledgementGroup[], refused: ReadonlyMap<string, Error>): void {
    this.#options.metrics.onAcknowledgementsRefused(countOf(groups.filter(group => refused.has(keyOf(group)))))
    if (groups.length > 0) this.#options.onSettled(groups.map(group => group.settle(refused.get(keyOf(group)))))
  }

  /** They were sent. */
  #refuseAll(groups: readonly AcknowledgementGroup[], error: Error): void {
    this.#options.metrics.onAcknowledgementsRefused(countOf(groups))
    this.#settleAll(groups, error)
  }

  #settleAll(groups: readonly AcknowledgementGroup[], error: Error): void {
    if (groups.length > 0) this.#options.onSettled(groups.map(group => group.settle(error)))
  }

  #noteLeaders({ responses, nodeEndpoints }: ShareFetchResponse): void {
    const { cluster } = this.#options
    const leaders = responses.flatMap(({ topicId, partitions }) =>
      partitions.flatMap(({ partitionIndex: index, currentLeader }) => {
        const topic = cluster.metadata.nameOf(topicId)
        return topic === undefined || currentLeader.leaderId < 0 ? [] : [{ topic, index, ...currentLeader }]
      }),
    )
    if (leaders.length > 0) cluster.noteLeaders(nodeEndpoints, leaders)
  }
}

function countOf(groups: readonly AcknowledgementGroup[]): number {
  return groups.reduce((sum, { types }) => sum + types.size, 0)
}

function errorFor(errorCode: number, message: string | null, what?: string): ProtocolError {
  const text = message ?? errorOf(errorCode as ErrorCode).text
  return new ProtocolError(errorCode as ErrorCode, what === undefined ? text : `${what}: ${text}`)
}

function refuse({ errorCode, errorMessage }: { errorCode: number; errorMessage: string | null }): void {
  if (errorCode !== errorCodes.NONE) throw errorFor(errorCode, errorMessage)
}

function sessionLost(): DorsaleError {
  return errorFor(errorCodes.SHARE_SESSION_NOT_FOUND, 'the share session is lost: these records go to others')
}
