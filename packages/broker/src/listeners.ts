import { saturate } from '@dorsale/base'
import type { EndpointImage } from '@dorsale/coordinate'
import type { BoundListener, FrameServer, ServerLimits } from '@dorsale/transport'
import { endpointImageOf } from './cluster-metadata.ts'
import { type BrokerConfig, type BrokerValues, isKnownByName, parseConnectionOverrides } from './config/index.ts'
import type { Doors } from './security/doors.ts'
import type { PrincipalServer } from './security/principal-server.ts'

/** What the transport may hold, from Kafka's keys where there is one. Limits that change while the broker runs are read when a connection comes. */
export function serverLimitsOf(
  current: () => BrokerValues,
  rates: Pick<ServerLimits, 'connectionDelayMs' | 'connectionPauseMs'>,
): ServerLimits {
  const values = current()
  return {
    requestBytesMax: values['socket.request.max.bytes'],
    openRequestsMax,
    openBytesMax,
    unsentBytesMax,
    idleMsMax: idleMsMaxOf(values['connections.max.idle.ms']),
    get connectionsMax() {
      return current()['max.connections']
    },
    connectionsPerIpMax: address => {
      const now = current()
      const perAddress = parseConnectionOverrides(now['max.connections.per.ip.overrides'])
      return perAddress?.get(address) ?? now['max.connections.per.ip']
    },
    ...rates,
    heldBytesMax,
  }
}

/** Negative: never, as in Kafka. */
function idleMsMaxOf(configured: bigint): number {
  return configured < 0n ? Number.POSITIVE_INFINITY : saturate(configured)
}

export interface ListenersOptions {
  readonly config: BrokerConfig
  /** Serves who has come in. */
  readonly dispatcher: PrincipalServer
  /** Undefined: no listener asks for TLS or SASL. */
  readonly doors: Doors | undefined
}

/** Binds some of the listeners that the configuration names. Rejects with a `NetError` that names the one that is taken. */
export async function bindEndpoints(
  server: FrameServer,
  endpoints: BrokerConfig['listeners'],
  { config, dispatcher, doors }: ListenersOptions,
): Promise<BoundListener[]> {
  const bound: BoundListener[] = []
  for (const { listenerName, host, port } of endpoints) {
    // Kafka's default of 50 suits a thread that does nothing but accept; here a busy turn of the event loop lets that many pile up.
    const isGiven = config.settings.has(backlogKey)
    const backlog = isGiven ? config.values[backlogKey] : backlogDefault
    const door = doors?.of(listenerName)
    const handlerOf = door && (() => door.handlerOf(dispatcher))
    bound.push(await server.listen({ name: listenerName, host, port, backlog, tls: door?.tls, handlerOf }))
  }
  return bound
}

/** How the broker registers its listeners: as they are advertised, else as they were bound. */
export function registeredEndpoints(config: BrokerConfig, bound: readonly BoundListener[]): EndpointImage[] {
  return config.listeners.map((listener, index) => {
    const { host, port } = bound[index]!
    const advertised = config.advertisedListeners?.find(each => each.listenerName === listener.listenerName)
    if (advertised === undefined) {
      return { ...endpointImageOf(listener), host: isKnownByName(listener) ? listener.host : nameable(host), port }
    }
    return { ...endpointImageOf(advertised), port: advertised.port === 0 ? port : advertised.port }
  })
}

/** A wildcard is no address. Whoever asks is told the address that he came to; this stands only in the metadata log. */
function nameable(host: string): string {
  return host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host
}

const backlogKey = 'socket.listen.backlog.size'
const backlogDefault = 511
/** Enough for a producer with many small requests under way; each further one waits in the kernel. */
const openRequestsMax = 128
/** At least one request is always taken; together they hold as much as a few large produces. */
const openBytesMax = 16 * 1024 * 1024
/** A client that leaves a megabyte unread gets no further reply begun. */
const unsentBytesMax = 1024 * 1024
/** All connections together; beyond it the slowest clients are cut off. */
const heldBytesMax = 256 * 1024 * 1024
/** How much of that fetches may fill. */
export const replyBytesMax = 128 * 1024 * 1024
