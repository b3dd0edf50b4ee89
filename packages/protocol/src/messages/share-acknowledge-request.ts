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
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  acknowledgeTypes: f(
    array(int8),
    '0+',
    '0 gap, 1 accept, 2 release, 3 reject, 4 renew: for each offset, or one for all.',
  ),
})

const acknowledgePartition = struct('AcknowledgePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  acknowledgementBatches: f(array(acknowledgementBatch), '0+', 'What became of records delivered before.'),
})

const acknowledgeTopic = struct('AcknowledgeTopic', {
  topicId: f(uuid, '0+', 'Id of the topic.', { mapKey: true }),
  partitions: f(array(acknowledgePartition), '0+'),
})

/** Acknowledges records of a share group (KIP-932). */
export const shareAcknowledgeRequest = message({
  name: 'ShareAcknowledgeRequest',
  type: 'request',
  apiKey: 79,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '0+',
  fields: {
    groupId: f(nullable(string), '0+', 'Id of the group.', { default: null, entityType: 'groupId' }),
    memberId: f(nullable(string), '0+', 'Id of the member.'),
    shareSessionEpoch: f(int32, '0+', 'Epoch of the share session: 0 starts one, -1 ends it.'),
    isRenewAck: f(bool, '2+'),
    topics: f(array(acknowledgeTopic), '0+'),
  },
})

export interface ShareAcknowledgeRequest extends MessageOf<typeof shareAcknowledgeRequest> {}

export interface ShareAcknowledgeRequestAcknowledgementBatch extends StructOf<typeof acknowledgementBatch> {}

export interface ShareAcknowledgeRequestAcknowledgePartition extends StructOf<typeof acknowledgePartition> {}

export interface ShareAcknowledgeRequestAcknowledgeTopic extends StructOf<typeof acknowledgeTopic> {}
