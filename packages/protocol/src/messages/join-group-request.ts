import {
  array,
  bytes,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const joinGroupRequestProtocol = struct('JoinGroupRequestProtocol', {
  name: f(string, '0+', { mapKey: true }),
  metadata: f(bytes, '0+'),
})

/** JoinGroupRequest. */
export const joinGroupRequest = message({
  name: 'JoinGroupRequest',
  type: 'request',
  apiKey: 11,
  listeners: ['broker'],
  validVersions: '0-9',
  flexibleVersions: '6+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    sessionTimeoutMs: f(int32, '0+'),
    rebalanceTimeoutMs: f(int32, '1+', { default: -1, ignorable: true }),
    memberId: f(string, '0+'),
    groupInstanceId: f(nullable(string), '5+', { default: null }),
    protocolType: f(string, '0+'),
    protocols: f(array(joinGroupRequestProtocol), '0+'),
    reason: f(nullable(string), '8+', { default: null, ignorable: true }),
  },
})

export interface JoinGroupRequest extends MessageOf<typeof joinGroupRequest> {}

export interface JoinGroupRequestProtocol extends StructOf<typeof joinGroupRequestProtocol> {}
