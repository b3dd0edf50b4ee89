import { array, f, int8, int32, int64, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const brokerState = struct('BrokerState', {
  brokerId: f(int32, '3+', { entityType: 'brokerId' }),
  brokerEpoch: f(int64, '3+', { default: -1 }),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  leaderEpoch: f(int32, '0+'),
  newIsr: f(array(int32), '0-2', { entityType: 'brokerId' }),
  newIsrWithEpochs: f(array(brokerState), '3+'),
  leaderRecoveryState: f(int8, '1+'),
  partitionEpoch: f(int32, '0+'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '2+', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

/** AlterPartitionRequest. */
export const alterPartitionRequest = message({
  name: 'AlterPartitionRequest',
  type: 'request',
  apiKey: 56,
  listeners: ['controller'],
  validVersions: '2-3',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', { default: -1 }),
    topics: f(array(topicData), '0+'),
  },
})

export interface AlterPartitionRequest extends MessageOf<typeof alterPartitionRequest> {}

export interface AlterPartitionRequestBrokerState extends StructOf<typeof brokerState> {}

export interface AlterPartitionRequestPartitionData extends StructOf<typeof partitionData> {}

export interface AlterPartitionRequestTopicData extends StructOf<typeof topicData> {}
