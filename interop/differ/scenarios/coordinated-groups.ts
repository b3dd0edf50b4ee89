import { atNewest, atVersions, Fact, type Loose, type Step, unknownId } from '../step.ts'

/**
 * Groups whose coordinator assigns: consumer groups of KIP-848 and share groups. Each of one member at a time, so that nothing hangs on when an assignment is
 * due, and of members that name themselves, so that what comes next can be said.
 */
const consumerGroup = 'differ-coordinated'
const shareGroup = 'differ-shared'
const topicA = new Fact('id differ-a', unknownId)

const beat = (more: Loose = {}) => ({
  groupId: consumerGroup,
  memberId: 'member-one',
  memberEpoch: 0,
  instanceId: 'instance-one',
  rackId: null,
  rebalanceTimeoutMs: 10_000,
  subscribedTopicNames: ['differ-a'],
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: [],
  ...more,
})
/** What a member says that has nothing new to say. */
const quiet = { subscribedTopicNames: null, topicPartitions: null, rebalanceTimeoutMs: -1 }
const commit = (more: Loose) => ({
  groupId: consumerGroup,
  groupInstanceId: null,
  topics: [
    {
      name: 'differ-a',
      topicId: topicA,
      partitions: [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: null }],
    },
  ],
  ...more,
})
const read = (more: Loose) => ({
  groups: [
    {
      groupId: consumerGroup,
      topics: [{ name: 'differ-a', topicId: topicA, partitionIndexes: [0] }],
      ...more,
    },
  ],
  requireStable: false,
})
const classic = (more: Loose = {}) => ({
  groupId: consumerGroup,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 10_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255, 255, 255) }],
  ...more,
})

const consumerSteps: readonly Step[] = [
  ...atNewest('a static member', 'ConsumerGroupHeartbeat', beat()),
  ...atNewest('another of its instance', 'ConsumerGroupHeartbeat', beat({ memberId: 'member-two' })),
  ...atNewest(
    'a beat of another of its instance',
    'ConsumerGroupHeartbeat',
    beat({ memberId: 'member-two', memberEpoch: 2 }),
  ),
  ...atNewest('a beat of no instance', 'ConsumerGroupHeartbeat', beat({ instanceId: 'nobody', memberEpoch: 2 })),
  ...atNewest(
    'a pattern that is none',
    'ConsumerGroupHeartbeat',
    beat({ memberEpoch: 2, subscribedTopicRegex: '(abc' }),
  ),
  ...atNewest('nothing new', 'ConsumerGroupHeartbeat', beat({ memberEpoch: 2, ...quiet })),
  ...atNewest('everything once more', 'ConsumerGroupHeartbeat', beat({ memberEpoch: 2 })),
  ...atNewest('an epoch below all', 'ConsumerGroupHeartbeat', beat({ memberEpoch: -3 })),
  ...atNewest('in no group', 'ConsumerGroupHeartbeat', beat({ groupId: 'missing-group', memberEpoch: 5 })),
  ...atNewest('by its epoch', 'OffsetCommit', commit({ memberId: 'member-one', generationIdOrMemberEpoch: 2 })),
  ...atNewest('by an epoch to come', 'OffsetCommit', commit({ memberId: 'member-one', generationIdOrMemberEpoch: 7 })),
  ...atNewest(
    'by an epoch that is over',
    'OffsetCommit',
    commit({ memberId: 'member-one', generationIdOrMemberEpoch: 1 }),
  ),
  ...atNewest('by nobody of the group', 'OffsetCommit', commit({ memberId: 'nobody', generationIdOrMemberEpoch: 2 })),
  ...atNewest('from outside of the group', 'OffsetCommit', commit({ memberId: '', generationIdOrMemberEpoch: -1 })),
  ...atVersions(
    'by a member, in a version too old',
    'OffsetCommit',
    commit({ memberId: 'member-one', generationIdOrMemberEpoch: 2 }),
    {
      versions: [8],
    },
  ),
  ...atNewest('by its epoch', 'OffsetFetch', read({ memberId: 'member-one', memberEpoch: 2 })),
  ...atNewest('by another epoch', 'OffsetFetch', read({ memberId: 'member-one', memberEpoch: 1 })),
  ...atNewest('by nobody of the group', 'OffsetFetch', read({ memberId: 'nobody', memberEpoch: 2 })),
  ...atNewest('by nobody in particular', 'OffsetFetch', read({ memberId: null, memberEpoch: -1 })),
  ...atNewest('of no consumers', 'JoinGroup', classic({ protocolType: 'connect' })),
  ...atNewest('without protocols', 'JoinGroup', classic({ protocols: [] })),
  ...atNewest('a classic member without an id', 'JoinGroup', classic()),
  ...atNewest('of a member of the other protocol', 'Heartbeat', {
    groupId: consumerGroup,
    generationId: 2,
    memberId: 'member-one',
  }),
  ...atNewest('of a member of the other protocol', 'SyncGroup', {
    groupId: consumerGroup,
    generationId: 2,
    memberId: 'member-one',
    assignments: [],
  }),
  ...atVersions('a static member', 'ConsumerGroupDescribe', { groupIds: [consumerGroup, 'missing-group', ''] }),
  ...atNewest('consumer groups', 'ListGroups', { statesFilter: [], typesFilter: ['consumer'] }),
  ...atNewest('stable consumer groups', 'ListGroups', { statesFilter: ['stable'], typesFilter: ['Consumer'] }),
  ...atNewest('a consumer group with members', 'DeleteGroups', { groupsNames: [consumerGroup] }),
  ...atNewest('it leaves for a while', 'ConsumerGroupHeartbeat', beat({ memberEpoch: -2, ...quiet })),
  ...atNewest('it is gone for a while', 'ConsumerGroupDescribe', { groupIds: [consumerGroup] }),
  ...atNewest('it comes back as another', 'ConsumerGroupHeartbeat', beat({ memberId: 'member-two' })),
  ...atNewest('an administrator removes it', 'LeaveGroup', {
    groupId: consumerGroup,
    members: [
      { memberId: '', groupInstanceId: 'instance-one' },
      { memberId: '', groupInstanceId: 'nobody' },
    ],
  }),
  ...atNewest('an empty consumer group', 'ConsumerGroupDescribe', { groupIds: [consumerGroup] }),
  ...atNewest('an empty consumer group', 'DeleteGroups', { groupsNames: [consumerGroup] }),
  ...atNewest('after the deletion', 'ConsumerGroupDescribe', { groupIds: [consumerGroup] }),
]

const shareBeat = (more: Loose = {}) => ({
  groupId: shareGroup,
  memberId: 'sharer-one',
  memberEpoch: 0,
  rackId: null,
  subscribedTopicNames: ['missing'],
  ...more,
})

/** Of a topic that does not exist: what is handed out hangs on when the share coordinator has answered. */
const shareSteps: readonly Step[] = [
  ...atNewest('a member', 'ShareGroupHeartbeat', shareBeat()),
  ...atNewest('nothing new', 'ShareGroupHeartbeat', shareBeat({ memberEpoch: 2, subscribedTopicNames: null })),
  ...atNewest('an epoch to come', 'ShareGroupHeartbeat', shareBeat({ memberEpoch: 9 })),
  ...atNewest('an epoch below all', 'ShareGroupHeartbeat', shareBeat({ memberEpoch: -2 })),
  ...atNewest('nothing to read', 'ShareGroupHeartbeat', shareBeat({ subscribedTopicNames: [] })),
  ...atNewest('no member id', 'ShareGroupHeartbeat', shareBeat({ memberId: '' })),
  ...atNewest('nobody', 'ShareGroupHeartbeat', shareBeat({ memberId: 'nobody', memberEpoch: 2 })),
  ...atNewest('in no group', 'ShareGroupHeartbeat', shareBeat({ groupId: 'missing-group', memberEpoch: 2 })),
  ...atNewest('a group and others', 'ShareGroupDescribe', { groupIds: [shareGroup, 'missing-group', 'lonely'] }),
  ...atNewest('a share group by the call for consumers', 'ConsumerGroupDescribe', { groupIds: [shareGroup] }),
  ...atNewest('a share group by the old call', 'DescribeGroups', { groups: [shareGroup] }),
  ...atNewest('a share group', 'JoinGroup', classic({ groupId: shareGroup })),
  ...atNewest('a share group', 'ConsumerGroupHeartbeat', beat({ groupId: shareGroup, instanceId: null })),
  ...atNewest('share groups', 'ListGroups', { statesFilter: [], typesFilter: ['share'] }),
  ...atVersions('all of two groups', 'DescribeShareGroupOffsets', {
    groups: [
      { groupId: shareGroup, topics: null },
      { groupId: 'missing-group', topics: null },
      { groupId: '', topics: null },
    ],
  }),
  ...atNewest('a topic that does not exist', 'DescribeShareGroupOffsets', {
    groups: [{ groupId: shareGroup, topics: [{ topicName: 'missing', partitions: [0] }] }],
  }),
  ...atNewest('of a group with members', 'AlterShareGroupOffsets', {
    groupId: shareGroup,
    topics: [{ topicName: 'differ-a', partitions: [{ partitionIndex: 0, startOffset: 1 }] }],
  }),
  ...atNewest('of a group with members', 'DeleteShareGroupOffsets', {
    groupId: shareGroup,
    topics: [{ topicName: 'differ-a' }],
  }),
  ...atNewest('of no group', 'DeleteShareGroupOffsets', {
    groupId: 'missing-group',
    topics: [{ topicName: 'differ-a' }],
  }),
  ...atNewest('a share group with members', 'DeleteGroups', { groupsNames: [shareGroup] }),
  ...atNewest('it leaves', 'ShareGroupHeartbeat', shareBeat({ memberEpoch: -1, subscribedTopicNames: null })),
  ...atNewest('the empty group', 'ShareGroupDescribe', { groupIds: [shareGroup] }),
  ...atNewest('of the empty group', 'AlterShareGroupOffsets', {
    groupId: shareGroup,
    topics: [
      {
        topicName: 'differ-a',
        partitions: [
          { partitionIndex: 0, startOffset: 1 },
          { partitionIndex: 9, startOffset: 1 },
        ],
      },
      { topicName: 'missing', partitions: [{ partitionIndex: 0, startOffset: 1 }] },
    ],
  }),
  ...atNewest('what was altered', 'DescribeShareGroupOffsets', { groups: [{ groupId: shareGroup, topics: null }] }),
  ...atNewest('of the empty group', 'DeleteShareGroupOffsets', {
    groupId: shareGroup,
    topics: [{ topicName: 'differ-a' }, { topicName: 'missing' }, { topicName: 'differ-b' }],
  }),
  ...atNewest('what was deleted', 'DescribeShareGroupOffsets', { groups: [{ groupId: shareGroup, topics: null }] }),
  ...atNewest('an empty share group', 'DeleteGroups', { groupsNames: [shareGroup] }),
]

export const coordinatedGroupSteps: readonly Step[] = [...consumerSteps, ...shareSteps]
