import {
  array,
  bool,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
  uuid,
} from '../table/index.ts'

const listener = struct('Listener', {
  name: f(string, '0+', { mapKey: true }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

/** Adds a voter to the metadata quorum (KIP-853). */
export const addRaftVoterRequest = message({
  name: 'AddRaftVoterRequest',
  type: 'request',
  apiKey: 80,
  listeners: ['controller', 'broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.'),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.'),
    voterId: f(int32, '0+', 'Node id of the voter.'),
    voterDirectoryId: f(uuid, '0+', 'Id of the metadata directory of the voter.'),
    listeners: f(array(listener), '0+', 'Where the node listens.'),
    ackWhenCommitted: f(bool, '1+', 'Whether to answer only once the change is committed.', { default: true }),
  },
})

export interface AddRaftVoterRequest extends MessageOf<typeof addRaftVoterRequest> {}

export interface AddRaftVoterRequestListener extends StructOf<typeof listener> {}
