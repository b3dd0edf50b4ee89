import { f, int16, type MessageOf, message } from '../table/index.ts'

/** KRaftVersionRecord. */
export const kRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    kRaftVersion: f(int16, '0+'),
  },
})

export interface KRaftVersionRecord extends MessageOf<typeof kRaftVersionRecord> {}
