import { ConfigError, type ConfigOfRows } from '@dorsale/base'
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
  /** Asks for the names that the addresses of bootstrap servers have; undefined: they are taken as they are given. */
  readonly canonicalNames: ((host: string) => Promise<readonly string[]>) | undefined
  /** How long bootstrap servers may have no address before that is final; 0: for ever. */
  readonly resolveTimeoutMs: number
  /** Whether brokers are told who they are believed to be (KIP-1242). */
  readonly checksCluster: boolean
  readonly security: ClientSecurity
}

/** Throws a `ConfigError` for what the settings of security ask and cannot have. */
export function connectionConfig(config: ConfigOfRows<typeof connectionRows>, world: ClientWorld): ConnectionConfig {
  const rebootstraps = config['metadata.recovery.strategy'].toLowerCase() === 'rebootstrap'
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
    rebootstraps,
    rebootstrapTriggerMs: Number(config['metadata.recovery.rebootstrap.trigger.ms']),
    idleMsMax: config['connections.max.idle.ms'] < 0n ? undefined : Number(config['connections.max.idle.ms']),
    canonicalNames: canonicalNamesOf(config['client.dns.lookup'], world),
    resolveTimeoutMs: Number(config['bootstrap.resolve.timeout.ms']),
    checksCluster: config['metadata.cluster.check.enable'] && rebootstraps,
    security: clientSecurity(config, world),
  }
}

function canonicalNamesOf(lookup: string, { canonicalNames }: ClientWorld): ConnectionConfig['canonicalNames'] {
  if (lookup === 'use_all_dns_ips') return undefined
  if (canonicalNames !== undefined) return canonicalNames
  const key = 'client.dns.lookup'
  throw new ConfigError([
    { key, message: `${key}=${lookup} needs \`canonicalNames\` in the client's world, which has none` },
  ])
}
