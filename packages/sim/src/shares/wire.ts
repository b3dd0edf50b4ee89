import {
  decodeMessage,
  requestHeaderVersion,
  responseHeaderVersion,
  type ShareAcknowledgeResponse,
  type ShareFetchResponse,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
  shareFetchRequest,
  shareFetchResponse,
  shareGroupHeartbeatRequest,
} from '@dorsale/protocol'
import { FrameReader, type HeaderVersions, readRequestHeader, responseBodyStart } from '@dorsale/transport'
import type { Host } from '../world/process.ts'
import { withSockets } from '../world/with-sockets.ts'

/** What a member says of some offsets of one partition. */
export interface SaidRange {
  readonly topicId: string
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  /** By Kafka's number, one for each offset or one for all. */
  readonly types: readonly number[]
}

/** A ShareFetch or ShareAcknowledge that has arrived at the broker. */
export interface ShareRequest {
  /** Of its sender, who knows itself by this name. */
  readonly clientId: string
  readonly groupId: string
  readonly memberId: string
  readonly epoch: number
  /** It asks for records. */
  readonly isFetch: boolean
  readonly said: readonly SaidRange[]
  readonly connection: object
  /** Of the broker's monotonic clock. */
  readonly arrivedMs: number
  /** Nothing that was to be done first holds up its answer: what the answer tells of has just happened. */
  readonly isPrompt: boolean
}

export interface AcquiredOffsets {
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly deliveryCount: number
}

/** What a request came to, as the broker has told its sender. */
export interface ShareAnswer {
  readonly errorCode: number
  /** What became of acknowledgements, by partition, where it is not well. */
  readonly refused: ReadonlyMap<number, number>
  readonly acquired: readonly AcquiredOffsets[]
  readonly answeredMs: number
}

/** Hears what members and one life of the broker say to each other, in its order. */
export interface ShareListener {
  arrived(request: ShareRequest): void
  answered(request: ShareRequest, answer: ShareAnswer): void
  /** A heartbeat has arrived; `goesOn`: of one that is in the group and stays there. */
  beaten(memberId: string, heartbeat: { goesOn: boolean; arrivedMs: number }): void
  closed(connection: object): void
}

const keys = { heartbeat: 76, fetch: 78, acknowledge: 79 } as const
const frameBytesMax = 100_000_000
const versions: HeaderVersions = { request: requestHeaderVersion, response: responseHeaderVersion }

/**
 * A host for a broker whose share groups are listened to where it has its sockets: there alone it is certain what was before what. A request is told of before the broker
 * has it, an answer before it leaves.
 */
export function listenedTo(host: Host, listener: ShareListener): Host {
  return withSockets(host, socket => {
    const wire = new Wire(() => host.clock.monotonic(), listener)
    return {
      setHandler: handler =>
        socket.setHandler({
          ...handler,
          onData: chunk => {
            wire.received(chunk)
            handler.onData(chunk)
          },
          onDrain: () => handler.onDrain?.(),
          onClose: error => {
            listener.closed(wire)
            handler.onClose(error)
          },
        }),
      write: chunks => {
        // Before it is written: the broker may die in the middle of that, and the answer arrive all the same.
        for (const chunk of chunks) wire.sent(chunk)
        return socket.write(chunks)
      },
    }
  })
}

interface Outstanding {
  readonly apiKey: number
  readonly version: number
  /** Undefined: of another API. */
  readonly share: ShareRequest | undefined
}

/** One connection. Answers come in the order of their requests. */
class Wire {
  readonly #now: () => number
  readonly #listener: ShareListener
  readonly #requests = new FrameReader({ frameBytesMax })
  readonly #answers = new FrameReader({ frameBytesMax })
  readonly #outstanding = new Map<number, Outstanding>()

  constructor(now: () => number, listener: ShareListener) {
    this.#now = now
    this.#listener = listener
  }

  received(chunk: Uint8Array): void {
    // The broker may write into what it has been handed.
    this.#requests.push(chunk.slice())
    for (let frame = this.#requests.next(); frame !== undefined; frame = this.#requests.next()) {
      const header = readRequestHeader(frame, versions)
      if (header === undefined) continue
      const { apiKey, apiVersion: version, correlationId, headerBytes } = header
      const body = frame.subarray(headerBytes)
      const share = this.#shareRequest(apiKey, version, header.clientId ?? '', body)
      this.#outstanding.set(correlationId, { apiKey, version, share })
      if (share !== undefined) this.#listener.arrived(share)
      if (apiKey !== keys.heartbeat) continue
      const { memberId, memberEpoch } = decodeMessage(shareGroupHeartbeatRequest, version, body)
      this.#listener.beaten(memberId, { goesOn: memberEpoch > 0, arrivedMs: this.#now() })
    }
  }

  sent(chunk: Uint8Array): void {
    this.#answers.push(chunk.slice())
    for (let frame = this.#answers.next(); frame !== undefined; frame = this.#answers.next()) {
      const correlationId = new DataView(frame.buffer, frame.byteOffset).getInt32(0)
      const request = this.#outstanding.get(correlationId)
      this.#outstanding.delete(correlationId)
      if (request?.share === undefined) continue
      const { apiKey, version, share } = request
      const body = frame.subarray(responseBodyStart(frame, responseHeaderVersion(apiKey, version)))
      const answer = apiKey === keys.fetch ? fetched(body, version) : acknowledged(body, version)
      this.#listener.answered(share, { ...answer, answeredMs: this.#now() })
    }
  }

  #shareRequest(apiKey: number, version: number, clientId: string, body: Uint8Array): ShareRequest | undefined {
    if (apiKey !== keys.fetch && apiKey !== keys.acknowledge) return undefined
    const table = apiKey === keys.fetch ? shareFetchRequest : shareAcknowledgeRequest
    const { groupId, memberId, shareSessionEpoch: epoch, topics } = decodeMessage(table, version, body)
    const said = topics.flatMap(({ topicId, partitions }) =>
      partitions.flatMap(({ partitionIndex: partition, acknowledgementBatches }) =>
        acknowledgementBatches.map(({ firstOffset, lastOffset, acknowledgeTypes: types }) => {
          return { topicId, partition, firstOffset, lastOffset, types }
        }),
      ),
    )
    return {
      clientId,
      groupId: groupId ?? '',
      memberId: memberId ?? '',
      epoch,
      isFetch: apiKey === keys.fetch,
      said,
      connection: this,
      arrivedMs: this.#now(),
      isPrompt: said.length === 0 && this.#outstanding.size === 0,
    }
  }
}

function fetched(body: Uint8Array, version: number): Omit<ShareAnswer, 'answeredMs'> {
  const { errorCode, responses }: ShareFetchResponse = decodeMessage(shareFetchResponse, version, body)
  const rows = responses.flatMap(({ partitions }) => partitions)
  return {
    errorCode,
    refused: refusedOf(rows.map(row => [row.partitionIndex, row.acknowledgeErrorCode])),
    acquired: rows.flatMap(({ partitionIndex: partition, acquiredRecords }) =>
      acquiredRecords.map(({ firstOffset, lastOffset, deliveryCount }) => {
        return { partition, firstOffset, lastOffset, deliveryCount }
      }),
    ),
  }
}

function acknowledged(body: Uint8Array, version: number): Omit<ShareAnswer, 'answeredMs'> {
  const { errorCode, responses }: ShareAcknowledgeResponse = decodeMessage(shareAcknowledgeResponse, version, body)
  const rows = responses.flatMap(({ partitions }) => partitions)
  return { errorCode, refused: refusedOf(rows.map(row => [row.partitionIndex, row.errorCode])), acquired: [] }
}

function refusedOf(codes: readonly (readonly [number, number])[]): Map<number, number> {
  return new Map(codes.filter(([, errorCode]) => errorCode !== 0))
}
