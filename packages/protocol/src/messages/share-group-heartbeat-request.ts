import { array, f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** ShareGroupHeartbeatRequest. */
export const shareGroupHeartbeatRequest = message({
  name: 'ShareGroupHeartbeatRequest',
  type: 'request',
  apiKey: 76,
  listeners: ['broker'],
  validVersions: '1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    memberId: f(string, '0+'),
    memberEpoch: f(int32, '0+'),
    rackId: f(nullable(string), '0+', { default: null }),
    subscribedTopicNames: f(nullable(array(string)), '0+', { default: null, entityType: 'topicName' }),
  },
})

export interface ShareGroupHeartbeatRequest extends MessageOf<typeof shareGroupHeartbeatRequest> {}
