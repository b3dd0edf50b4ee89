import type { MetadataNode } from '@dorsale/coordinate'
import { allocateProducerIdsRequest, createMessage, errorCodes, ProtocolError } from '@dorsale/protocol'

/**
 * Producer ids for this broker's clients, taken from the controller in blocks so that no id is ever given twice, even after a crash: what is left of
 * a block then is lost.
 */
export class ProducerIds {
  readonly #metadata: MetadataNode
  readonly #nodeId: number
  readonly #brokerEpoch: () => number
  #next = 0n
  #end = 0n
  /** A block is on its way. */
  #pending: Promise<void> | undefined

  constructor(options: { metadata: MetadataNode; nodeId: number; brokerEpoch: () => number }) {
    this.#metadata = options.metadata
    this.#nodeId = options.nodeId
    this.#brokerEpoch = options.brokerEpoch
  }

  /** A fresh id. Rejects with a `ProtocolError` when the controller gives none. */
  async take(): Promise<bigint> {
    while (this.#next >= this.#end) {
      this.#pending ??= this.#refill().finally(() => {
        this.#pending = undefined
      })
      await this.#pending
    }
    return this.#next++
  }

  async #refill(): Promise<void> {
    const request = createMessage(allocateProducerIdsRequest, {
      brokerId: this.#nodeId,
      brokerEpoch: this.#brokerEpoch(),
    })
    const reply = await this.#metadata.submit(controller => controller.allocateProducerIds(request))
    if (reply.errorCode !== errorCodes.NONE) throw new ProtocolError(errorCodes.COORDINATOR_LOAD_IN_PROGRESS)
    this.#next = reply.producerIdStart
    this.#end = reply.producerIdStart + BigInt(reply.producerIdLen)
  }
}
