import { ConfigError } from '@dorsale/base'

/** Where a broker listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Host and port, with or without the name of a protocol in front, which says nothing, as in Kafka; an IPv6 address stands in brackets. */
const address = /^(?:[\w.%-]*:\/\/)?(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]/]+)):(\d{1,5})$/

/** Reads `bootstrap.servers`, or another key of that kind. Throws a `ConfigError` that names each entry that is no `host:port`, or says that there is none. */
export function parseBootstrapServers(servers: readonly string[], key = 'bootstrap.servers'): Address[] {
  if (servers.length === 0) throw new ConfigError([{ key, message: `${key} is empty: name at least one host:port` }])
  const addresses: Address[] = []
  const problems = []
  for (const server of servers) {
    const match = address.exec(server.trim())
    const port = Number(match?.[3])
    if (match === null || port > 65_535)
      problems.push({ key, message: `'${server}' in ${key} is not host:port, such as localhost:9092` })
    else addresses.push({ host: (match[1] ?? match[2]) as string, port })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return addresses
}
