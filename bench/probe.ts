/**
 * Asks a broker that may not be there yet to take one record, again and again, and tells when it was acknowledged. A raw socket, so that
 * what is measured is the broker's start and no client's.
 */
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createMessage,
  decodeMessage,
  encodeMessageBytes,
  errorCodes,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
  RecordBatchBuilder,
} from '@dorsale/protocol'

const pauseMs = 2
const attemptMs = 5_000
/** Fewer than a listener's backlog holds. */
const openedAtOnce = 50

/** Resolves when one record in `topic`, which is created by asking for it, was acknowledged by all replicas. */
export async function firstAcknowledgedRecord(port: number, topic: string, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const outcome = await attempt(port, topic).catch((error: Error) => error.message)
    if (outcome === undefined) return
    if (performance.now() > end) throw new Error(`no record acknowledged within ${deadlineMs} ms: ${outcome}`)
    await delay(pauseMs)
  }
}

/** Opens connections that each ask for the cluster's metadata and then say nothing more. Answers what closes them. */
export async function openIdleConnections(port: number, count: number): Promise<() => void> {
  const connections: Connection[] = []
  const question = encodeMessageBytes(metadataRequest, 9, createMessage(metadataRequest, { topics: [] }))
  const open = async () => {
    const connection = await Connection.open(port, { isPatient: true })
    connections.push(connection)
    await connection.ask({ apiKey: 3, version: 9, body: question })
  }
  for (let opened = 0; opened < count; opened += openedAtOnce) {
    await Promise.all(Array.from({ length: Math.min(openedAtOnce, count - opened) }, open))
  }
  return () => {
    for (const connection of connections) connection[Symbol.dispose]()
  }
}

/** Undefined when the record was acknowledged; else why not. */
async function attempt(port: number, topic: string): Promise<string | undefined> {
  using connection = await Connection.open(port)
  const metadata = createMessage(metadataRequest, { topics: [{ name: topic }], allowAutoTopicCreation: true })
  const known = decodeMessage(
    metadataResponse,
    9,
    await connection.ask({ apiKey: 3, version: 9, body: encodeMessageBytes(metadataRequest, 9, metadata) }),
  )
  const code = known.topics[0]?.errorCode
  if (code !== errorCodes.NONE) return `Metadata answered ${code}`
  const produce = createMessage(produceRequest, {
    acks: -1,
    timeoutMs: attemptMs,
    topicData: [{ name: topic, partitionData: [{ index: 0, records: oneRecord() }] }],
  })
  const answer = await connection.ask({ apiKey: 0, version: 9, body: encodeMessageBytes(produceRequest, 9, produce) })
  const produced = decodeMessage(produceResponse, 9, answer).responses[0]?.partitionResponses[0]?.errorCode
  return produced === errorCodes.NONE ? undefined : `Produce answered ${produced}`
}

function oneRecord(): Uint8Array {
  const builder = new RecordBatchBuilder()
  builder.append({ timestamp: Date.now(), value: Buffer.from('first') })
  return builder.build()
}

/** One request at a time, whose response has a flexible header. */
class Connection {
  readonly #socket
  #chunks: Buffer[] = []
  #waiting: { resolve: (body: Uint8Array) => void; reject: (error: Error) => void } | undefined

  private constructor(socket: ReturnType<typeof connect>, isPatient: boolean) {
    this.#socket = socket
    if (!isPatient) socket.setTimeout(attemptMs, () => socket.destroy(new Error('the broker does not answer')))
    socket.on('data', chunk => this.#onData(chunk))
    socket.on('error', error => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('the broker closed the connection')))
  }

  /** A patient one stays open however long nothing comes. */
  static open(port: number, { isPatient = false } = {}): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new Connection(socket, isPatient)))
    })
  }

  ask({ apiKey, version, body }: { apiKey: number; version: number; body: Uint8Array }): Promise<Uint8Array> {
    // Size, key, version, correlation id, client id (null), no tagged fields.
    const head = Buffer.alloc(15)
    head.writeInt32BE(11 + body.length, 0)
    head.writeInt16BE(apiKey, 4)
    head.writeInt16BE(version, 6)
    head.writeInt16BE(-1, 12)
    this.#socket.write(Buffer.concat([head, body]))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk)
    const bytes = Buffer.concat(this.#chunks)
    if (bytes.length < 4 || bytes.length < 4 + bytes.readInt32BE(0)) return
    this.#chunks = []
    // Size, correlation id, tagged fields.
    this.#waiting?.resolve(bytes.subarray(9))
  }
}
