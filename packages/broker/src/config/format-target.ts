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
