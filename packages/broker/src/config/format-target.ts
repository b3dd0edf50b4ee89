import type { Prng } from '@dorsale/base'
import type { MetadataRecord } from '@dorsale/protocol'
import type { BrokerConfig } from './broker-config.ts'

/** What `formatStorage` of `@dorsale/raft` needs to know of a node that is its cluster's only voter. */
export function formatTarget(config: BrokerConfig) {
  return {
    directories: config.logDirectories,
    metadataDirectory: config.metadataDirectory,
    nodeId: config.nodeId,
    endpoints: config.controllerListeners.map(({ listenerName, host, port }) => ({ name: listenerName, host, port })),
  }
}

/** What the metadata of a new cluster begins with: the credentials of users, in the form of `kafka-storage format --add-scram`. Throws a `ConfigError`. */
export async function firstCredentials(credentials: readonly string[], prng: Prng): Promise<MetadataRecord[]> {
  if (credentials.length === 0) return []
  const { parseScramCredential } = await import('../security/scram-credential.ts')
  return Promise.all(credentials.map(text => parseScramCredential(text, prng)))
}
