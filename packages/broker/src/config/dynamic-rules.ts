import type { ConfigRow } from '@dorsale/base'
import { parseConnectionOverrides } from './broker-rules.ts'
import { type BrokerValues, brokerQuotaTable, brokerTable } from './tables/index.ts'

/**
 * What a broker takes while it runs. Kafka's order of objections, in Kafka's words: keys that are fixed at the start, keys of TLS that belong to one
 * listener, values that are none, keys of one broker set for all, what does not hold together, what a part of the broker cannot follow.
 *
 * A key that no table knows passes: in Kafka it is for a plug-in. Whoever reads the settings says that it has no effect.
 */

/** Whether a running broker takes a new value of the key. */
export function isDynamic(key: string): boolean {
  return rowOf(key) !== undefined && updateMode(key) !== 'read-only'
}

/** The objection to keys and values by themselves, or undefined. `perBroker`: for one broker, not for all. */
export function settingsProblem(
  settings: ReadonlyMap<string, string>,
  { perBroker }: { readonly perBroker: boolean },
): string | undefined {
  const keys = [...settings.keys()]
  const fixed = keys.filter(key => rowOf(key) !== undefined && !isDynamic(key))
  if (fixed.length > 0) return `Cannot update these configs dynamically: ${listText(fixed)}`
  const bare = keys.filter(key => listenerOnlyKeys.has(key))
  if (bare.length > 0) {
    return `These security configs can be dynamically updated only per-listener using the listener prefix: ${listText(bare)}`
  }
  for (const [key, text] of settings) {
    const base = withoutListener(key)
    const table = brokerQuotaTable.row(base) === undefined ? brokerTable : brokerQuotaTable
    if (table.row(base) === undefined) continue
    const parsed = table.parseValue(base, text)
    if ('problem' in parsed) return parsed.problem.message
  }
  if (perBroker) return undefined
  const own = keys.filter(key => key !== withoutListener(key) || updateMode(key) === 'per-broker')
  if (own.length === 0) return undefined
  return `Cannot update these configs at default cluster level, broker id must be specified: ${listText(own)}`
}

/** The objection of a running broker to a change of its values, or undefined. Both hold by themselves. */
export function reconfigurationProblem(
  before: BrokerValues,
  after: BrokerValues,
  logDirectories: readonly string[],
): string | undefined {
  for (const key of startOnlyKeys) {
    if (String(before[key]) !== String(after[key])) {
      return `${key} cannot be changed while this broker runs: restart it with the new value in its configuration.`
    }
  }
  for (const [key, row] of Object.entries(brokerTable.rows) as [keyof BrokerValues, ConfigRow][]) {
    if (!('refused' in row.effect) || String(before[key]) === String(after[key])) continue
    return `${key} cannot be changed from its default: ${row.effect.refused}`
  }
  const stray = after['cordoned.log.dirs'].filter(directory => directory !== '*' && !logDirectories.includes(directory))
  if (stray.length > 0) {
    return `requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${stray.join(', ')}`
  }
  const overrides = after['max.connections.per.ip.overrides']
  if (parseConnectionOverrides(overrides) === undefined) {
    return `Error parsing configuration property 'max.connections.per.ip.overrides': '${overrides}' is not a list of host:count.`
  }
  const refusal = threadsProblem(before, after) ?? rateProblem(after) ?? localRetentionProblem(after)
  return refusal === undefined
    ? undefined
    : `Invalid value org.apache.kafka.common.config.ConfigException: ${refusal} for configuration Invalid dynamic configuration`
}

/** Kafka starts and stops threads in steps. There are none here, and a configuration that it would refuse is refused all the same. */
function threadsProblem(before: BrokerValues, after: BrokerValues): string | undefined {
  for (const key of threadCountKeys) {
    const [old, wanted] = [before[key], after[key]]
    if (old === wanted) continue
    const sentence = `Dynamic thread count update validation failed for ${key}=${wanted}, value should`
    if (wanted < Math.floor(old / 2)) return `${sentence} be at least half the current value ${old}`
    if (wanted > old * 2) return `${sentence} not be greater than double the current value ${old}`
  }
  const key = 'log.cleaner.threads'
  const [old, wanted] = [before[key], after[key]]
  if (wanted < 1) return `Log cleaner threads cannot be reduced to ${wanted}: value should be at least 1`
  if (wanted < Math.floor(old / 2)) {
    return `Log cleaner threads cannot be reduced to less than half the current value ${old}`
  }
  if (wanted > old * 2) return `Log cleaner threads cannot be increased to more than double the current value ${old}`
  return undefined
}

function rateProblem(after: BrokerValues): string | undefined {
  const key = 'max.connection.creation.rate'
  return after[key] > 0 ? undefined : `Invalid ${key} ${after[key]}`
}

/** What stays on local disks is a part of what stays at all. -2: the same as that. */
function localRetentionProblem(after: BrokerValues): string | undefined {
  const retentionMs =
    after['log.retention.ms'] ??
    (after['log.retention.minutes'] === null
      ? BigInt(after['log.retention.hours']) * 3_600_000n
      : BigInt(after['log.retention.minutes']) * 60_000n)
  return (
    partProblem('log.local.retention.ms', after['log.local.retention.ms'], 'log.retention.ms', retentionMs) ??
    partProblem(
      'log.local.retention.bytes',
      after['log.local.retention.bytes'],
      'log.retention.bytes',
      after['log.retention.bytes'],
    )
  )
}

function partProblem(key: string, part: bigint, wholeKey: string, whole: bigint): string | undefined {
  if (part === -2n || whole < 0n) return undefined
  const sentence = `Invalid value ${part} for configuration ${key}: Value must not be`
  if (part === -1n) return `${sentence} -1 as ${wholeKey} value is set as ${whole}.`
  return part > whole ? `${sentence} more than ${wholeKey} property value: ${whole}` : undefined
}

/** Dynamic in Kafka, fixed here: sockets are bound and protocols chosen once. */
const startOnlyKeys = ['listeners', 'listener.security.protocol.map'] as const

const threadCountKeys = [
  'num.io.threads',
  'num.network.threads',
  'background.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'remote.log.reader.threads',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
] as const satisfies readonly (keyof BrokerValues)[]

const listenerOnlyKeys: ReadonlySet<string> = new Set([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.key.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
])

/** `listener.name.<name>.<key>` is `<key>` for one listener, `listener.name.<name>.<mechanism>.<key>` for one SASL mechanism there. */
export function withoutListener(key: string): string {
  return listenerKey.exec(key)?.groups?.key ?? key
}

const listenerKey = /^listener\.name\.[^.]*\.(?:(?:plain|gssapi|oauthbearer|scram-sha-256|scram-sha-512)\.)?(?<key>.+)$/

/** Whether a setting of one listener is read when the listener opens, and not again: as in Kafka, it is taken all the same. TLS is read anew for connections to come. */
export function waitsForRestart(key: string): boolean {
  const base = withoutListener(key)
  return base !== key && (!base.startsWith('ssl.') || base === 'ssl.principal.mapping.rules')
}

function rowOf(key: string): ConfigRow | undefined {
  return brokerTable.row(key) ?? brokerQuotaTable.row(key)
}

function updateMode(key: string): string {
  return rowOf(key)?.update ?? 'read-only'
}

/** As Java prints a collection. */
function listText(keys: readonly string[]): string {
  return `[${keys.join(', ')}]`
}
