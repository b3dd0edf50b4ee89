import { array, f, int8, int32, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** Changes of a partition: ISR, leader, replicas; what is null or -2 stays. */
export const partitionChangeRecord = message({
  name: 'PartitionChangeRecord',
  type: 'metadata',
  apiKey: 5,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    partitionId: f(int32, '0+', 'Number of the partition, from 0.', { default: -1 }),
    topicId: f(uuid, '0+', 'Id of the topic.'),
    isr: f(nullable(array(int32)), '0+', 'Node ids of the replicas that are in sync.', {
      default: null,
      tag: 0,
      entityType: 'brokerId',
    }),
    leader: f(int32, '0+', 'Node id of the leader, -1 when there is none, -2 when unchanged.', {
      default: -2,
      tag: 1,
      entityType: 'brokerId',
    }),
    replicas: f(nullable(array(int32)), '0+', 'Node ids of the replicas, the preferred leader first.', {
      default: null,
      tag: 2,
      entityType: 'brokerId',
    }),
    removingReplicas: f(nullable(array(int32)), '0+', 'Replicas that a reassignment removes.', {
      default: null,
      tag: 3,
      entityType: 'brokerId',
    }),
    addingReplicas: f(nullable(array(int32)), '0+', 'Replicas that a reassignment adds.', {
      default: null,
      tag: 4,
      entityType: 'brokerId',
    }),
    leaderRecoveryState: f(int8, '0+', '1 while the leader was elected uncleanly and has not yet recovered, else 0.', {
      default: -1,
      tag: 5,
    }),
    directories: f(nullable(array(uuid)), '1+', 'Directory of each replica, in the order of the replicas.', {
      default: null,
      tag: 8,
    }),
    eligibleLeaderReplicas: f(
      nullable(array(int32)),
      '2+',
      'Replicas outside the ISR that hold everything below the high watermark (KIP-966).',
      { default: null, tag: 6, entityType: 'brokerId' },
    ),
    lastKnownElr: f(
      nullable(array(int32)),
      '2+',
      'The last replicas that were in sync, for an unclean recovery (KIP-966).',
      { default: null, tag: 7, entityType: 'brokerId' },
    ),
  },
})

export interface PartitionChangeRecord extends MessageOf<typeof partitionChangeRecord> {}
