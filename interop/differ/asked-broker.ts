import { setTimeout as delay } from 'node:timers/promises'
import { nodeClock, nodeNet } from '@dorsale/base/node'
import {
  createMessage,
  decodeMessage,
  encodeMessage,
  type MessageOf,
  type MessageTable,
  requestHeaderVersion,
  responseHeaderVersion,
} from '@dorsale/protocol'
import { FrameClient } from '@dorsale/transport'
import { type Facts, type Loose, requestFor, type Step } from './step.ts'

const answerMs = 10_000
/** How long a step with `until` is asked again, and how often. */
const patienceMs = 30_000
const pauseMs = 50

/** What came back: a response, or how the connection ended in its place. */
export type Answer = { readonly response: Loose } | { readonly ended: string }

/** The request's bytes, behind its header. */
export function encodedRequest(step: Step, facts: Facts): Uint8Array[] {
  const { api, version } = step
  const request = createMessage(api.request, requestFor(step, facts) as never) as MessageOf<MessageTable>
  return encodeMessage(api.request, version, request)
}

/** One of the two brokers, asked step by step over a connection that is opened again when the broker has closed it. */
export class AskedBroker {
  readonly facts: Facts = new Map()
  readonly port: number
  readonly #guestPort: number | undefined
  readonly #clients = new Map<number, FrameClient>()

  /** `guestPort` leads to the same broker, and is where steps of guests go. */
  constructor(port: number, guestPort?: number) {
    this.port = port
    this.#guestPort = guestPort
  }

  async ask(step: Step): Promise<Answer> {
    for (const endMs = performance.now() + patienceMs; ; ) {
      const answer = await this.#askOnce(step)
      if (step.until === undefined || performance.now() > endMs) return answer
      if ('response' in answer && step.until(answer.response)) return answer
      await delay(pauseMs)
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }

  async #askOnce(step: Step): Promise<Answer> {
    const { api, version } = step
    const port = (step.sender === 'guest' ? this.#guestPort : undefined) ?? this.port
    const answer = await this.#send(port, api.key, version, encodedRequest(step, this.facts))
    if (!(answer instanceof Uint8Array)) return answer
    const response = decodeMessage(api.response, version, answer) as Loose
    step.learn?.(response, this.facts)
    return { response }
  }

  #send(
    port: number,
    apiKey: number,
    apiVersion: number,
    body: readonly Uint8Array[],
  ): Promise<Uint8Array | { ended: string }> {
    const open = this.#clients.get(port)
    const client = open === undefined || open.state === 'closed' ? this.#connect(port) : open
    this.#clients.set(port, client)
    return new Promise(resolve => {
      client.send({
        apiKey,
        apiVersion,
        requestHeaderVersion: requestHeaderVersion(apiKey, apiVersion),
        responseHeaderVersion: responseHeaderVersion(apiKey, apiVersion),
        body,
        timeoutMs: answerMs,
        onReply: resolve,
        onError: error => resolve({ ended: 'errno' in error ? 'connection closed' : 'no answer' }),
      })
    })
  }

  #connect(port: number): FrameClient {
    return new FrameClient({
      clock: nodeClock,
      net: nodeNet,
      host: '127.0.0.1',
      port,
      clientId: 'differ',
      responseBytesMax: 100 * 1024 * 1024,
      inFlightMax: 1,
    })
  }
}
