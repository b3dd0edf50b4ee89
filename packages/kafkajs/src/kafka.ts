import { createAdmin } from './admin/admin.ts'
import { Connection } from './connection.ts'
import { createConsumer, type DoorConsumer } from './consumer/consumer.ts'
import { logLevel } from './enums.ts'
import { adminEvents, consumerEvents, Emitter, producerEvents } from './events.ts'
import { GroupNews } from './group-news.ts'
import { createLogger } from './logger.ts'
import { machine } from './machine/machine.ts'
import { createProducer } from './producer/producer.ts'
import type { RequestObserver, WatchedRequest } from './request-watch.ts'
import { patienceOf } from './retry.ts'
import type {
  Admin,
  AdminConfig,
  Consumer,
  ConsumerConfig,
  KafkaConfig,
  Logger,
  Producer,
  ProducerConfig,
} from './types.ts'

const fetchKey = 1
const heartbeatKey = 12

/**
 * Makes producers, consumers and admin clients, each with connections of its own.
 *
 * ```ts
 * const kafka = new Kafka({ clientId: 'shipping', brokers: ['localhost:9092'] })
 * const producer = kafka.producer()
 * await producer.connect()
 * await producer.send({ topic: 'orders', messages: [{ key: '42', value: 'paid' }] })
 * ```
 */
export class Kafka {
  readonly producer: (config?: ProducerConfig) => Producer
  readonly consumer: (config: ConsumerConfig) => Consumer
  readonly admin: (config?: AdminConfig) => Admin
  readonly logger: () => Logger

  constructor(config: KafkaConfig) {
    const { clock } = machine
    const logger = createLogger({
      level: config.logLevel ?? logLevel.INFO,
      clock,
      ...(config.logCreator && { creator: config.logCreator }),
    })
    const news = new GroupNews()

    this.logger = () => logger

    this.producer = (own = {}) => {
      const emitter = new Emitter({
        client: 'producer',
        names: producerEvents,
        clock,
        logger: logger.namespace('Producer'),
      })
      // An idempotent producer does not give up: what it does not write, nobody does.
      const fallback = { retries: own.idempotent ? Number.MAX_SAFE_INTEGER : 5 }
      const connection = new Connection({
        config,
        logger,
        emitter,
        client: 'producer',
        metadataMaxAge: own.metadataMaxAge,
        maxInFlightRequests: own.maxInFlightRequests,
        patience: patienceOf(fallback, config.retry, own.retry),
      })
      return createProducer({ connection, emitter, logger, config: own, news })
    }

    this.consumer = own => {
      const emitter = new Emitter({
        client: 'consumer',
        names: consumerEvents,
        clock,
        logger: logger.namespace('Consumer'),
      })
      let consumer: DoorConsumer | undefined
      const connection: Connection = new Connection({
        config,
        logger,
        emitter,
        client: 'consumer',
        metadataMaxAge: own?.metadataMaxAge,
        maxInFlightRequests: own?.maxInFlightRequests,
        allowAutoTopicCreation: own?.allowAutoTopicCreation,
        patience: patienceOf(config.retry, own?.retry),
        observer: consumerObserver(emitter, () => ({ consumer, connection, groupId: own.groupId })),
        onChange: () => consumer?.metadataChanged(),
      })
      consumer = createConsumer({ connection, emitter, logger, config: own ?? {}, news })
      return consumer.face()
    }

    this.admin = (own = {}) => {
      const emitter = new Emitter({ client: 'admin', names: adminEvents, clock, logger: logger.namespace('Admin') })
      const patience = patienceOf(config.retry, own.retry)
      const connection = new Connection({
        config,
        logger,
        emitter,
        client: 'admin',
        allowAutoTopicCreation: false,
        patience,
      })
      return createAdmin({ connection, emitter, logger })
    }
  }
}

interface Watched {
  readonly consumer: DoorConsumer | undefined
  readonly connection: Connection
  readonly groupId: string
}

/** The events of a consumer that its requests tell of: fetches and heartbeats. */
function consumerObserver(emitter: Emitter, watched: () => Watched): RequestObserver {
  // Text, though kafkajs's types say a number.
  const nodeIdOf = ({ host, port }: WatchedRequest) => {
    const { connection } = watched()
    if (!connection.isOpen) return -1
    const brokers = [...connection.cluster.metadata.brokers.values()]
    return brokers.find(broker => broker.host === host && broker.port === port)?.nodeId ?? -1
  }
  return {
    onRequest(request) {
      if (request.apiKey !== fetchKey || !emitter.hears(consumerEvents.FETCH_START)) return
      emitter.emit(consumerEvents.FETCH_START, { nodeId: String(nodeIdOf(request)) })
    },
    onResponse(request, { head }) {
      if (request.apiKey === fetchKey && emitter.hears(consumerEvents.FETCH)) {
        const duration = watched().connection.clock.now() - request.sentAt
        // kafkajs has counted no batches here since 1.12.
        emitter.emit(consumerEvents.FETCH, { numberOfBatches: 0, duration, nodeId: String(nodeIdOf(request)) })
      }
      if (request.apiKey === heartbeatKey && emitter.hears(consumerEvents.HEARTBEAT)) {
        const { consumer, groupId } = watched()
        const member = consumer?.member
        if (member !== undefined && heartbeatErrorOf(request, head) === 0) {
          emitter.emit(consumerEvents.HEARTBEAT, { groupId, ...member })
        }
      }
    },
  }
}

/** A heartbeat's answer: tagged fields of the header from version 4 on, the throttle time from version 1 on, then the error. */
function heartbeatErrorOf({ apiVersion }: WatchedRequest, head: Uint8Array): number {
  const position = (apiVersion >= 4 ? 1 : 0) + (apiVersion >= 1 ? 4 : 0)
  if (head.length < position + 2) return 0
  return new DataView(head.buffer, head.byteOffset).getInt16(position)
}
