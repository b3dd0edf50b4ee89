import { atNewest, atVersions, Fact, type Facts, type Loose, range, type Step, unknownId } from '../step.ts'

const groupId = 'differ-group'
const memberId = new Fact('member', 'nobody')
const learnMember = (response: Loose, facts: Facts) => facts.set('member', response.memberId)
const subscription = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 8, ...Buffer.from('differ-a'), 255, 255, 255, 255)
const joined = (more: Loose = {}) => ({
  groupId,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 10_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: subscription }],
  ...more,
})
const generationId = 1
const committed = (more: Loose = {}) => ({
  groupId,
  generationIdOrMemberEpoch: -1,
  memberId: '',
  groupInstanceId: null,
  topics: [
    {
      name: 'differ-a',
      topicId: new Fact('id differ-a', unknownId),
      partitions: [
        { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 0, committedMetadata: 'note' },
        { partitionIndex: 9, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: null },
      ],
    },
    { name: 'missing', topicId: unknownId, partitions: [{ partitionIndex: 0, committedOffset: 1 }] },
  ],
  ...more,
})
const asked = (name: string, more: Loose = {}) => {
  const topics = [{ name: 'differ-a', topicId: new Fact('id differ-a', unknownId), partitionIndexes: [0, 1, 9] }]
  return { groupId: name, topics, groups: [{ groupId: name, memberEpoch: -1, topics }], requireStable: false, ...more }
}

/** A group of one member through its life, by both protocols, and what others may not do to it. */
export const groupSteps: readonly Step[] = [
  ...atVersions(
    'the first question of all, which makes the topic of offsets',
    'FindCoordinator',
    { keyType: 0, coordinatorKeys: [groupId] },
    { versions: [6], until: response => response.coordinators[0]?.errorCode === 0 },
  ),
  ...['missing-group', 'lonely', groupId, 'differ-new', ''].flatMap(name =>
    atVersions(`the coordinator of ${name} has loaded`, 'OffsetFetch', asked(name), {
      versions: [8],
      until: response => ![14, 16].includes(response.groups[0]?.errorCode),
    }),
  ),
  ...atVersions('a group', 'FindCoordinator', { key: groupId, keyType: 0, coordinatorKeys: [groupId] }),
  ...atVersions(
    'the first question that makes the topic of transactions',
    'FindCoordinator',
    { keyType: 1, coordinatorKeys: ['k'] },
    { versions: [6], until: response => response.coordinators[0]?.errorCode === 0 },
  ),
  ...[1, 2, 9].flatMap(keyType =>
    atNewest(`a key of type ${keyType}`, 'FindCoordinator', { key: 'k', keyType, coordinatorKeys: ['k'] }),
  ),
  ...atNewest('an empty key', 'FindCoordinator', { keyType: 0, coordinatorKeys: [''] }),
  ...atVersions('no groups', 'ListGroups', { statesFilter: [], typesFilter: [] }),
  ...atVersions('a group that is not there', 'DescribeGroups', {
    groups: ['missing-group'],
    includeAuthorizedOperations: false,
  }),

  ...atVersions('offsets of a group that is not there', 'OffsetFetch', asked('missing-group')),
  ...atVersions('without a group of members', 'OffsetCommit', committed({ groupId: 'lonely', retentionTimeMs: -1 })),
  ...atVersions('offsets that are there', 'OffsetFetch', asked('lonely')),
  ...atNewest('all offsets', 'OffsetFetch', { groups: [{ groupId: 'lonely', memberEpoch: -1, topics: null }] }),
  ...atNewest(
    'too much metadata',
    'OffsetCommit',
    committed({
      groupId: 'lonely',
      topics: [
        {
          name: 'differ-a',
          topicId: new Fact('id differ-a', unknownId),
          partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: 'm'.repeat(5000) }],
        },
      ],
    }),
  ),
  ...atVersions('in an empty group name', 'OffsetCommit', committed({ groupId: '' }), { versions: [9] }),

  ...atVersions('a member without an id is given one', 'JoinGroup', joined(), { versions: [4, 9] }),
  ...atVersions('a group with no protocol', 'JoinGroup', joined({ protocols: [] }), { versions: [9] }),
  ...atVersions('a session too short', 'JoinGroup', joined({ sessionTimeoutMs: 1 }), { versions: [0, 9] }),
  ...atVersions('a session too long', 'JoinGroup', joined({ sessionTimeoutMs: 2_000_000 }), { versions: [9] }),
  ...atVersions('an unknown member', 'JoinGroup', joined({ memberId: 'nobody' }), { versions: [9] }),
  ...atVersions('an empty group name', 'JoinGroup', joined({ groupId: '' }), { versions: [9] }),
  ...atVersions('the first member', 'JoinGroup', joined(), { versions: [3], learn: learnMember }),
  ...atVersions('its assignment', 'SyncGroup', {
    groupId,
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Uint8Array.of(1, 2, 3) }],
  }),
  ...atVersions('a beat', 'Heartbeat', { groupId, generationId, memberId }),
  ...atNewest('a beat of another generation', 'Heartbeat', { groupId, generationId: 7, memberId }),
  ...atNewest('a beat of nobody', 'Heartbeat', { groupId, generationId, memberId: 'nobody' }),
  ...atNewest('a beat in no group', 'Heartbeat', { groupId: 'missing-group', generationId, memberId: 'nobody' }),
  ...atNewest('an assignment of another generation', 'SyncGroup', {
    groupId,
    generationId: 7,
    memberId,
    assignments: [],
  }),
  ...atVersions('by the member', 'OffsetCommit', committed({ generationIdOrMemberEpoch: generationId, memberId })),
  ...atNewest('by another generation', 'OffsetCommit', committed({ generationIdOrMemberEpoch: 7, memberId })),
  ...atNewest('by nobody', 'OffsetCommit', committed({ generationIdOrMemberEpoch: generationId, memberId: 'nobody' })),
  ...atNewest('from outside', 'OffsetCommit', committed()),
  ...atVersions('the group', 'DescribeGroups', {
    groups: [groupId, 'missing-group'],
    includeAuthorizedOperations: true,
  }),
  ...atVersions('all groups', 'ListGroups', { statesFilter: [], typesFilter: [] }),
  ...atNewest('stable groups', 'ListGroups', { statesFilter: ['Stable'], typesFilter: ['classic'] }),
  ...atNewest('no such state', 'ListGroups', { statesFilter: ['Confused'], typesFilter: ['odd'] }),
  ...atVersions('a group with members', 'DeleteGroups', { groupsNames: [groupId, 'missing-group'] }),
  ...atVersions('offsets of topics that are read', 'OffsetDelete', {
    groupId,
    topics: [{ name: 'differ-a', partitions: [{ partitionIndex: 0 }] }],
  }),
  ...atNewest('nobody', 'LeaveGroup', { groupId, members: [{ memberId: 'nobody', groupInstanceId: null }] }),
  ...atVersions(
    'the member',
    'LeaveGroup',
    { groupId, memberId, members: [{ memberId, groupInstanceId: null }] },
    { versions: [2, 3, 4, 5] },
  ),
  ...atNewest('the empty group', 'DescribeGroups', { groups: [groupId] }),
  ...atNewest('offsets of the empty group', 'OffsetDelete', {
    groupId,
    topics: [
      { name: 'differ-a', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] },
      { name: 'missing', partitions: [{ partitionIndex: 0 }] },
    ],
  }),
  ...atNewest('the empty group', 'DeleteGroups', { groupsNames: [groupId, ''] }),
  ...atVersions('offsets after the deletion', 'OffsetFetch', asked(groupId), { versions: range(7, 10) }),

  ...atVersions('a new member', 'ConsumerGroupHeartbeat', heartbeat({ memberEpoch: 0, memberId: 'member-one' })),
  ...atNewest(
    'its next beat',
    'ConsumerGroupHeartbeat',
    heartbeat({
      memberEpoch: 1,
      memberId: 'member-one',
      subscribedTopicNames: null,
      topicPartitions: null,
      rebalanceTimeoutMs: -1,
    }),
  ),
  ...atNewest(
    'a beat of an epoch to come',
    'ConsumerGroupHeartbeat',
    heartbeat({ memberEpoch: 9, memberId: 'member-one' }),
  ),
  ...atNewest(
    'no subscription',
    'ConsumerGroupHeartbeat',
    heartbeat({ memberEpoch: 0, memberId: 'member-two', subscribedTopicNames: null }),
  ),
  ...atNewest(
    'an assignor that is not there',
    'ConsumerGroupHeartbeat',
    heartbeat({ memberEpoch: 0, memberId: 'member-two', serverAssignor: 'odd' }),
  ),
  ...atNewest('an empty member id', 'ConsumerGroupHeartbeat', heartbeat({ memberEpoch: 0, memberId: '' })),
  ...atVersions('the new group', 'ConsumerGroupDescribe', { groupIds: ['differ-new', 'missing-group', groupId] }),
  ...atNewest('the new group by the old call', 'DescribeGroups', { groups: ['differ-new'] }),
  ...atNewest(
    'it leaves',
    'ConsumerGroupHeartbeat',
    heartbeat({
      memberEpoch: -1,
      memberId: 'member-one',
      subscribedTopicNames: null,
      topicPartitions: null,
      rebalanceTimeoutMs: -1,
    }),
  ),
]

function heartbeat(more: Loose) {
  return {
    groupId: 'differ-new',
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: 10_000,
    subscribedTopicNames: ['differ-a'],
    subscribedTopicRegex: null,
    serverAssignor: null,
    topicPartitions: [],
    ...more,
  }
}
