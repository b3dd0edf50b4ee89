/** Which listeners let in whoever reaches them (D11). */
import type { BrokerConfig } from '@dorsale/broker'

type Listener = Pick<BrokerConfig['listeners'][number], 'listenerName' | 'securityProtocol' | 'host' | 'port'>

/** One line for each listener that the network reaches and that asks nobody who they are. `settings`: the broker's, as text. */
export function openListenerWarnings(listeners: readonly Listener[], settings: ReadonlyMap<string, string>): string[] {
  return listeners
    .filter(listener => !asksWhoClientsAre(listener, settings) && !isLoopback(listener.host))
    .map(({ listenerName, host, port }) => {
      const where = isWildcard(host) ? `port ${port} of every address` : `${host}:${port}`
      return `The listener ${listenerName} is open on ${where} without authentication: whoever reaches it may read and write.`
    })
}

function asksWhoClientsAre(
  { listenerName, securityProtocol }: Listener,
  settings: ReadonlyMap<string, string>,
): boolean {
  if (securityProtocol !== 'SSL') return securityProtocol.startsWith('SASL_')
  const key = 'ssl.client.auth'
  return (settings.get(`listener.name.${listenerName.toLowerCase()}.${key}`) ?? settings.get(key)) === 'required'
}

export function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
