/** What a client brings to TLS, and asks of brokers, from Kafka's `ssl.*` settings. */
import { ConfigError, type ConfigProblem, type Disk, type TlsClientOptions } from '@dorsale/base'
import { readTlsMaterial } from '@dorsale/transport/security'
import type { SecurityConfig } from '../config/security-rows.ts'

/**
 * Reads settings and the files that they name. Throws a `ConfigError` with what cannot be. Called for each connection, so that certificates that were
 * renewed take effect.
 */
export function tlsSettings(config: SecurityConfig, disk: Pick<Disk, 'readFileSync'> | undefined): TlsClientOptions {
  const problems: ConfigProblem[] = []
  const material = readTlsMaterial(config, disk, problems)
  const key = 'ssl.endpoint.identification.algorithm'
  const algorithm = config[key].toLowerCase()
  if (algorithm !== '' && algorithm !== 'https') {
    problems.push({ key, message: `${key}: '${algorithm}' is neither https nor empty` })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...material, verifiesHost: algorithm === 'https' }
}
