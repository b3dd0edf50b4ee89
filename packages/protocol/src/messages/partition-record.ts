import { array, f, int8, int32, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** PartitionRecord. */
export const partitionRecord = message({
  name: 'PartitionRecord',
  type: 'metadata',
  apiKey: 3,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    partitionId: f(int32, '0+', { default: -1 }),
    topicId: f(uuid, '0+'),
    replicas: f(array(int32), '0+', { entityType: 'brokerId' }),
    isr: f(array(int32), '0+'),
    removingReplicas: f(array(int32), '0+', { entityType: 'brokerId' }),
    addingReplicas: f(array(int32), '0+', { entityType: 'brokerId' }),
    leader: f(int32, '0+', { default: -1, entityType: 'brokerId' }),
    leaderRecoveryState: f(int8, '0+', { tag: 0 }),
    leaderEpoch: f(int32, '0+', { default: -1 }),
    partitionEpoch: f(int32, '0+', { default: -1 }),
    directories: f(array(uuid), '1+'),
    eligibleLeaderReplicas: f(nullable(array(int32)), '2+', { default: null, tag: 1, entityType: 'brokerId' }),
    lastKnownElr: f(nullable(array(int32)), '2+', { default: null, tag: 2, entityType: 'brokerId' }),
  },
})

export interface PartitionRecord extends MessageOf<typeof partitionRecord> {}
