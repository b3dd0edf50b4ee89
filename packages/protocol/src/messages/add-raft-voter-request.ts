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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
})

/** AddRaftVoterRequest. */
export const addRaftVoterRequest = message({
  name: 'AddRaftVoterRequest',
  type: 'request',
  apiKey: 80,
  listeners: ['controller', 'broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+'),
    timeoutMs: f(int32, '0+'),
    voterId: f(int32, '0+'),
    voterDirectoryId: f(uuid, '0+'),
    listeners: f(array(listener), '0+'),
    ackWhenCommitted: f(bool, '1+', { default: true }),
  },
})

export interface AddRaftVoterRequest extends MessageOf<typeof addRaftVoterRequest> {}

export interface AddRaftVoterRequestListener extends StructOf<typeof listener> {}
