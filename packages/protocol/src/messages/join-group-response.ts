import {
  array,
  bool,
  bytes,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const joinGroupResponseMember = struct('JoinGroupResponseMember', {
  memberId: f(string, '0+'),
  groupInstanceId: f(nullable(string), '5+', { default: null, ignorable: true }),
  metadata: f(bytes, '0+'),
})

/** JoinGroupResponse. */
export const joinGroupResponse = message({
  name: 'JoinGroupResponse',
  type: 'response',
  apiKey: 11,
  validVersions: '0-9',
  flexibleVersions: '6+',
  fields: {
    throttleTimeMs: f(int32, '2+', { ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    generationId: f(int32, '0+', { default: -1 }),
    protocolType: f(nullable(string), '7+', { default: null, ignorable: true }),
    protocolName: f(nullable(string, '7+'), '0+'),
    leader: f(string, '0+'),
    skipAssignment: f(bool, '9+'),
    memberId: f(string, '0+'),
    members: f(array(joinGroupResponseMember), '0+'),
  },
})

export interface JoinGroupResponse extends MessageOf<typeof joinGroupResponse> {}

export interface JoinGroupResponseMember extends StructOf<typeof joinGroupResponseMember> {}
