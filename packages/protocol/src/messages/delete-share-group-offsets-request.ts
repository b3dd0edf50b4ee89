import { array, f, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const deleteShareGroupOffsetsRequestTopic = struct('DeleteShareGroupOffsetsRequestTopic', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
})

/** Deletes where a share group begins to read. */
export const deleteShareGroupOffsetsRequest = message({
  name: 'DeleteShareGroupOffsetsRequest',
  type: 'request',
  apiKey: 92,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
    topics: f(array(deleteShareGroupOffsetsRequestTopic), '0+'),
  },
})

export interface DeleteShareGroupOffsetsRequest extends MessageOf<typeof deleteShareGroupOffsetsRequest> {}

export interface DeleteShareGroupOffsetsRequestTopic extends StructOf<typeof deleteShareGroupOffsetsRequestTopic> {}
