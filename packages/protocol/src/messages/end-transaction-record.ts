import { type MessageOf, message } from '../table/index.ts'

/** Ends, and puts into effect, the records since BeginTransactionRecord. */
export const endTransactionRecord = message({
  name: 'EndTransactionRecord',
  type: 'metadata',
  apiKey: 24,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {},
})

export interface EndTransactionRecord extends MessageOf<typeof endTransactionRecord> {}
