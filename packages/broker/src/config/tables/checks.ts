import { type Check, invalidValue } from '@dorsale/base'

/** Rules of single keys that a range or a list of values cannot say. */

export const gzipLevel: Check<number> = {
  range: '[1,...,9] or -1',
  problem: (key, level) =>
    (level >= 1 && level <= 9) || level === -1
      ? undefined
      : invalidValue(key, String(level), 'Value must be between 1 and 9 or equal to -1'),
}

export const throttledReplicas: Check<readonly string[]> = {
  range: '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  problem: (key, replicas) =>
    replicas.every(replica => /^\d+:\d+$/.test(replica)) || (replicas.length === 1 && replicas[0]?.trim() === '*')
      ? undefined
      : invalidValue(
          key,
          `[${replicas.join(', ')}]`,
          `${key} must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...`,
        ),
}

export const quorumVoters: Check<readonly string[]> = {
  range: 'non-empty list',
  problem: (key, voters) => {
    for (const voter of voters) {
      const form = 'Each entry should be in the form `{id}@{host}:{port}`.'
      const at = voter.indexOf('@')
      if (at < 0 || voter.includes('@', at + 1)) return `Invalid configuration value for ${key}. ${form}`
      const id = voter.slice(0, at)
      if (!/^[+-]?\d+$/.test(id)) return `Failed to parse voter ID as an integer from ${id}`
      if (parseHostAndPort(voter.slice(at + 1)) === undefined) {
        return `Failed to parse host name from entry ${voter} for the configuration ${key}. ${form}`
      }
    }
    return undefined
  },
}

export const bootstrapServers: Check<readonly string[]> = {
  range: 'non-empty list',
  problem: (key, servers) => {
    const stranger = servers.find(server => parseHostAndPort(server) === undefined)
    if (stranger === undefined) return undefined
    return `Failed to parse host name from ${stranger} for the configuration ${key}. Each entry should be in the form "{host}:{port}"`
  },
}

export const shareOffsetReset: Check<string> = {
  range: '[latest, earliest, by_duration:PnDTnHnMn.nS]',
  problem: (key, strategy) =>
    strategy === 'earliest' ||
    strategy === 'latest' ||
    (/^by_duration:/.test(strategy) && isDuration(strategy.slice(12)))
      ? undefined
      : invalidValue(
          key,
          strategy,
          `Invalid value \`${strategy}\` for configuration ${key}. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.`,
        ),
}

/** A topic may use remote storage only where the broker has it. */
export const noRemoteStorage: Check<boolean> = {
  range: '',
  problem: (_key, enabled) =>
    enabled
      ? 'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.'
      : undefined,
}

/** `host:port`, or `[address]:port` for IPv6. */
function parseHostAndPort(text: string): { host: string; port: number } | undefined {
  const match = /^\[?([0-9a-zA-Z\-._%:]*)\]?:([0-9]+)$/.exec(text)
  return match ? { host: match[1] as string, port: Number(match[2]) } : undefined
}

/** What Java's `Duration.parse` takes, and not negative: days, hours, minutes, seconds with a fraction. */
function isDuration(text: string): boolean {
  return /^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d{0,9})?S)?)?$/i.test(text)
}
