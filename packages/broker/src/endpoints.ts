import type { BrokerImage, MetadataImage } from '@dorsale/coordinate'
import type { ServerConnection } from '@dorsale/transport'
import { type BrokerConfig, isKnownByName } from './config/index.ts'

/** A node as clients are told of it. */
export interface NodeAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * Where clients reach the brokers: the endpoint that each registered under the name of the listener that the client came by.
 *
 * Without `advertised.listeners` this broker does not know under which name its clients see it. It answers with what certainly
 * works, the address that the very connection reached (D11): through any interface, tunnel or port that the client found by itself. Over TLS that is
 * not certain: certificates are good for names, and a listener that was given one answers with it.
 */
export class Endpoints {
  readonly #nodeId: number
  readonly #image: MetadataImage
  readonly #isAdvertised: boolean
  readonly #namedListeners: ReadonlySet<string>

  constructor(options: {
    nodeId: number
    image: MetadataImage
    config: Pick<BrokerConfig, 'advertisedListeners' | 'listeners'>
  }) {
    const { advertisedListeners, listeners } = options.config
    this.#nodeId = options.nodeId
    this.#image = options.image
    this.#isAdvertised = advertisedListeners !== undefined
    this.#namedListeners = new Set(listeners.filter(isKnownByName).map(({ listenerName }) => listenerName))
  }

  /** Brokers that are alive: registered, not fenced, and with such a listener. In the order of their ids. */
  alive(connection: ServerConnection): NodeAddress[] {
    const addresses: NodeAddress[] = []
    for (const broker of this.#image.brokers.values()) {
      const address = broker.fenced ? undefined : this.#addressOf(broker, connection)
      if (address !== undefined) addresses.push(address)
    }
    return addresses.sort((a, b) => a.nodeId - b.nodeId)
  }

  /** The address of a broker that is alive. */
  find(nodeId: number, connection: ServerConnection): NodeAddress | undefined {
    const broker = this.#image.brokers.get(nodeId)
    return broker === undefined || broker.fenced ? undefined : this.#addressOf(broker, connection)
  }

  /** Every registered broker, the fenced ones too. */
  registered(connection: ServerConnection): (NodeAddress & { isFenced: boolean })[] {
    const addresses: (NodeAddress & { isFenced: boolean })[] = []
    for (const broker of this.#image.brokers.values()) {
      const address = this.#addressOf(broker, connection)
      if (address !== undefined) addresses.push({ ...address, isFenced: broker.fenced })
    }
    return addresses.sort((a, b) => a.nodeId - b.nodeId)
  }

  #addressOf(broker: BrokerImage, connection: ServerConnection): NodeAddress | undefined {
    const endpoint = broker.endpoints.find(each => each.name === connection.listenerName)
    if (endpoint === undefined) return undefined
    if (broker.id !== this.#nodeId || this.#isAdvertised || this.#namedListeners.has(connection.listenerName)) {
      return { nodeId: broker.id, host: endpoint.host, port: endpoint.port, rack: broker.rack }
    }
    return { nodeId: broker.id, ...this.reached(connection), rack: broker.rack }
  }

  /** The address that a connection came to. */
  reached({ localAddress, localPort }: ServerConnection): { host: string; port: number } {
    return { host: withoutMapping(localAddress), port: localPort }
  }
}

/** An IPv4 address that a dual-stack socket shows as IPv6. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
