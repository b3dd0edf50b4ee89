import { f, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Begins records that take effect together. */
export const beginTransactionRecord = message({
  name: 'BeginTransactionRecord',
  type: 'metadata',
  apiKey: 23,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(nullable(string), '0+', { default: null, tag: 0 }),
  },
})

export interface BeginTransactionRecord extends MessageOf<typeof beginTransactionRecord> {}
