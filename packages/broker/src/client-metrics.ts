import { compileRe2, type Re2Pattern } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clientMetricsTable } from './config/index.ts'

/**
 * Subscriptions to the metrics of clients (KIP-714), as resources of type CLIENT_METRICS describe them: which metrics, how often, of which clients.
 * Patterns come from the network, so they are matched by RE2 and not by JavaScript's engine.
 */
export interface Subscription {
  readonly name: string
  /** Beginnings of metric names; '' stands for all. */
  readonly metrics: readonly string[]
  readonly intervalMs: number
  matches(client: ClientFacts): boolean
}

/** What a subscription may choose clients by. */
export type ClientFacts = Readonly<Record<MatchKey, string>>

const matchKeys = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
] as const
export type MatchKey = (typeof matchKeys)[number]

/** A subscription as its settings say it. Throws INVALID_REQUEST or INVALID_CONFIG, in Kafka's words, where they say nothing. */
export function parseSubscription(name: string, settings: ReadonlyMap<string, string>): Subscription {
  const stranger = [...settings.keys()].find(key => clientMetricsTable.row(key) === undefined)
  if (stranger !== undefined) {
    throw new ProtocolError(errorCodes.INVALID_REQUEST, `Unknown client metrics configuration: ${stranger}`)
  }
  const { config, problems } = clientMetricsTable.parse(settings)
  if (problems.length > 0) throw new ProtocolError(errorCodes.INVALID_CONFIG, problems[0]!.message)
  const intervalMs = config['interval.ms']
  if (intervalMs < intervalMsMin || intervalMs > intervalMsMax) {
    throw new ProtocolError(
      errorCodes.INVALID_REQUEST,
      `Invalid value ${intervalMs} for interval.ms, interval must be between ${intervalMsMin} and ${intervalMsMax} (1 hour)`,
    )
  }
  const patterns = config.match.map(parsePattern)
  return {
    name,
    metrics: config.metrics.map(metric => (metric === '*' ? '' : metric)),
    intervalMs,
    matches: client => patterns.every(({ key, pattern }) => pattern.matches(client[key])),
  }
}

function parsePattern(text: string): { key: MatchKey; pattern: Re2Pattern } {
  const illegal = new ProtocolError(errorCodes.INVALID_CONFIG, `Illegal client matching pattern: ${text}`)
  const equals = text.indexOf('=')
  const key = matchKeys.find(known => known === text.slice(0, Math.max(equals, 0)).trim())
  if (key === undefined) throw illegal
  try {
    return { key, pattern: compileRe2(text.slice(equals + 1).trim()) }
  } catch {
    // Whatever RE2 does not take; it says so by throwing.
    throw illegal
  }
}

const intervalMsMin = 100
const intervalMsMax = 3_600_000
