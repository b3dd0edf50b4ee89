import { type MessageOf, message } from '../table/index.ts'

/** Says nothing; shows that the controller lives. */
export const noOpRecord = message({
  name: 'NoOpRecord',
  type: 'metadata',
  apiKey: 20,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {},
})

export interface NoOpRecord extends MessageOf<typeof noOpRecord> {}
