/**
 * What a guest may do, right by right: he comes from an address of his own, by which ACLs tell him from the administrator and from the broker itself. Before each set of rights what the
 * requests may have destroyed is made again.
 */
import { type AclOperationName, aclOperations, buildBatch } from '@dorsale/protocol'
import { apiNamed, atNewest, atVersions, Fact, type Facts, type Loose, type Step, unknownId } from '../step.ts'

const administratorHost = '127.0.0.1'
/** Where guests come from. */
export const guestHost = '127.0.0.2'

const types = { topic: 2, group: 3, cluster: 4, tx: 5 } as const

interface Right {
  readonly type: keyof typeof types
  readonly name: string
  readonly operation: AclOperationName
  readonly pattern?: 'prefixed'
  readonly denied?: true
  readonly principal?: string
  readonly host?: string
}

function aclOf({ type, name, operation, pattern, denied, principal, host = guestHost }: Right) {
  return {
    resourceType: types[type],
    resourceName: name,
    resourcePatternType: pattern === 'prefixed' ? 4 : 3,
    principal: principal ?? 'User:ANONYMOUS',
    host,
    operation: aclOperations[operation],
    permissionType: denied ? 2 : 3,
  }
}

const everywhere = (operation: AclOperationName, over: Partial<Right> = {}): Right[] => [
  { type: 'topic', name: '*', operation, ...over },
  { type: 'group', name: '*', operation, ...over },
  { type: 'tx', name: '*', operation, ...over },
  { type: 'cluster', name: 'kafka-cluster', operation, ...over },
]
const onTopic = (operation: AclOperationName, over: Partial<Right> = {}): Right => ({
  type: 'topic',
  name: 'right-a',
  operation,
  ...over,
})

/** By name: what the guest is allowed, and denied. */
const rights: Readonly<Record<string, readonly Right[]>> = {
  nothing: [],
  everything: everywhere('ALL'),
  'everything, to everybody': everywhere('ALL', { principal: 'User:*' }),
  'everything, but another’s': everywhere('ALL', { principal: 'User:alice' }),
  'everything, but one topic': [...everywhere('ALL'), onTopic('ALL', { denied: true })],
  'everything, but topics of a prefix': [
    ...everywhere('ALL'),
    onTopic('ALL', { name: 'right', pattern: 'prefixed', denied: true }),
  ],
  'everything, but to read': [...everywhere('ALL'), ...everywhere('READ', { denied: true })],
  'everything, but to write': [...everywhere('ALL'), ...everywhere('WRITE', { denied: true })],
  'everything, but to describe': [...everywhere('ALL'), ...everywhere('DESCRIBE', { denied: true })],
  'everything, but of the cluster': [
    ...everywhere('ALL'),
    { type: 'cluster', name: 'kafka-cluster', operation: 'ALL', denied: true },
  ],
  'one topic, and the rest': [onTopic('ALL'), ...everywhere('ALL').slice(1)],
  'topics of a prefix': [onTopic('ALL', { name: 'right-', pattern: 'prefixed' })],
  'one group, and topics': [
    { type: 'group', name: 'right-group', operation: 'ALL' },
    { type: 'topic', name: '*', operation: 'ALL' },
  ],
  'groups, and no topics': [{ type: 'group', name: '*', operation: 'ALL' }],
  'one id': [{ type: 'tx', name: 'right-tx', operation: 'ALL' }],
  'an id, and no topics': [
    { type: 'tx', name: '*', operation: 'ALL' },
    { type: 'group', name: 'right-group', operation: 'READ' },
  ],
  ...Object.fromEntries(
    (
      [
        'READ',
        'WRITE',
        'CREATE',
        'DELETE',
        'ALTER',
        'DESCRIBE',
        'CLUSTER_ACTION',
        'DESCRIBE_CONFIGS',
        'ALTER_CONFIGS',
        'IDEMPOTENT_WRITE',
      ] as const
    ).map(operation => [`${operation} everywhere`, everywhere(operation)]),
  ),
  ...Object.fromEntries(
    (['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'] as const).map(
      operation => [
        `${operation} of one topic and all groups`,
        [
          onTopic(operation),
          { type: 'group', name: '*', operation: 'ALL' },
          { type: 'tx', name: '*', operation: 'ALL' },
        ] satisfies Right[],
      ],
    ),
  ),
}

const names = ['right-a', 'right-b', 'other', 'right-missing', 'missing']
const missingId = 'bWlzc2luZyB0b3BpYyBpZA'
const idOf = (name: string) => new Fact(`id ${name}`, name === 'missing' ? missingId : unknownId)
const topic = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
const timeoutMs = 5000
const learnIds = (response: Loose, facts: Facts) => {
  for (const { name, topicId } of response.topics) if (topicId !== zeroId) facts.set(`id ${name}`, topicId)
}
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA'
const batch = (options: Loose = {}) =>
  buildBatch([{ timestamp: 1_000_000, key: null, value: Buffer.from('v'), headers: [] }], options)
const producer = { producerId: 77n, producerEpoch: 0 }
const partitionsOf = (partitions: readonly Loose[]) =>
  names.map(name => ({
    name,
    topic: name,
    topicName: name,
    topicId: idOf(name),
    partitions,
    partitionData: partitions,
  }))
/** By id: those that are there. */
const byId = (partitions: readonly unknown[], more: Loose = {}) =>
  ['right-a', 'right-b', 'other'].map(name => ({ topicId: idOf(name), partitions, ...more }))
const groups = ['right-group', 'other-group', 'missing-group']
const commit = (groupId: string) => ({
  groupId,
  generationIdOrMemberEpoch: -1,
  memberId: '',
  groupInstanceId: null,
  topics: partitionsOf([{ partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' }]),
})

/** One request of each API, which names what the guest may have and what he may not. */
const probes: Readonly<Record<string, Loose | ((version: number) => Loose)>> = {
  Produce: { transactionalId: null, acks: -1, timeoutMs, topicData: partitionsOf([{ index: 0, records: batch() }]) },
  Fetch: {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1000,
    sessionEpoch: -1,
    topics: partitionsOf([{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }]),
  },
  ListOffsets: { topics: partitionsOf([{ partitionIndex: 0, timestamp: -2 }]) },
  Metadata: {
    topics: names.map(name => ({ name })),
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: true,
    includeTopicAuthorizedOperations: true,
  },
  OffsetCommit: commit('right-group'),
  OffsetFetch: version => {
    const topics = names.map(name => ({ name, topicId: idOf(name), partitionIndexes: [0] }))
    return {
      groupId: 'right-group',
      topics,
      groups: [
        { groupId: 'right-group', memberEpoch: -1, topics: version >= 10 ? topics.slice(0, 3) : topics },
        { groupId: 'other-group', memberEpoch: -1, topics: null },
      ],
    }
  },
  FindCoordinator: { key: 'right-group', keyType: 0, coordinatorKeys: groups },
  Heartbeat: { groupId: 'right-group', generationId: 1, memberId: 'nobody' },
  LeaveGroup: { groupId: 'right-group', memberId: 'nobody', members: [{ memberId: 'nobody' }] },
  SyncGroup: {
    groupId: 'right-group',
    generationId: 1,
    memberId: 'nobody',
    protocolType: 'consumer',
    protocolName: 'range',
  },
  DescribeGroups: { groups, includeAuthorizedOperations: true },
  ListGroups: {},
  CreateTopics: {
    topics: [...names, 'right-new', 'new'].map(name => ({ ...topic, name })),
    timeoutMs,
    validateOnly: true,
  },
  DeleteTopics: version => ({
    topicNames: ['right-doomed', 'doomed', 'missing'],
    topics:
      version % 2 === 0
        ? [{ name: 'right-doomed' }, { name: 'doomed' }, { name: 'missing' }]
        : ['right-doomed', 'doomed'].map(name => ({ name: null, topicId: idOf(name) })),
    timeoutMs,
  }),
  DeleteRecords: { topics: partitionsOf([{ partitionIndex: 0, offset: 0 }]), timeoutMs },
  InitProducerId: { transactionalId: null, transactionTimeoutMs: 1000 },
  OffsetForLeaderEpoch: { topics: partitionsOf([{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }]) },
  AddPartitionsToTxn: {
    v3AndBelowTransactionalId: 'right-tx',
    v3AndBelowProducerId: 77n,
    v3AndBelowProducerEpoch: 0,
    v3AndBelowTopics: names.map(name => ({ name, partitions: [0] })),
    transactions: [
      { transactionalId: 'right-tx', ...producer, verifyOnly: true, topics: [{ name: 'right-a', partitions: [0] }] },
    ],
  },
  AddOffsetsToTxn: { transactionalId: 'right-tx', ...producer, groupId: 'right-group' },
  EndTxn: { transactionalId: 'right-tx', ...producer, committed: false },
  WriteTxnMarkers: {
    markers: [
      {
        ...producer,
        transactionResult: false,
        topics: [{ name: 'missing', partitionIndexes: [0] }],
        coordinatorEpoch: 0,
      },
    ],
  },
  TxnOffsetCommit: { ...commit('right-group'), transactionalId: 'right-tx', ...producer, generationId: -1 },
  DescribeAcls: {
    resourceTypeFilter: 2,
    resourceNameFilter: 'no such topic',
    patternTypeFilter: 3,
    operation: 1,
    permissionType: 1,
  },
  CreateAcls: { creations: [aclOf({ type: 'cluster', name: 'never', operation: 'READ' })] },
  DeleteAcls: {
    filters: [
      {
        resourceTypeFilter: 2,
        resourceNameFilter: 'no such topic',
        patternTypeFilter: 3,
        operation: 1,
        permissionType: 1,
      },
    ],
  },
  DescribeConfigs: {
    resources: [
      ...names.map(resourceName => ({ resourceType: 2, resourceName, configurationKeys: ['retention.ms'] })),
      { resourceType: 4, resourceName: '1', configurationKeys: ['node.id'] },
      { resourceType: 16, resourceName: 'metrics', configurationKeys: [] },
      { resourceType: 32, resourceName: 'right-group', configurationKeys: ['consumer.session.timeout.ms'] },
    ],
  },
  AlterConfigs: {
    resources: [
      ...names.map(resourceName => ({
        resourceType: 2,
        resourceName,
        configs: [{ name: 'retention.ms', value: '1' }],
      })),
      { resourceType: 4, resourceName: '', configs: [] },
    ],
    validateOnly: true,
  },
  IncrementalAlterConfigs: {
    resources: [
      ...names.map(resourceName => ({
        resourceType: 2,
        resourceName,
        configs: [{ name: 'retention.ms', configOperation: 0, value: '1' }],
      })),
      { resourceType: 4, resourceName: '', configs: [{ name: 'log.retention.ms', configOperation: 1, value: null }] },
      { resourceType: 8, resourceName: '1', configs: [] },
      {
        resourceType: 16,
        resourceName: 'metrics',
        configs: [{ name: 'interval.ms', configOperation: 0, value: '500' }],
      },
      {
        resourceType: 32,
        resourceName: 'right-group',
        configs: [{ name: 'consumer.session.timeout.ms', configOperation: 0, value: '50000' }],
      },
    ],
    validateOnly: true,
  },
  AlterReplicaLogDirs: { dirs: [{ path: '/nowhere', topics: [{ name: 'right-a', partitions: [0] }] }] },
  DescribeLogDirs: { topics: [] },
  CreatePartitions: {
    topics: [...names, 'doubled', 'doubled'].map(name => ({ name, count: 3, assignments: null })),
    timeoutMs,
    validateOnly: true,
  },
  DeleteGroups: { groupsNames: ['right-doomed-group', 'doomed-group', 'missing-group'] },
  ElectLeaders: { electionType: 0, topicPartitions: [{ topic: 'right-a', partitions: [0] }], timeoutMs },
  AlterPartitionReassignments: {
    timeoutMs,
    topics: [{ name: 'missing', partitions: [{ partitionIndex: 0, replicas: null }] }],
  },
  ListPartitionReassignments: { timeoutMs, topics: null },
  OffsetDelete: { groupId: 'right-group', topics: partitionsOf([{ partitionIndex: 0 }]) },
  DescribeClientQuotas: { components: [], strict: false },
  AlterClientQuotas: { entries: [], validateOnly: true },
  DescribeUserScramCredentials: { users: [{ name: 'nobody' }] },
  AlterUserScramCredentials: { deletions: [{ name: 'nobody', mechanism: 1 }], upsertions: [] },
  DescribeQuorum: { topics: [{ topicName: 'missing', partitions: [{ partitionIndex: 0 }] }] },
  UpdateFeatures: { timeoutMs, featureUpdates: [], validateOnly: true },
  DescribeCluster: { includeClusterAuthorizedOperations: true, endpointType: 1 },
  DescribeProducers: { topics: names.map(name => ({ name, partitionIndexes: [9] })) },
  UnregisterBroker: { brokerId: 99 },
  DescribeTransactions: { transactionalIds: ['right-tx', 'other-tx', 'missing-tx', ''] },
  ListTransactions: {},
  ConsumerGroupHeartbeat: {
    groupId: 'right-group',
    memberId: 'member-of-nothing',
    memberEpoch: 5,
    rebalanceTimeoutMs: 1000,
    subscribedTopicNames: ['right-a', 'other'],
  },
  ConsumerGroupDescribe: { groupIds: ['right-members', 'missing-group'], includeAuthorizedOperations: true },
  ListConfigResources: {},
  DescribeTopicPartitions: { topics: names.map(name => ({ name })), responsePartitionLimit: 100 },
  ShareGroupHeartbeat: {
    groupId: 'right-share',
    memberId: 'member-of-nothing',
    memberEpoch: 5,
    subscribedTopicNames: ['right-a', 'other'],
  },
  ShareGroupDescribe: { groupIds: ['right-share', 'missing-group'], includeAuthorizedOperations: true },
  ShareFetch: {
    groupId: 'right-share',
    memberId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    shareSessionEpoch: 0,
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1000,
    maxRecords: 1,
    batchSize: 1,
    topics: byId([{ partitionIndex: 9, acknowledgementBatches: [] }]),
  },
  ShareAcknowledge: {
    groupId: 'right-share',
    memberId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    shareSessionEpoch: 1,
    topics: byId([
      { partitionIndex: 9, acknowledgementBatches: [{ firstOffset: 0, lastOffset: 0, acknowledgeTypes: [1] }] },
    ]),
  },
  AddRaftVoter: { clusterId: 'another', voterId: 9, voterDirectoryId: unknownId, listeners: [] },
  RemoveRaftVoter: { clusterId: 'another', voterId: 9, voterDirectoryId: unknownId },
  InitializeShareGroupState: { groupId: '', topics: [] },
  ReadShareGroupState: { groupId: '', topics: [] },
  WriteShareGroupState: { groupId: '', topics: [] },
  DeleteShareGroupState: { groupId: '', topics: [] },
  ReadShareGroupStateSummary: { groupId: '', topics: [] },
  DescribeShareGroupOffsets: {
    groups: [
      { groupId: 'right-share', topics: partitionsOf([]).map(({ topicName }) => ({ topicName, partitions: [0] })) },
      { groupId: 'other-share', topics: null },
    ],
  },
  AlterShareGroupOffsets: { groupId: 'right-group', topics: partitionsOf([{ partitionIndex: 0, startOffset: 0 }]) },
  DeleteShareGroupOffsets: { groupId: 'right-group', topics: partitionsOf([]) },
}

/** Further questions of some of the APIs. */
const more: readonly (readonly [name: string, api: string, request: Loose | ((version: number) => Loose)])[] = [
  [
    'all topics',
    'Metadata',
    version => ({ topics: version === 0 ? [] : null, includeTopicAuthorizedOperations: true }),
  ],
  [
    'created by the way',
    'Metadata',
    version => ({ topics: names.slice(3).map(name => ({ name: `${name}-${version}` })), allowAutoTopicCreation: true }),
  ],
  [
    'in a transaction',
    'Produce',
    {
      transactionalId: 'right-tx',
      acks: -1,
      timeoutMs,
      topicData: partitionsOf([
        { index: 9, records: batch({ ...producer, producerId: 77, baseSequence: 0, transactional: true }) },
      ]),
    },
  ],
  [
    'by a follower',
    'Fetch',
    {
      replicaId: 7,
      replicaState: { replicaId: 7, replicaEpoch: -1 },
      maxWaitMs: 0,
      sessionEpoch: -1,
      topics: partitionsOf([{ partition: 9, fetchOffset: 0, partitionMaxBytes: 1000 }]),
    },
  ],
  ['of transactions', 'FindCoordinator', { key: 'right-tx', keyType: 1, coordinatorKeys: ['right-tx', 'other-tx'] }],
  ['of shares', 'FindCoordinator', { key: 'g', keyType: 2, coordinatorKeys: ['g'] }],
  [
    'of a transaction',
    'InitProducerId',
    { transactionalId: 'other-tx', transactionTimeoutMs: 1000, producerId: -1n, producerEpoch: 3 },
  ],
  [
    'topics twice',
    'CreateTopics',
    {
      topics: [
        { ...topic, name: 'new' },
        { ...topic, name: 'new' },
        { ...topic, name: '__cluster_metadata' },
      ],
      timeoutMs,
      validateOnly: true,
    },
  ],
  ['all topics', 'DescribeTopicPartitions', { topics: [], responsePartitionLimit: 100 }],
]

/** Before these: what brokers only advertise, and what makes topics by the way. */
const firstVersions: Readonly<Record<string, number>> = { Produce: 3, Metadata: 4 }

const versionsToTry = (api: string): number[] => {
  const { versionMin, stableVersionMax } = apiNamed(api)
  const oldest = Math.max(versionMin, firstVersions[api] ?? 0)
  return [...new Set([oldest, Math.max(stableVersionMax - 1, oldest), stableVersionMax])]
}

function asGuest(steps: readonly Step[], set: string): Step[] {
  return steps.map(step => ({ ...step, name: `${set}: ${step.name}`, sender: 'guest' as const }))
}

function probeSteps(set: string): Step[] {
  const all = [
    ...Object.entries(probes).map(([api, request]) => ['probe', api, request] as const),
    ...more,
    [
      'by id',
      'Metadata',
      {
        topics: ['right-a', 'other'].map(name => ({ name: null, topicId: idOf(name) })),
        allowAutoTopicCreation: false,
      },
    ] as const,
  ]
  return all.flatMap(([name, api, request]) => {
    const versions = name === 'by id' ? [12, 13] : versionsToTry(api)
    return asGuest(atVersions(name, api, request, { versions }), set)
  })
}

const loaded = (response: Loose) =>
  (response.groups as Loose[]).every(({ errorCode }) => ![14, 15, 16].includes(errorCode))

/** What the requests of a guest may have taken away, made again by the administrator. */
function restored(set: string): Step[] {
  const doomed = ['right-doomed-group', 'doomed-group', 'right-group', 'other-group']
  return [
    ...atNewest(
      `before ${set}: topics`,
      'CreateTopics',
      { topics: ['right-doomed', 'doomed'].map(name => ({ ...topic, name })), timeoutMs },
      learnIds,
    ),
    ...doomed.flatMap(groupId =>
      atVersions(`before ${set}: ${groupId}`, 'OffsetCommit', commit(groupId), { versions: [9] }),
    ),
    ...atVersions(
      `before ${set}: a member`,
      'ConsumerGroupHeartbeat',
      {
        groupId: 'right-members',
        memberId: 'AAAAAAAAAAAAAAAAAAAAAg',
        memberEpoch: 0,
        rebalanceTimeoutMs: 10_000,
        subscribedTopicNames: ['right-a', 'other'],
        topicPartitions: [],
      },
      { versions: [1] },
    ),
  ]
}

const everyFilter = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: guestHost,
  operation: 1,
  permissionType: 1,
}
const countOf = ({ resources }: Loose) => (resources as Loose[]).flatMap(({ acls }) => acls).length

function granted(set: string, allowed: readonly Right[]): Step[] {
  return [
    ...atNewest(`before ${set}`, 'DeleteAcls', { filters: [everyFilter] }),
    ...atNewest(`before ${set}`, 'CreateAcls', { creations: allowed.map(aclOf) }),
    // Brokers follow the controller's log.
    ...atVersions(`before ${set}`, 'DescribeAcls', everyFilter, {
      versions: [3],
      until: response => countOf(response) === allowed.length,
    }),
  ]
}

/** A resource that any ACL concerns is open to nobody else: the administrator, and the broker itself, need ACLs of their own. */
export const administratorSteps: readonly Step[] = atNewest('of the administrator', 'CreateAcls', {
  creations: everywhere('ALL', { host: administratorHost }).map(aclOf),
})

export const aclRightsSteps: readonly Step[] = [
  ...administratorSteps,
  ...atNewest(
    'the topics',
    'CreateTopics',
    { topics: ['right-a', 'right-b', 'other'].map(name => ({ ...topic, name })), timeoutMs },
    learnIds,
  ),
  ...atVersions(
    'the brokers know of them',
    'Metadata',
    { topics: ['right-a', 'right-b', 'other'].map(name => ({ name })), allowAutoTopicCreation: false },
    { versions: [12], until: response => (response.topics as Loose[]).every(({ errorCode }) => errorCode === 0) },
  ),
  ...atVersions(
    'a block of producer ids',
    'InitProducerId',
    { transactionalId: null, transactionTimeoutMs: 1000 },
    { versions: [4], until: response => response.errorCode === 0 },
  ),
  ...atVersions(
    'the topic of groups',
    'FindCoordinator',
    { keyType: 0, coordinatorKeys: groups },
    { versions: [6], until: response => response.coordinators[0]?.errorCode === 0 },
  ),
  ...atVersions(
    'the topic of transactions',
    'FindCoordinator',
    { keyType: 1, coordinatorKeys: ['right-tx'] },
    { versions: [6], until: response => response.coordinators[0]?.errorCode === 0 },
  ),
  ...atVersions(
    'the coordinators have loaded',
    'OffsetFetch',
    {
      groups: [...groups, 'right-doomed-group', 'doomed-group', 'right-members', 'right-share', 'other-share'].map(
        groupId => ({ groupId, memberEpoch: -1, topics: null }),
      ),
    },
    { versions: [9], until: loaded },
  ),
  ...Object.entries(rights).flatMap(([set, allowed]) => [
    ...restored(set),
    ...granted(set, allowed),
    ...probeSteps(set),
  ]),
]
