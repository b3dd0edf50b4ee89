/** Asks a broker over plain sockets, as no client would: whatever bytes, one at a time. */
import { connect } from 'node:net'
import {
  createMessage,
  createTopicsRequest,
  createTopicsResponse,
  decodeMessage,
  encodeMessageBytes,
  type ProduceResponsePartitionProduceResponse,
  produceRequest,
  produceResponse,
  requestHeader,
} from '@dorsale/protocol'

/** Kafka has been seen to leave a request without an answer. */
const silenceMsMax = 3000
const createTopicsVersion = 4
/** A topic is there soon after its creation was answered, not at once. */
const topicReadyMs = 2000

export class RawBroker {
  readonly #host: string
  readonly #port: number

  /** `address` is host:port. */
  constructor(address: string) {
    const [host = '', port = ''] = address.split(':')
    this.#host = host
    this.#port = Number(port)
  }

  /** Creates the topics, with one partition each and these configs. */
  async createTopics(configs: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
    const topics = Object.entries(configs).map(([name, config]) => ({
      name,
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    }))
    const request = createMessage(createTopicsRequest, { topics, timeoutMs: 10_000 })
    const body = encodeMessageBytes(createTopicsRequest, createTopicsVersion, request)
    const reply = await this.#ask(createTopicsRequest.apiKey!, createTopicsVersion, body)
    if (reply === undefined) throw new Error('no answer to CreateTopics')
    for (const { name, errorCode, errorMessage } of decodeMessage(createTopicsResponse, createTopicsVersion, reply)
      .topics) {
      if (errorCode !== 0) throw new Error(`${name}: ${errorCode} ${errorMessage}`)
    }
    await new Promise(resolve => setTimeout(resolve, topicReadyMs))
  }

  /** What the broker says to these records for partition 0; undefined if it closes the connection or stays silent. */
  async produce(
    topic: string,
    version: number,
    records: Uint8Array | null,
  ): Promise<ProduceResponsePartitionProduceResponse | undefined> {
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
    const request = createMessage(produceRequest, { acks: -1, timeoutMs: 10_000, topicData })
    const body = encodeMessageBytes(produceRequest, version, request)
    const reply = await this.#ask(produceRequest.apiKey!, version, body)
    if (reply === undefined) return undefined
    return decodeMessage(produceResponse, version, reply).responses[0]!.partitionResponses[0]
  }

  /** One request on a connection of its own, with header version 1; answers what follows the response's header version 0. */
  #ask(requestApiKey: number, requestApiVersion: number, body: Uint8Array): Promise<Uint8Array | undefined> {
    const header = createMessage(requestHeader, { requestApiKey, requestApiVersion, correlationId: 1, clientId: 'raw' })
    const frame = Buffer.concat([Buffer.alloc(4), encodeMessageBytes(requestHeader, 1, header), body])
    frame.writeInt32BE(frame.length - 4)
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, this.#host, () => socket.write(frame))
      let received = Buffer.alloc(0)
      socket.on('data', chunk => {
        received = Buffer.concat([received, chunk])
        if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
        resolve(Uint8Array.from(received.subarray(8)))
        socket.destroy()
      })
      socket.on('close', () => resolve(undefined))
      socket.setTimeout(silenceMsMax, () => socket.destroy())
      socket.on('error', reject)
    })
  }
}
