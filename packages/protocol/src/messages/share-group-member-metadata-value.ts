import { array, f, type MessageOf, message, nullable, string } from '../table/index.ts'

/** A member of a share group, and what it subscribes to. */
export const shareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 10,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.'),
    clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
    clientHost: f(string, '0+'),
    subscribedTopicNames: f(array(string), '0+', 'Topics that the member subscribes to; null when unchanged.'),
  },
})

export interface ShareGroupMemberMetadataValue extends MessageOf<typeof shareGroupMemberMetadataValue> {}
