import { f, int32, type MessageOf, message, nullable, string, uuid } from '../table/index.ts'

/** Removes a voter from the metadata quorum (KIP-853). */
export const removeRaftVoterRequest = message({
  name: 'RemoveRaftVoterRequest',
  type: 'request',
  apiKey: 81,
  listeners: ['controller', 'broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.'),
    voterId: f(int32, '0+', 'Node id of the voter.'),
    voterDirectoryId: f(uuid, '0+', 'Id of the metadata directory of the voter.'),
  },
})

export interface RemoveRaftVoterRequest extends MessageOf<typeof removeRaftVoterRequest> {}
