import type { Clock, Logger } from '@dorsale/base'
import type { MetadataNode } from '@dorsale/coordinate'
import { assignReplicasToDirsRequest, createMessage } from '@dorsale/protocol'

/** Where a replica of ours lies. */
export interface Placement {
  readonly topicId: string
  readonly partition: number
  readonly directoryId: string
}

interface Pending extends Placement {
  /** Who waits for the controller's word; undefined: nobody, and what could not be told is told again. */
  readonly onTold: ((error?: unknown) => void) | undefined
}

/**
 * Tells the controller in which log directory this broker has put a replica, where the controller left the choice to it (several directories). Only
 * then can the controller take the right partitions offline with a directory that fails.
 *
 * Placements of a turn travel together, the last of each replica; those that could not be told are told again.
 */
export class DirectoryAssignments {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #metadata: MetadataNode
  readonly #nodeId: number
  readonly #brokerEpoch: () => number
  #pending: Pending[] = []
  #scheduled = false

  constructor(options: {
    clock: Clock
    logger: Logger
    metadata: MetadataNode
    nodeId: number
    brokerEpoch: () => number
  }) {
    this.#clock = options.clock
    this.#logger = options.logger
    this.#metadata = options.metadata
    this.#nodeId = options.nodeId
    this.#brokerEpoch = options.brokerEpoch
  }

  /** Before the broker is registered placements are only noted: call `flush` then. */
  note(placement: Placement): void {
    this.#add({ ...placement, onTold: undefined })
  }

  /** Resolves when the metadata says so. Rejects when the controller could not be told: it is up to the caller to try again. */
  assign(placement: Placement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#add({ ...placement, onTold: error => (error === undefined ? resolve() : reject(error)) })
    })
  }

  #add(pending: Pending): void {
    this.#pending.push(pending)
    if (this.#scheduled || this.#brokerEpoch() < 0) return
    this.#scheduled = true
    this.#clock.defer(() => {
      this.#scheduled = false
      this.flush().catch(error => this.#logger.warn('the controller was not told where replicas lie', { error }))
    })
  }

  /** Tells what is noted. On failure it stays noted, for the next time. */
  async flush(): Promise<void> {
    const pending = this.#pending
    if (pending.length === 0) return
    this.#pending = []
    const placements = [...new Map(pending.map(each => [`${each.topicId} ${each.partition}`, each])).values()]
    const request = createMessage(assignReplicasToDirsRequest, {
      brokerId: this.#nodeId,
      brokerEpoch: this.#brokerEpoch(),
      directories: [...Map.groupBy(placements, each => each.directoryId)].map(([id, here]) => ({
        id,
        topics: [...Map.groupBy(here, each => each.topicId)].map(([topicId, ofTopic]) => ({
          topicId,
          partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition })),
        })),
      })),
    })
    try {
      await this.#metadata.submit(controller => controller.assignReplicasToDirs(request))
    } catch (error) {
      this.#pending.unshift(...pending.filter(({ onTold }) => onTold === undefined))
      for (const { onTold } of pending) onTold?.(error)
      throw error
    }
    for (const { onTold } of pending) onTold?.()
  }
}
