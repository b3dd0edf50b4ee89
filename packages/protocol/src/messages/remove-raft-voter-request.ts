import { f, int32, type MessageOf, message, nullable, string, uuid } from '../table/index.ts'

/** RemoveRaftVoterRequest. */
export const removeRaftVoterRequest = message({
  name: 'RemoveRaftVoterRequest',
  type: 'request',
  apiKey: 81,
  listeners: ['controller', 'broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+'),
    voterId: f(int32, '0+'),
    voterDirectoryId: f(uuid, '0+'),
  },
})

export interface RemoveRaftVoterRequest extends MessageOf<typeof removeRaftVoterRequest> {}
