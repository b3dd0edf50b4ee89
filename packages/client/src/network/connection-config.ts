import type { ConfigOfRows } from '@dorsale/base'
import type { connectionRows } from '../config/connection-rows.ts'
import { type ClientSecurity, clientSecurity } from '../security/client-security.ts'
import type { ClientWorld } from '../world.ts'
import type { Backoff } from './backoff.ts'

/** The settings that every client shares, compiled from the table's rows. Durations in milliseconds. */
export interface ConnectionConfig {
  readonly clientId: string
  readonly requestTimeoutMs: number
  readonly reconnectBackoff: Backoff
  readonly retryBackoff: Backoff
  readonly connectTimeout: Backoff
  readonly metadataMaxAgeMs: number
  /** Whether to start again from the bootstrap servers when no broker can be reached (KIP-899). */
  readonly rebootstraps: boolean
  readonly rebootstrapTriggerMs: number
  /** Undefined: a connection is kept for ever. */
  readonly idleMsMax: number | undefined
  readonly security: ClientSecurity
}

/** Throws a `ConfigError` for what the settings of security ask and cannot have. */
export function connectionConfig(config: ConfigOfRows<typeof connectionRows>, world: ClientWorld): ConnectionConfig {
  return {
    clientId: config['client.id'],
    requestTimeoutMs: config['request.timeout.ms'],
    reconnectBackoff: {
      initialMs: Number(config['reconnect.backoff.ms']),
      maxMs: Number(config['reconnect.backoff.max.ms']),
    },
    retryBackoff: { initialMs: Number(config['retry.backoff.ms']), maxMs: Number(config['retry.backoff.max.ms']) },
    connectTimeout: {
      initialMs: Number(config['socket.connection.setup.timeout.ms']),
      maxMs: Number(config['socket.connection.setup.timeout.max.ms']),
    },
    metadataMaxAgeMs: Number(config['metadata.max.age.ms']),
    rebootstraps: config['metadata.recovery.strategy'].toLowerCase() === 'rebootstrap',
    rebootstrapTriggerMs: Number(config['metadata.recovery.rebootstrap.trigger.ms']),
    idleMsMax: config['connections.max.idle.ms'] < 0n ? undefined : Number(config['connections.max.idle.ms']),
    security: clientSecurity(config, world),
  }
}
