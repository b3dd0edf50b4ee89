import { array, f, int8, int32, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** A partition: replicas, ISR, leader, epochs. */
export const partitionRecord = message({
  name: 'PartitionRecord',
  type: 'metadata',
  apiKey: 3,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    partitionId: f(int32, '0+', 'Number of the partition, from 0.', { default: -1 }),
    topicId: f(uuid, '0+', 'Id of the topic.'),
    replicas: f(array(int32), '0+', 'Node ids of the replicas, the preferred leader first.', {
      entityType: 'brokerId',
    }),
    isr: f(array(int32), '0+', 'Node ids of the replicas that are in sync.'),
    removingReplicas: f(array(int32), '0+', 'Replicas that a reassignment removes.', { entityType: 'brokerId' }),
    addingReplicas: f(array(int32), '0+', 'Replicas that a reassignment adds.', { entityType: 'brokerId' }),
    leader: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { default: -1, entityType: 'brokerId' }),
    leaderRecoveryState: f(int8, '0+', '1 while the leader was elected uncleanly and has not yet recovered, else 0.', {
      tag: 0,
    }),
    leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
    partitionEpoch: f(int32, '0+', 'Grows with every change of the partition; a stale one is fenced.', { default: -1 }),
    directories: f(array(uuid), '1+', 'Directory of each replica, in the order of the replicas.'),
    eligibleLeaderReplicas: f(
      nullable(array(int32)),
      '2+',
      'Replicas outside the ISR that hold everything below the high watermark (KIP-966).',
      { default: null, tag: 1, entityType: 'brokerId' },
    ),
    lastKnownElr: f(
      nullable(array(int32)),
      '2+',
      'The last replicas that were in sync, for an unclean recovery (KIP-966).',
      { default: null, tag: 2, entityType: 'brokerId' },
    ),
  },
})

export interface PartitionRecord extends MessageOf<typeof partitionRecord> {}
