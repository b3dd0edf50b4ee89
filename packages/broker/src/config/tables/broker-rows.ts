import type { ConfigOfRows } from '@dorsale/base'
import { groupsRows } from './groups.ts'
import { logRows } from './log.ts'
import { metadataRows } from './metadata.ts'
import { metricsRows } from './metrics.ts'
import { networkRows } from './network.ts'
import { nodeRows } from './node.ts'
import { oauthRows } from './oauth.ts'
import { quotasRows } from './quotas.ts'
import { replicationRows } from './replication.ts'
import { saslRows } from './sasl.ts'
import { securityRows } from './security.ts'
import { shareGroupsRows } from './share-groups.ts'
import { sslRows } from './ssl.ts'
import { streamsGroupsRows } from './streams-groups.ts'
import { tieredStorageRows } from './tiered-storage.ts'
import { transactionsRows } from './transactions.ts'

/** The areas of the broker's keys, in the order of the reference page. */
export const brokerAreas = {
  node: nodeRows,
  metadata: metadataRows,
  network: networkRows,
  log: logRows,
  replication: replicationRows,
  groups: groupsRows,
  'share-groups': shareGroupsRows,
  'streams-groups': streamsGroupsRows,
  transactions: transactionsRows,
  quotas: quotasRows,
  metrics: metricsRows,
  security: securityRows,
  ssl: sslRows,
  sasl: saslRows,
  oauth: oauthRows,
  'tiered-storage': tieredStorageRows,
} as const

/** Every key of a broker or controller: Kafka's `server.properties`. */
export const brokerRows = {
  ...nodeRows,
  ...metadataRows,
  ...networkRows,
  ...logRows,
  ...replicationRows,
  ...groupsRows,
  ...shareGroupsRows,
  ...streamsGroupsRows,
  ...transactionsRows,
  ...quotasRows,
  ...metricsRows,
  ...securityRows,
  ...sslRows,
  ...saslRows,
  ...oauthRows,
  ...tieredStorageRows,
} as const

/** Each broker key with its value. */
export interface BrokerValues extends ConfigOfRows<typeof brokerRows> {}
