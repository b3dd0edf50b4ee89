import { array, f, int8, int32, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** PartitionChangeRecord. */
export const partitionChangeRecord = message({
  name: 'PartitionChangeRecord',
  type: 'metadata',
  apiKey: 5,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    partitionId: f(int32, '0+', { default: -1 }),
    topicId: f(uuid, '0+'),
    isr: f(nullable(array(int32)), '0+', { default: null, tag: 0, entityType: 'brokerId' }),
    leader: f(int32, '0+', { default: -2, tag: 1, entityType: 'brokerId' }),
    replicas: f(nullable(array(int32)), '0+', { default: null, tag: 2, entityType: 'brokerId' }),
    removingReplicas: f(nullable(array(int32)), '0+', { default: null, tag: 3, entityType: 'brokerId' }),
    addingReplicas: f(nullable(array(int32)), '0+', { default: null, tag: 4, entityType: 'brokerId' }),
    leaderRecoveryState: f(int8, '0+', { default: -1, tag: 5 }),
    directories: f(nullable(array(uuid)), '1+', { default: null, tag: 8 }),
    eligibleLeaderReplicas: f(nullable(array(int32)), '2+', { default: null, tag: 6, entityType: 'brokerId' }),
    lastKnownElr: f(nullable(array(int32)), '2+', { default: null, tag: 7, entityType: 'brokerId' }),
  },
})

export interface PartitionChangeRecord extends MessageOf<typeof partitionChangeRecord> {}
