import { type MessageOf, message } from '../table/index.ts'

/** EndTransactionRecord. */
export const endTransactionRecord = message({
  name: 'EndTransactionRecord',
  type: 'metadata',
  apiKey: 24,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {},
})

export interface EndTransactionRecord extends MessageOf<typeof endTransactionRecord> {}
