import {
  array,
  bytes,
  f,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const memberMetadata = struct('MemberMetadata', {
  memberId: f(string, '0+', 'Id of the member.'),
  groupInstanceId: f(nullable(string), '3+', 'Id of a static member, or null.', { default: null, ignorable: true }),
  clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
  clientHost: f(string, '0+'),
  rebalanceTimeout: f(int32, '1+', { default: -1, ignorable: true }),
  sessionTimeout: f(int32, '0+'),
  subscription: f(bytes, '0+'),
  assignment: f(bytes, '0+'),
})

/** A classic group, with its members and their assignments. */
export const groupMetadataValue = message({
  name: 'GroupMetadataValue',
  type: 'coordinator-value',
  apiKey: 2,
  validVersions: '0-4',
  flexibleVersions: '4+',
  fields: {
    protocolType: f(string, '0+', 'What the group is for: `consumer`, `connect`...'),
    generation: f(int32, '0+'),
    protocol: f(nullable(string), '0+'),
    leader: f(nullable(string), '0+'),
    currentStateTimestamp: f(int64, '2+', { default: -1, ignorable: true }),
    members: f(array(memberMetadata), '0+', 'Members of the group.'),
  },
})

export interface GroupMetadataValue extends MessageOf<typeof groupMetadataValue> {}

export interface GroupMetadataValueMemberMetadata extends StructOf<typeof memberMetadata> {}
