import { array, f, type MessageOf, message, nullable, string } from '../table/index.ts'

/** ShareGroupMemberMetadataValue. */
export const shareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 10,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    rackId: f(nullable(string), '0+'),
    clientId: f(string, '0+'),
    clientHost: f(string, '0+'),
    subscribedTopicNames: f(array(string), '0+'),
  },
})

export interface ShareGroupMemberMetadataValue extends MessageOf<typeof shareGroupMemberMetadataValue> {}
