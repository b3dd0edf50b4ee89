import { f, int16, type MessageOf, message } from '../table/index.ts'

/** Control record that sets the level of the Raft protocol. */
export const kRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    kRaftVersion: f(int16, '0+', 'Level of the Raft protocol.'),
  },
})

export interface KRaftVersionRecord extends MessageOf<typeof kRaftVersionRecord> {}
