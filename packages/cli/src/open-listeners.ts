/** Which listeners let in whoever reaches them (D11). */
import type { BrokerConfig } from '@dorsale/broker'

type Listener = Pick<BrokerConfig['listeners'][number], 'listenerName' | 'securityProtocol' | 'host' | 'port'>

/** One line for each listener that the network reaches and that asks nobody who they are. */
export function openListenerWarnings(listeners: readonly Listener[]): string[] {
  return listeners
    .filter(({ host, securityProtocol }) => !securityProtocol.startsWith('SASL_') && !isLoopback(host))
    .map(({ listenerName, host, port }) => {
      const where = isWildcard(host) ? `port ${port} of every address` : `${host}:${port}`
      return `The listener ${listenerName} is open on ${where} without authentication: whoever reaches it may read and write.`
    })
}

export function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
