import { buildBatch } from '@dorsale/protocol'
import { atNewest, atVersions, Fact, type Facts, type Loose, type Step, unknownId } from '../step.ts'

const group = 'differ-share-group'
const topicId = new Fact('id differ-share', unknownId)
const [gap, accept, release, reject, renew] = [0, 1, 2, 3, 4]

function learnKeys(response: Loose, facts: Facts): void {
  const [{ topicId: id }] = response.topics
  facts.set('id differ-share', id)
  facts.set('share keys', [`${group}:${id}:0`, `a:b:${id}:1`])
}

const coordinated = (response: Loose) => response.coordinators.every((each: Loose) => each.errorCode !== 15)
/** The coordinator's log has been read. */
const loaded = (response: Loose) =>
  response.results.every((each: Loose) =>
    each.partitions.every((result: Loose) => ![14, 15, 16].includes(result.errorCode)),
  )

const ofState = (...partitions: readonly Loose[]) => ({ groupId: group, topics: [{ topicId, partitions }] })
const batch = (firstOffset: number, lastOffset: number, deliveryState: number, deliveryCount: number) => ({
  firstOffset,
  lastOffset,
  deliveryState,
  deliveryCount,
})
const written = (over: Loose) => ({
  partition: 1,
  stateEpoch: 3,
  leaderEpoch: 5,
  startOffset: 10,
  deliveryCompleteCount: 2,
  stateBatches: [batch(10, 14, 2, 1), batch(15, 19, 0, 1), batch(12, 16, 0, 2)],
  ...over,
})

/** How far groups are: kept by the share coordinator, fenced by epochs. */
const stateSteps: readonly Step[] = [
  ...atNewest(
    'a topic for share groups',
    'CreateTopics',
    {
      topics: [{ name: 'differ-share', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 10_000,
    },
    learnKeys,
  ),
  ...atNewest('a share group begins at the start', 'IncrementalAlterConfigs', {
    resources: [
      {
        resourceType: 32,
        resourceName: group,
        configs: [{ name: 'share.auto.offset.reset', configOperation: 0, value: 'earliest' }],
      },
    ],
    validateOnly: false,
  }),
  ...atNewest('keys that are none', 'FindCoordinator', {
    keyType: 2,
    coordinatorKeys: [
      'g',
      'g:t',
      'g:t:0',
      ':AAAAAAAAAAAAAAAAAAAAAQ:0',
      'g:AAAAAAAAAAAAAAAAAAAAAQ:x',
      ' :AAAAAAAAAAAAAAAAAAAAAQ:0',
    ],
  }),
  ...atVersions(
    'of share partitions',
    'FindCoordinator',
    { keyType: 2, coordinatorKeys: new Fact('share keys', []) },
    { versions: [6], until: coordinated },
  ),
  ...atVersions('before it is initialized', 'ReadShareGroupState', ofState({ partition: 0, leaderEpoch: 0 }), {
    until: loaded,
  }),
  ...atVersions('before it is initialized', 'WriteShareGroupState', ofState(written({ partition: 0 })), {
    until: loaded,
  }),
  ...atVersions('before it is initialized', 'ReadShareGroupStateSummary', ofState({ partition: 0, leaderEpoch: 0 }), {
    until: loaded,
  }),
  ...atVersions('before it is initialized', 'DeleteShareGroupState', ofState({ partition: 0 }), { until: loaded }),
  ...atNewest(
    'partitions',
    'InitializeShareGroupState',
    ofState(
      { partition: 0, stateEpoch: 1, startOffset: -1 },
      { partition: 1, stateEpoch: 3, startOffset: 10 },
      { partition: 9, stateEpoch: 0, startOffset: 0 },
    ),
  ),
  ...atNewest(
    'of an older epoch',
    'InitializeShareGroupState',
    ofState({ partition: 1, stateEpoch: 2, startOffset: 0 }),
  ),
  ...atNewest(
    'of a negative epoch',
    'InitializeShareGroupState',
    ofState({ partition: 1, stateEpoch: -1, startOffset: 0 }),
  ),
  ...atNewest('of a topic that is not there', 'InitializeShareGroupState', {
    groupId: group,
    topics: [{ topicId: unknownId, partitions: [{ partition: 0, stateEpoch: 0, startOffset: 0 }] }],
  }),
  ...atNewest('by a leader', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: 5 })),
  ...atNewest('by a former leader', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: 4 })),
  ...atNewest('by nobody', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: -1 })),
  ...atNewest('of no partition', 'ReadShareGroupState', ofState({ partition: -1, leaderEpoch: 0 })),
  ...atNewest('by a former leader', 'WriteShareGroupState', ofState(written({ leaderEpoch: 4 }))),
  ...atNewest('of a former state', 'WriteShareGroupState', ofState(written({ stateEpoch: 2 }))),
  ...atVersions('batches over each other', 'WriteShareGroupState', ofState(written({}))),
  ...atNewest('an older start', 'WriteShareGroupState', ofState(written({ startOffset: 8, deliveryCompleteCount: 9 }))),
  ...atNewest('what was written', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: 5 })),
  ...atVersions('what was written', 'ReadShareGroupStateSummary', ofState({ partition: 1, leaderEpoch: 5 })),
  ...atNewest(
    'a later start',
    'WriteShareGroupState',
    ofState(written({ startOffset: 14, deliveryCompleteCount: 1, stateBatches: [batch(17, 30, 2, 1)] })),
  ),
  ...atNewest('from a later start', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: 6 })),
  ...atNewest('set back', 'InitializeShareGroupState', ofState({ partition: 1, stateEpoch: 4, startOffset: 0 })),
  ...atNewest('set back', 'ReadShareGroupStateSummary', ofState({ partition: 1, leaderEpoch: 6 })),
  ...atNewest('state', 'DeleteShareGroupState', ofState({ partition: 1 }, { partition: 9 }, { partition: -1 })),
  ...atNewest('what was deleted', 'ReadShareGroupState', ofState({ partition: 1, leaderEpoch: 6 })),
]

const produced = (values: readonly string[]) => ({
  transactionalId: null,
  acks: -1,
  timeoutMs: 5000,
  topicData: [
    {
      topicId,
      partitionData: [
        {
          index: 0,
          records: buildBatch(values.map(value => ({ timestamp: 1_000_000, key: null, value: Buffer.from(value) }))),
        },
      ],
    },
  ],
})

const fetched = (memberId: string, shareSessionEpoch: number, over: Loose = {}) => ({
  groupId: group,
  memberId,
  shareSessionEpoch,
  maxWaitMs: 300,
  minBytes: 1,
  maxBytes: 1_000_000,
  maxRecords: 500,
  batchSize: 500,
  topics: [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches: [] }] }],
  forgottenTopicsData: [],
  ...over,
})
type Said = readonly [firstOffset: number, lastOffset: number, acknowledgeTypes: readonly number[]]
const about = (said: readonly Said[], partitionIndex = 0) => [
  {
    topicId,
    partitions: [
      {
        partitionIndex,
        acknowledgementBatches: said.map(([firstOffset, lastOffset, acknowledgeTypes]) => ({
          firstOffset,
          lastOffset,
          acknowledgeTypes,
        })),
      },
    ],
  },
]
const said = (memberId: string, shareSessionEpoch: number, what: readonly Said[], more: Loose = {}) => ({
  groupId: group,
  memberId,
  shareSessionEpoch,
  topics: about(what),
  ...more,
})
const hasRecords = (response: Loose) =>
  response.responses.some((each: Loose) => each.partitions.some((data: Loose) => data.acquiredRecords.length > 0))

const nonsense: readonly (readonly Said[])[] = [
  [[1, 0, [accept]]],
  [
    [1, 1, [accept]],
    [0, 0, [accept]],
  ],
  [[0, 1, []]],
  [[0, 2, [accept, accept]]],
  [[0, 0, [5]]],
  [[0, 0, [-1]]],
  [[0, 0, [renew]]],
  [[0, 99, [accept]]],
  [[50, 60, [accept]]],
]

/** Records that are acquired, and what is said of them. */
const recordSteps: readonly Step[] = [
  ...atNewest('for a share group', 'Produce', produced(['a', 'b', 'c'])),
  ...atNewest('for a share group', 'Produce', produced(['d', 'e'])),
  ...atNewest('for a share group', 'Produce', produced(['f', 'g', 'h'])),
  ...atVersions('of no group', 'ShareFetch', { ...fetched('m', 0), groupId: null }),
  ...atVersions('of no member', 'ShareFetch', { ...fetched('m', 0), memberId: null }),
  ...atNewest('of a member without a name', 'ShareFetch', fetched('', 0)),
  ...atNewest('of a member with too long a name', 'ShareFetch', fetched('m'.repeat(37), 0)),
  ...atNewest('without a session', 'ShareFetch', fetched('m', 1)),
  ...atNewest('ends no session', 'ShareFetch', fetched('m', -1, { topics: [] })),
  ...atNewest('begins with an acknowledgement', 'ShareFetch', fetched('m', 0, { topics: about([[0, 0, [accept]]]) })),
  ...atNewest('begins a session', 'ShareAcknowledge', said('m', 0, [])),
  ...atNewest('without a session', 'ShareAcknowledge', said('m', 1, [])),
  ...atNewest('ends no session', 'ShareAcknowledge', said('m', -1, [])),
  ...atVersions('three records, so two batches', 'ShareFetch', fetched('m', 0, { maxRecords: 4, batchSize: 2 }), {
    versions: [2],
    until: hasRecords,
  }),
  ...atNewest('of an epoch to come', 'ShareFetch', fetched('m', 2)),
  ...atNewest('the rest, of another member', 'ShareFetch', fetched('n', 0)),
  ...nonsense.flatMap((what, index) => atNewest(JSON.stringify(what), 'ShareAcknowledge', said('m', index + 1, what))),
  ...atNewest('of records of another member', 'ShareAcknowledge', said('n', 1, [[0, 1, [accept]]])),
  ...atVersions('renews in a version that cannot', 'ShareAcknowledge', said('m', 10, [[0, 0, [renew]]]), {
    versions: [1],
  }),
  ...atNewest('renews', 'ShareAcknowledge', said('m', 11, [[0, 0, [renew]]], { isRenewAck: true })),
  ...atNewest('renews and reads', 'ShareFetch', fetched('m', 12, { isRenewAck: true })),
  ...atNewest(
    'renews and reads nothing',
    'ShareFetch',
    fetched('m', 12, {
      isRenewAck: true,
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 0,
      maxRecords: 0,
      topics: about([[1, 1, [renew]]]),
    }),
  ),
  ...atNewest(
    'of everything',
    'ShareAcknowledge',
    said('m', 13, [
      [0, 2, [accept, reject, release]],
      [3, 4, [gap, accept]],
    ]),
  ),
  ...atNewest('of what is done with', 'ShareAcknowledge', said('m', 14, [[0, 0, [accept]]])),
  ...atNewest('of what was acknowledged', 'ShareAcknowledge', said('m', 15, [[3, 3, [accept]]])),
  ...atNewest('what was released', 'ShareFetch', fetched('m', 16, { topics: [] })),
  ...atVersions(
    'acknowledges and reads',
    'ShareFetch',
    fetched('n', 2, { maxWaitMs: 100, topics: about([[5, 7, [release]]]) }),
    {
      versions: [2],
    },
  ),
  ...atNewest('a record at most', 'ShareFetch', fetched('m', 17, { maxRecords: 1, shareAcquireMode: 1 })),
  ...atNewest('of nothing', 'ShareAcknowledge', said('m', 18, [])),
  ...atNewest('of no partition', 'ShareAcknowledge', { ...said('m', 19, []), topics: [] }),
  ...atVersions('of the first version', 'ShareFetch', fetched('n', 3, { maxRecords: 1 }), { versions: [1] }),
  ...atNewest('of a partition that is not read', 'ShareAcknowledge', {
    ...said('n', 4, []),
    topics: about([[0, 0, [accept]]], 1),
  }),
  ...atNewest('of a topic that is not there', 'ShareAcknowledge', {
    ...said('n', 5, []),
    topics: [{ topicId: unknownId, partitions: [{ partitionIndex: 0, acknowledgementBatches: [] }] }],
  }),
  ...atNewest(
    'of a topic that is not there',
    'ShareFetch',
    fetched('p', 0, {
      topics: [{ topicId: unknownId, partitions: [{ partitionIndex: 0, acknowledgementBatches: [] }] }],
    }),
  ),
  ...atNewest(
    'of a partition that is not there',
    'ShareFetch',
    fetched('p', 0, { topics: [{ topicId, partitions: [{ partitionIndex: 9, acknowledgementBatches: [] }] }] }),
  ),
  ...atNewest('of a group that was never told of it', 'ShareFetch', {
    ...fetched('p', 0),
    groupId: 'differ-strangers',
  }),
  ...atNewest('of no records', 'ShareFetch', fetched('q', 0, { maxRecords: 0 })),
  ...atNewest('of no bytes', 'ShareFetch', fetched('q', 0, { maxBytes: 0 })),
  ...atNewest('ends a session', 'ShareFetch', fetched('m', -1, { topics: about([[2, 2, [accept]]]) })),
  ...atNewest('ends a session', 'ShareAcknowledge', said('n', -1, [])),
  ...atNewest('what they had', 'ShareFetch', fetched('r', 0)),
  ...atNewest('all of it', 'ShareAcknowledge', said('r', 1, [[5, 6, [accept]]])),
  ...atNewest('ends a session with the rest', 'ShareAcknowledge', said('r', -1, [[7, 7, [accept]]])),
  ...atNewest('of a group', 'ReadShareGroupState', ofState({ partition: 0, leaderEpoch: 0 })),
  ...atNewest('of a group', 'ReadShareGroupStateSummary', ofState({ partition: 0, leaderEpoch: 0 })),
]

/** Share groups, as far as they can be seen without being a member of one. */
export const shareSteps: readonly Step[] = [...stateSteps, ...recordSteps]
