import type { ConfigProblem } from '@dorsale/base'
import { splitConfigList } from '@dorsale/base'

/**
 * Listener strings: `listeners` and `advertised.listeners` are lists of `NAME://host:port`, `listener.security.protocol.map` says what each
 * name speaks. Names compare in upper case; IPv6 addresses may stand in brackets; an empty host means every interface.
 */

const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
export type SecurityProtocol = (typeof securityProtocols)[number]

export interface Endpoint {
  /** In upper case. */
  readonly listenerName: string
  readonly securityProtocol: SecurityProtocol
  /** '' for every interface. */
  readonly host: string
  readonly port: number
}

/** What `listener.security.protocol.map` says, or its problem. */
export function parseProtocolMap(text: string): ReadonlyMap<string, SecurityProtocol> | ConfigProblem {
  const key = 'listener.security.protocol.map'
  const protocols = new Map<string, SecurityProtocol>()
  for (const entry of splitConfigList(text)) {
    const colon = entry.lastIndexOf(':')
    if (colon < 0) return { key, message: `Invalid entry '${entry}' in ${key}: write it as NAME:PROTOCOL.` }
    const name = entry.slice(0, colon).trim().toUpperCase()
    const protocol = entry.slice(colon + 1).trim()
    const known = securityProtocols.find(candidate => candidate === protocol.toUpperCase())
    if (known === undefined) {
      return { key, message: `Invalid security protocol \`${protocol}\` defined in ${key}` }
    }
    protocols.set(name, known)
  }
  return protocols
}

/**
 * The protocols in force. Where no map was given, the controllers' listeners speak plaintext too, unless TLS or SASL is in play somewhere:
 * then each name must be said.
 */
export function effectiveProtocols(options: {
  readonly map: ReadonlyMap<string, SecurityProtocol>
  readonly mapGiven: boolean
  readonly listeners: readonly string[]
  readonly controllerListenerNames: readonly string[]
}): ReadonlyMap<string, SecurityProtocol> {
  const { map, mapGiven, listeners, controllerListenerNames } = options
  const secured = securityProtocols.filter(protocol => protocol !== 'PLAINTEXT')
  const names = [...controllerListenerNames, ...listeners.map(listener => listener.split('://')[0]?.toUpperCase())]
  if (mapGiven || names.some(name => secured.some(protocol => protocol === name))) return map
  return new Map([...map, ...controllerListenerNames.map(name => [name.toUpperCase(), 'PLAINTEXT'] as const)])
}

/** The endpoints of a list of listeners, or what is wrong with the list. */
export function parseEndpoints(
  key: string,
  listeners: readonly string[],
  protocols: ReadonlyMap<string, SecurityProtocol>,
  options: { readonly distinctPorts: boolean },
): Endpoint[] | ConfigProblem {
  const endpoints: Endpoint[] = []
  const problem = (reason: string): ConfigProblem => ({
    key,
    message: `Error creating broker listeners from '[${listeners.join(', ')}]': ${reason}`,
  })
  for (const listener of listeners) {
    const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(listener)
    if (match === null) return problem(`Unable to parse ${listener} to a broker endpoint`)
    const [, name = '', host = '', port] = match
    const listenerName = name.toUpperCase()
    const securityProtocol = protocols.get(listenerName)
    if (listenerName === '') return problem('The provided listener name is null or empty string')
    if (securityProtocol === undefined) return problem(`No security protocol defined for listener ${listenerName}`)
    endpoints.push({ listenerName, securityProtocol, host, port: Number(port) })
  }
  // Kafka lets a port outside 0..65535 through to a bind that fails with a stack trace.
  const beyond = endpoints.findIndex(({ port }) => port < 0 || port > 65535)
  if (beyond >= 0) return problem(`The port of ${listeners[beyond]} is outside 0..65535`)
  const clash = nameClash(endpoints, listeners) ?? (options.distinctPorts ? portClash(endpoints, listeners) : undefined)
  return clash === undefined ? endpoints : problem(clash)
}

/** Whether clients ask the listener for a certificate of the name by which they know it, and it has been given one. */
export function isKnownByName({ securityProtocol, host }: Endpoint): boolean {
  return securityProtocol.endsWith('SSL') && host !== '' && host !== '0.0.0.0' && host !== '::'
}

/** `NAME://host:port`, as it is written in `listeners`. */
export function formatEndpoint({ listenerName, host, port }: Omit<Endpoint, 'securityProtocol'>): string {
  return `${listenerName}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function nameClash(endpoints: readonly Endpoint[], listeners: readonly string[]): string | undefined {
  if (new Set(endpoints.map(endpoint => endpoint.listenerName)).size === endpoints.length) return undefined
  return `Each listener must have a different name, listeners: [${listeners.join(', ')}]`
}

/** A port serves one listener, or one on an IPv4 and one on an IPv6 address. Port 0 is always a free one. */
function portClash(endpoints: readonly Endpoint[], listeners: readonly string[]): string | undefined {
  const where = `listeners: [${listeners.join(', ')}]`
  const byPort = Map.groupBy(
    endpoints.filter(endpoint => endpoint.port !== 0),
    endpoint => endpoint.port,
  )
  for (const [port, sharing] of byPort) {
    if (sharing.length === 1) continue
    const addresses = sharing.filter(({ host }) => isIpv4(host) || isIpv6(host))
    const others = sharing.length - addresses.length
    if (others > 1) return `Each listener must have a different port, ${where}`
    if (addresses.length !== 2) {
      return `Each listener must have a different port unless exactly one listener has an IPv4 address and the other IPv6 address, ${where}, port: ${port}`
    }
    if (others === 1 || addresses.filter(({ host }) => isIpv4(host)).length !== 1) {
      return `If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, ${where}, port: ${port}`
    }
  }
  return undefined
}

function isIpv4(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host)
}

/** No host name has a colon. */
function isIpv6(host: string): boolean {
  return host.includes(':')
}
