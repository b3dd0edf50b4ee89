/** How the connections of a client are secured: TLS, a name and its proof, both or neither. */
import { ConfigError, type ConfigProblem, type TlsClientOptions } from '@dorsale/base'
import type { SecurityConfig } from '../config/security-rows.ts'
import type { ClientWorld } from '../world.ts'
import type { SaslSettings } from './sasl-settings.ts'
import { saslSettings } from './sasl-settings.ts'
import { tlsSettings } from './tls-settings.ts'

export interface ClientSecurity {
  /** What the next connection brings to TLS; undefined: it goes in the clear. Throws a `ConfigError` when a file has gone. */
  tls(): TlsClientOptions | undefined
  readonly isEncrypted: boolean
  /** Undefined: nobody asks who the client is. */
  readonly sasl: SaslSettings | undefined
}

/** Reads the settings, and once the files that they name. Throws a `ConfigError` with every problem. */
export function clientSecurity(config: SecurityConfig, world: ClientWorld): ClientSecurity {
  const protocol = config['security.protocol'].toUpperCase()
  const problems: ConfigProblem[] = []
  const isEncrypted = protocol.endsWith('SSL')
  const tls = isEncrypted ? () => tlsSettings(config, world.disk) : () => undefined
  collect(problems, tls)
  const sasl = protocol.startsWith('SASL')
    ? (world.sasl ?? collect(problems, () => saslSettings(config, world, world.oauthToken)))
    : undefined
  if (problems.length > 0) throw new ConfigError(problems)
  return { tls, isEncrypted, sasl }
}

function collect<Value>(problems: ConfigProblem[], read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
