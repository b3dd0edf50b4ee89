import {
  array,
  bool,
  f,
  int8,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const acknowledgementBatch = struct('AcknowledgementBatch', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  acknowledgeTypes: f(array(int8), '0+'),
})

const acknowledgePartition = struct('AcknowledgePartition', {
  partitionIndex: f(int32, '0+', { mapKey: true }),
  acknowledgementBatches: f(array(acknowledgementBatch), '0+'),
})

const acknowledgeTopic = struct('AcknowledgeTopic', {
  topicId: f(uuid, '0+', { mapKey: true }),
  partitions: f(array(acknowledgePartition), '0+'),
})

/** ShareAcknowledgeRequest. */
export const shareAcknowledgeRequest = message({
  name: 'ShareAcknowledgeRequest',
  type: 'request',
  apiKey: 79,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    groupId: f(nullable(string), '0+', { default: null, entityType: 'groupId' }),
    memberId: f(nullable(string), '0+'),
    shareSessionEpoch: f(int32, '0+'),
    isRenewAck: f(bool, '2+'),
    topics: f(array(acknowledgeTopic), '0+'),
  },
})

export interface ShareAcknowledgeRequest extends MessageOf<typeof shareAcknowledgeRequest> {}

export interface ShareAcknowledgeRequestAcknowledgementBatch extends StructOf<typeof acknowledgementBatch> {}

export interface ShareAcknowledgeRequestAcknowledgePartition extends StructOf<typeof acknowledgePartition> {}

export interface ShareAcknowledgeRequestAcknowledgeTopic extends StructOf<typeof acknowledgeTopic> {}
