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

/**
 * Joins a classic group, or rejoins it for a rebalance. From v4 on the first answer only gives a member id; v5
 * brings static members, v7 the protocol type, v8 a reason, v9 the leave to keep an assignment.
 */
export const joinGroupRequest = message({
  name: 'JoinGroupRequest',
  type: 'request',
  apiKey: 11,
  listeners: ['broker'],
  validVersions: '0-9',
  flexibleVersions: '6+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    sessionTimeoutMs: f(int32, '0+', 'Milliseconds of silence after which a member is out.'),
    rebalanceTimeoutMs: f(int32, '1+', 'Milliseconds a member has to give up or take over partitions.', {
      default: -1,
      ignorable: true,
    }),
    memberId: f(string, '0+', 'Id of the member.'),
    groupInstanceId: f(nullable(string), '5+', 'Id of a static member, or null.', { default: null }),
    protocolType: f(string, '0+', 'What the group is for: `consumer`, `connect`...'),
    protocols: f(
      array(joinGroupRequestProtocol),
      '0+',
      'Protocols (assignors) that the member knows, the preferred one first.',
    ),
    reason: f(nullable(string), '8+', 'Why, for the log of the broker.', { default: null, ignorable: true }),
  },
})

export interface JoinGroupRequest extends MessageOf<typeof joinGroupRequest> {}

export interface JoinGroupRequestProtocol extends StructOf<typeof joinGroupRequestProtocol> {}
