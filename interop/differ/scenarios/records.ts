import { buildBatch } from '@dorsale/protocol'
import { atNewest, atVersions, Fact, type Facts, type Loose, range, type Step, unknownId } from '../step.ts'

const timeoutMs = 5000
const records = (value: string, options = {}) =>
  buildBatch(
    [
      { timestamp: 1_000_000, key: Buffer.from('k'), value: Buffer.from(value) },
      { timestamp: 1_000_005, key: null, value: null, headers: [{ key: 'h', value: Buffer.from('1') }] },
    ],
    options,
  )
const onTopic = (name: string, partitions: readonly Loose[]) => ({
  name,
  topic: name,
  topicId: new Fact(`id ${name}`, unknownId),
  partitionData: partitions,
  partitions,
})
const produced = (partitions: readonly Loose[], name = 'differ-a') => ({
  transactionalId: null,
  acks: -1,
  timeoutMs,
  topicData: [onTopic(name, partitions)],
})
const damaged = (at: number) => {
  const bytes = records('damaged')
  bytes[at] = (bytes[at] ?? 0) ^ 0x40
  return bytes
}
const fetched = (partitions: readonly Loose[], more: Loose = {}) => ({
  maxWaitMs: 50,
  minBytes: 1,
  maxBytes: 1_000_000,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [onTopic('differ-a', partitions)],
  forgottenTopicsData: [],
  ...more,
})
const from = (fetchOffset: number, more: Loose = {}) => ({
  partition: 0,
  fetchOffset,
  partitionMaxBytes: 1_000_000,
  ...more,
})
const learnSession = (response: Loose, facts: Facts) => facts.set('session', response.sessionId)
const learnProducer = (response: Loose, facts: Facts) => facts.set('producer', response.producerId)

/** Records written and read at every version, offsets, epochs and producer ids; and what no client should send. */
export const recordSteps: readonly Step[] = [
  ...atVersions('two records', 'Produce', version => produced([{ index: 0, records: records(`v${version}`) }]), {
    versions: range(3, 13),
  }),
  ...(['gzip', 'snappy', 'lz4'] as const).flatMap(codec =>
    atNewest(codec, 'Produce', produced([{ index: 1, records: records(codec, { codec }) }])),
  ),
  ...atVersions('zstd', 'Produce', produced([{ index: 1, records: records('zstd', { codec: 'zstd' }) }]), {
    versions: [6, 7, 13],
  }),
  ...atNewest(
    'a partition that is not there',
    'Produce',
    produced([
      { index: 9, records: records('x') },
      { index: -1, records: records('x') },
    ]),
  ),
  ...atVersions('a topic that is not there', 'Produce', produced([{ index: 0, records: records('x') }], 'missing'), {
    versions: [3, 12, 13],
  }),
  ...[4, 5, 8, 11, 16, 17, 18, 22, 23, 26, 27, 30, 35, 43, 50, 57, 60, 61, 65, 70].flatMap(at =>
    atNewest(`a batch with byte ${at} damaged`, 'Produce', produced([{ index: 0, records: damaged(at) }])),
  ),
  ...atNewest('no bytes', 'Produce', produced([{ index: 0, records: new Uint8Array(0) }])),
  ...atNewest('three bytes', 'Produce', produced([{ index: 0, records: Uint8Array.of(1, 2, 3) }])),
  ...atNewest('two batches', 'Produce', produced([{ index: 0, records: Buffer.concat([records('x'), records('y')]) }])),
  ...atNewest('half a batch', 'Produce', produced([{ index: 0, records: records('half').subarray(0, 70) }])),
  ...[0, 1].flatMap(acks =>
    acks === 0 ? [] : atNewest(`acks=${acks}`, 'Produce', { ...produced([{ index: 0, records: records('x') }]), acks }),
  ),
  ...atNewest('acks=2', 'Produce', { ...produced([{ index: 0, records: records('x') }]), acks: 2 }),
  ...atNewest(
    'without a key, into a compacted topic',
    'Produce',
    produced([{ index: 0, records: records('x') }], 'differ-configured'),
  ),
  ...atNewest('a control batch', 'Produce', produced([{ index: 0, records: records('x', { control: true }) }])),

  ...atVersions(
    'the first producer id, for which a broker asks its controller',
    'InitProducerId',
    { transactionalId: null, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 },
    { versions: [4], until: ({ errorCode }) => errorCode === 0 },
  ),
  ...atVersions(
    'a producer id',
    'InitProducerId',
    { transactionalId: null, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 },
    { learn: learnProducer },
  ),
  ...atNewest('an id that is given', 'InitProducerId', {
    transactionalId: null,
    transactionTimeoutMs: 60_000,
    producerId: 3n,
    producerEpoch: 1,
  }),
  ...atNewest('a timeout of nothing', 'InitProducerId', {
    transactionalId: null,
    transactionTimeoutMs: 0,
    producerId: -1n,
    producerEpoch: -1,
  }),
  ...Object.entries({
    'the first batch of an idempotent producer': { producerId: 5000n, producerEpoch: 0, baseSequence: 0 },
    'the same batch again': { producerId: 5000n, producerEpoch: 0, baseSequence: 0 },
    'a gap in the sequence': { producerId: 5000n, producerEpoch: 0, baseSequence: 7 },
    'the next epoch': { producerId: 5000n, producerEpoch: 1, baseSequence: 0 },
    'an old epoch': { producerId: 5000n, producerEpoch: 0, baseSequence: 2 },
    'the next epoch in its middle': { producerId: 5000n, producerEpoch: 2, baseSequence: 4 },
    'a producer that begins in its middle': { producerId: 5001n, producerEpoch: 0, baseSequence: 4 },
    'an epoch without an id': { producerId: -1n, producerEpoch: 3, baseSequence: 0 },
    'an id without a sequence': { producerId: 5002n, producerEpoch: 0, baseSequence: -1 },
  }).flatMap(([name, options]) => atNewest(name, 'Produce', produced([{ index: 1, records: records(name, options) }]))),

  ...atVersions('from the beginning', 'Fetch', fetched([from(0)])),
  ...atVersions('from the end', 'Fetch', fetched([from(30)])),
  ...atNewest('beyond the end', 'Fetch', fetched([from(1000)])),
  ...atNewest('before the beginning', 'Fetch', fetched([from(-1)])),
  ...atNewest('a partition that is not there', 'Fetch', fetched([{ ...from(0), partition: 9 }])),
  ...atVersions('a topic that is not there', 'Fetch', fetched([], { topics: [onTopic('missing', [from(0)])] }), {
    versions: [4, 12, 13, 18],
  }),
  ...atNewest('one byte', 'Fetch', fetched([from(0, { partitionMaxBytes: 1 })], { maxBytes: 1 })),
  ...atNewest('nothing at all', 'Fetch', fetched([from(0)], { maxBytes: 0 })),
  ...atNewest('from inside a batch', 'Fetch', fetched([from(1)])),
  ...atNewest('of committed records', 'Fetch', fetched([from(0)], { isolationLevel: 1 })),
  ...atNewest('of an isolation that does not exist', 'Fetch', fetched([from(0)], { isolationLevel: 9 })),
  ...atNewest('with a leader epoch to come', 'Fetch', fetched([from(0, { currentLeaderEpoch: 9 })])),
  ...atNewest('after records of an epoch to come', 'Fetch', fetched([from(4, { lastFetchedEpoch: 9 })])),
  ...atNewest('of the same partition twice', 'Fetch', fetched([from(0), from(2)])),
  ...atNewest('as a follower', 'Fetch', fetched([from(0)], { replicaState: { replicaId: 7, replicaEpoch: 1 } })),
  ...atNewest('a session begins', 'Fetch', fetched([from(0)], { sessionEpoch: 0 }), learnSession),
  ...atNewest('a session goes on, without news', 'Fetch', {
    ...fetched([]),
    topics: [],
    sessionId: new Fact('session', 1),
    sessionEpoch: 1,
  }),
  ...atNewest('a session in a wrong epoch', 'Fetch', {
    ...fetched([]),
    topics: [],
    sessionId: new Fact('session', 1),
    sessionEpoch: 7,
  }),
  ...atNewest('a session that is not there', 'Fetch', {
    ...fetched([]),
    topics: [],
    sessionId: 12_345,
    sessionEpoch: 1,
  }),
  ...atNewest('a session ends', 'Fetch', {
    ...fetched([]),
    topics: [],
    sessionId: new Fact('session', 1),
    sessionEpoch: -1,
  }),

  ...[-1, -2, -3, -4, -5, -6, -7, 0, 1_000_003, 1_000_005, 1_000_006].flatMap(timestamp =>
    atVersions(`the offset at ${timestamp}`, 'ListOffsets', {
      replicaId: -1,
      isolationLevel: 0,
      timeoutMs,
      topics: [
        { name: 'differ-a', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp, maxNumOffsets: 1 }] },
      ],
    }),
  ),
  ...atNewest('of what is not there', 'ListOffsets', {
    replicaId: -1,
    topics: [
      {
        name: 'differ-a',
        partitions: [
          { partitionIndex: 9, timestamp: -1 },
          { partitionIndex: 0, timestamp: -1, currentLeaderEpoch: 9 },
        ],
      },
      { name: 'missing', partitions: [{ partitionIndex: 0, timestamp: -1 }] },
    ],
  }),
  ...atNewest('of one partition twice', 'ListOffsets', {
    replicaId: -1,
    topics: [
      {
        name: 'differ-a',
        partitions: [
          { partitionIndex: 0, timestamp: -1 },
          { partitionIndex: 0, timestamp: -2 },
        ],
      },
    ],
  }),
  ...[-1, 0, 1, 9].flatMap(leaderEpoch =>
    atVersions(`the end of epoch ${leaderEpoch}`, 'OffsetForLeaderEpoch', {
      replicaId: -1,
      topics: [
        {
          topic: 'differ-a',
          partitions: [
            { partition: 0, currentLeaderEpoch: -1, leaderEpoch },
            { partition: 9, leaderEpoch },
          ],
        },
        { topic: 'missing', partitions: [{ partition: 0, leaderEpoch }] },
      ],
    }),
  ),
]
