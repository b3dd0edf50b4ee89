import { array, f, int8, int32, int64, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const brokerState = struct('BrokerState', {
  brokerId: f(int32, '3+', 'Node id of the broker.', { entityType: 'brokerId' }),
  brokerEpoch: f(int64, '3+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
})

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  newIsr: f(array(int32), '0-2', 'Node ids of the replicas that shall be in sync.', { entityType: 'brokerId' }),
  newIsrWithEpochs: f(array(brokerState), '3+', 'Replicas that shall be in sync, with their broker epochs.'),
  leaderRecoveryState: f(int8, '1+', '1 while the leader was elected uncleanly and has not yet recovered, else 0.'),
  partitionEpoch: f(int32, '0+', 'Grows with every change of the partition; a stale one is fenced.'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '2+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

/** Asks the controller to change the ISR of partitions. */
export const alterPartitionRequest = message({
  name: 'AlterPartitionRequest',
  type: 'request',
  apiKey: 56,
  listeners: ['controller'],
  validVersions: '2-3',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
    topics: f(array(topicData), '0+'),
  },
})

export interface AlterPartitionRequest extends MessageOf<typeof alterPartitionRequest> {}

export interface AlterPartitionRequestBrokerState extends StructOf<typeof brokerState> {}

export interface AlterPartitionRequestPartitionData extends StructOf<typeof partitionData> {}

export interface AlterPartitionRequestTopicData extends StructOf<typeof topicData> {}
