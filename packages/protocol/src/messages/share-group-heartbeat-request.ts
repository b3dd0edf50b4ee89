import { array, f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** The heartbeat of a member of a share group (KIP-932). */
export const shareGroupHeartbeatRequest = message({
  name: 'ShareGroupHeartbeatRequest',
  type: 'request',
  apiKey: 76,
  listeners: ['broker'],
  validVersions: '1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    memberId: f(string, '0+', 'Id of the member.'),
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.', { default: null }),
    subscribedTopicNames: f(
      nullable(array(string)),
      '0+',
      'Topics that the member subscribes to; null when unchanged.',
      { default: null, entityType: 'topicName' },
    ),
  },
})

export interface ShareGroupHeartbeatRequest extends MessageOf<typeof shareGroupHeartbeatRequest> {}
