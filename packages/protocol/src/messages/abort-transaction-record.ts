import { f, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Undoes the records since BeginTransactionRecord. */
export const abortTransactionRecord = message({
  name: 'AbortTransactionRecord',
  type: 'metadata',
  apiKey: 25,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    reason: f(nullable(string), '0+', 'Why, for the log of the broker.', { default: null, tag: 0 }),
  },
})

export interface AbortTransactionRecord extends MessageOf<typeof abortTransactionRecord> {}
