/** What producers, consumers and admin clients tell of themselves. */
import type { Clock } from '@dorsale/base'
import { KafkaJSNonRetriableError } from './errors.ts'
import type { AdminEvents, ConsumerEvents, InstrumentationEvent, Logger, ProducerEvents } from './types.ts'

const network = (client: string) => ({
  CONNECT: `${client}.connect`,
  DISCONNECT: `${client}.disconnect`,
  REQUEST: `${client}.network.request`,
  REQUEST_TIMEOUT: `${client}.network.request_timeout`,
  REQUEST_QUEUE_SIZE: `${client}.network.request_queue_size`,
})

export const producerEvents = network('producer') as ProducerEvents
export const adminEvents = network('admin') as AdminEvents
export const consumerEvents = {
  HEARTBEAT: 'consumer.heartbeat',
  COMMIT_OFFSETS: 'consumer.commit_offsets',
  GROUP_JOIN: 'consumer.group_join',
  FETCH: 'consumer.fetch',
  FETCH_START: 'consumer.fetch_start',
  START_BATCH_PROCESS: 'consumer.start_batch_process',
  END_BATCH_PROCESS: 'consumer.end_batch_process',
  STOP: 'consumer.stop',
  CRASH: 'consumer.crash',
  REBALANCING: 'consumer.rebalancing',
  RECEIVED_UNSUBSCRIBED_TOPICS: 'consumer.received_unsubscribed_topics',
  ...network('consumer'),
} as ConsumerEvents

type Listener = (event: InstrumentationEvent<unknown>) => unknown

export interface EmitterOptions {
  /** For the sentence about a name that is none: `producer`. */
  readonly client: string
  readonly names: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly logger: Logger
}

/** The listeners of one client. An event costs nothing while nobody listens. */
export class Emitter {
  readonly #options: EmitterOptions
  readonly #listeners = new Map<string, Set<Listener>>()
  #count = 0

  constructor(options: EmitterOptions) {
    this.#options = options
  }

  hears(name: string): boolean {
    return this.#listeners.has(name)
  }

  /** Calls the listeners at once. What one of them throws, or rejects with, is logged. */
  emit(name: string, payload?: unknown): void {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) return
    const id = this.#count++ as unknown as string
    const event = { id, type: name, timestamp: this.#options.clock.now(), payload }
    for (const listener of [...listeners]) void this.#tell(listener, event)
  }

  /** Throws for a name that the client has no event of. */
  readonly on = (name: string, listener: Listener): (() => void) => {
    const { names, client } = this.#options
    if (!Object.values(names).includes(name)) {
      const known = Object.keys(names).map(key => `${client}.events.${key}`)
      throw new KafkaJSNonRetriableError(`Event name should be one of ${known.join(', ')}`)
    }
    const entry: Listener = event => listener(event)
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(entry))
    return () => {
      listeners.delete(entry)
      if (listeners.size === 0) this.#listeners.delete(name)
    }
  }

  async #tell(listener: Listener, event: InstrumentationEvent<unknown>): Promise<void> {
    try {
      await listener(event)
    } catch (error) {
      const { message, stack } = error as Error
      this.#options.logger.error(`Failed to execute listener: ${message}`, { eventName: event.type, stack })
    }
  }
}
