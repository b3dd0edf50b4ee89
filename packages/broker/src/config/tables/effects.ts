import type { Effect } from '@dorsale/base'

/** Reasons that several keys share for having no effect. A reason that belongs to one key stands in its row. */

export const oneThread: Effect = { none: 'The broker owns one thread; there is no pool to size.' }
export const oneNode: Effect = { none: 'A single node connects to no other.' }
export const inProcess: Effect = { none: 'Broker and controller are one process and talk without a connection.' }
export const oneReplica: Effect = { none: 'A single node has one replica of each partition.' }
export const oneVoter: Effect = { none: 'A quorum of one voter has no other member to wait for.' }
export const systemBuffers: Effect = { none: 'The system sizes socket buffers; Node gives no way to set them.' }
export const noPurge: Effect = { none: 'A parked request leaves as soon as it is done; nothing is left to clear out.' }
export const noShareGroups: Effect = { none: 'Share groups are not served yet.' }
export const noDeadLetters: Effect = { none: 'Dead-letter topics of share groups (KIP-1191) are not served yet.' }
export const noStreamsGroups: Effect = { none: 'Streams groups are not served yet.' }
export const noMetrics: Effect = { none: 'Metrics are not reported yet, and Java reporters never will be.' }
export const readyAuthorizer: Effect = {
  none: 'The authorizer is ready before any listener opens: the metadata log is read first.',
}
export const noTokens: Effect = { none: 'Delegation tokens are not served yet.' }
export const noKerberos: Effect = { none: 'Kerberos is not served.' }
export const noTiers: Effect = { none: 'Remote storage is not served.' }
