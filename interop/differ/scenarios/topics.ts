import { atNewest, atVersions, Fact, type Facts, type Loose, type Step, unknownId } from '../step.ts'

const topic = { numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }
const timeoutMs = 10_000

function learnIds(response: Loose, facts: Facts): void {
  for (const { name, topicId } of response.topics) facts.set(`id ${name}`, topicId)
}

/** Topics created, looked at, grown, configured and deleted, with every mistake that a client can make. */
export const topicSteps: readonly Step[] = [
  ...atNewest(
    'two topics',
    'CreateTopics',
    {
      topics: [
        { ...topic, name: 'differ-a' },
        { ...topic, name: 'differ-b' },
      ],
      timeoutMs,
    },
    learnIds,
  ),
  ...atVersions('one that is there, and one that may not be', 'CreateTopics', {
    topics: [
      { ...topic, name: 'differ-a' },
      { ...topic, name: 'bad name!' },
    ],
    timeoutMs,
  }),
  ...atVersions('only asked', 'CreateTopics', version => ({
    topics: [{ ...topic, name: `asked-${version}` }],
    timeoutMs,
    validateOnly: true,
  })),
  ...['', '.', '..', 'x'.repeat(249), 'x'.repeat(250), '__consumer_offsets2', 'a.b', 'a_b', 'é'].flatMap(name =>
    atNewest(`the name ${name.slice(0, 10)} of ${name.length}`, 'CreateTopics', {
      topics: [{ ...topic, name }],
      timeoutMs,
      validateOnly: true,
    }),
  ),
  ...[0, -1, -2].flatMap(numPartitions =>
    atNewest(`${numPartitions} partitions`, 'CreateTopics', {
      topics: [{ ...topic, name: 'count', numPartitions }],
      timeoutMs,
      validateOnly: true,
    }),
  ),
  ...[0, -1, -2, 2, 32_767].flatMap(replicationFactor =>
    atNewest(`${replicationFactor} replicas`, 'CreateTopics', {
      topics: [{ ...topic, name: 'count', replicationFactor }],
      timeoutMs,
      validateOnly: true,
    }),
  ),
  ...Object.entries({
    'replicas by hand': [{ partitionIndex: 0, brokerIds: [1] }],
    'a broker that is not there': [{ partitionIndex: 0, brokerIds: [7] }],
    'a broker twice': [{ partitionIndex: 0, brokerIds: [1, 1] }],
    'no broker': [{ partitionIndex: 0, brokerIds: [] }],
    'a gap in the partitions': [{ partitionIndex: 1, brokerIds: [1] }],
  }).flatMap(([name, assignments]) =>
    atNewest(name, 'CreateTopics', {
      topics: [{ name: 'by-hand', numPartitions: -1, replicationFactor: -1, assignments, configs: [] }],
      timeoutMs,
      validateOnly: true,
    }),
  ),
  ...atNewest('counts and replicas by hand', 'CreateTopics', {
    topics: [{ ...topic, name: 'both', assignments: [{ partitionIndex: 0, brokerIds: [1] }] }],
    timeoutMs,
    validateOnly: true,
  }),
  ...Object.entries({
    'cleanup.policy': ['compact', 'delete,compact', 'compact,,delete', 'none', ''],
    'retention.ms': ['-1', '-2', '9223372036854775807', '9223372036854775808', 'x'],
    'segment.bytes': ['1', '14', '1048576', '2147483648'],
    'min.insync.replicas': ['0', '1', '2'],
    'compression.type': ['zstd', 'brotli', 'producer'],
    'message.timestamp.type': ['LogAppendTime', 'logappendtime'],
    'no.such.key': ['1'],
    'flush.messages': ['0', '1'],
    'unclean.leader.election.enable': ['true', 'yes'],
    'leader.replication.throttled.replicas': ['*', '0:1', '0:1,', 'nonsense'],
  }).flatMap(([name, values]) =>
    values.flatMap(value =>
      atNewest(`${name}=${value}`, 'CreateTopics', {
        topics: [{ ...topic, name: 'configured', configs: [{ name, value }] }],
        timeoutMs,
        validateOnly: true,
      }),
    ),
  ),
  ...atNewest('a setting without a value', 'CreateTopics', {
    topics: [{ ...topic, name: 'configured', configs: [{ name: 'retention.ms', value: null }] }],
    timeoutMs,
    validateOnly: true,
  }),
  ...atNewest('one name twice', 'CreateTopics', {
    topics: [
      { ...topic, name: 'twice' },
      { ...topic, name: 'twice' },
    ],
    timeoutMs,
  }),
  ...atNewest('nothing', 'CreateTopics', { topics: [], timeoutMs }),
  ...atNewest(
    'a topic with settings',
    'CreateTopics',
    {
      topics: [
        {
          ...topic,
          name: 'differ-configured',
          configs: [
            { name: 'retention.ms', value: '60000' },
            { name: 'cleanup.policy', value: 'compact' },
          ],
        },
      ],
      timeoutMs,
    },
    learnIds,
  ),

  ...atVersions('topics by name, and one that is missing', 'Metadata', {
    topics: [{ name: 'differ-a' }, { name: 'missing' }, { name: 'bad name!' }],
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: true,
  }),
  ...atVersions('every topic', 'Metadata', version => ({
    topics: version === 0 ? [] : null,
    allowAutoTopicCreation: false,
  })),
  ...atVersions(
    'a topic by id, and one that is missing',
    'Metadata',
    {
      topics: [
        { topicId: new Fact('id differ-a', unknownId), name: null },
        { topicId: unknownId, name: null },
      ],
      allowAutoTopicCreation: false,
    },
    { versions: [10, 11, 12, 13] },
  ),
  ...atVersions('pages of topics', 'DescribeTopicPartitions', {
    topics: [{ name: 'differ-b' }, { name: 'differ-a' }, { name: 'missing' }],
    responsePartitionLimit: 3,
  }),
  ...atNewest('from a place', 'DescribeTopicPartitions', {
    topics: [{ name: 'differ-a' }, { name: 'differ-b' }],
    responsePartitionLimit: 1,
    cursor: { topicName: 'differ-a', partitionIndex: 1 },
  }),
  ...atNewest('from a place before the first', 'DescribeTopicPartitions', {
    topics: [],
    cursor: { topicName: 'a', partitionIndex: -1 },
  }),

  ...atVersions('settings of topics', 'DescribeConfigs', {
    resources: [
      {
        resourceType: 2,
        resourceName: 'differ-configured',
        configurationKeys: ['retention.ms', 'cleanup.policy', 'no.such.key'],
      },
      { resourceType: 2, resourceName: 'missing', configurationKeys: null },
      { resourceType: 2, resourceName: 'bad name!', configurationKeys: [] },
    ],
    includeSynonyms: true,
    includeDocumentation: false,
  }),
  ...atNewest('every setting of a topic', 'DescribeConfigs', {
    resources: [{ resourceType: 2, resourceName: 'differ-a', configurationKeys: null }],
    includeSynonyms: true,
  }),
  ...atNewest('every setting of the broker', 'DescribeConfigs', {
    resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }],
    includeSynonyms: true,
  }),
  ...atNewest('settings of all brokers', 'DescribeConfigs', {
    resources: [{ resourceType: 4, resourceName: '', configurationKeys: null }],
  }),
  ...atNewest('settings of what is not there', 'DescribeConfigs', {
    resources: [0, 1, 3, 8, 16, 32, 99].map(resourceType => ({
      resourceType,
      resourceName: 'x',
      configurationKeys: null,
    })),
  }),
  ...atNewest('settings of another broker', 'DescribeConfigs', {
    resources: ['7', 'one', '-1'].map(resourceName => ({ resourceType: 4, resourceName, configurationKeys: null })),
  }),

  ...atVersions('partitions that are there already', 'CreatePartitions', {
    topics: [
      { name: 'differ-b', count: 2, assignments: null },
      { name: 'missing', count: 3, assignments: null },
    ],
    timeoutMs,
  }),
  ...atNewest('more partitions', 'CreatePartitions', {
    topics: [{ name: 'differ-b', count: 3, assignments: null }],
    timeoutMs,
  }),
  ...[0, -1, 1].flatMap(count =>
    atNewest(`${count} partitions`, 'CreatePartitions', {
      topics: [{ name: 'differ-b', count, assignments: null }],
      timeoutMs,
    }),
  ),
  ...Object.entries({
    'by hand': [{ brokerIds: [1] }],
    'too few': [],
    'too many': [{ brokerIds: [1] }, { brokerIds: [1] }],
    'on no broker': [{ brokerIds: [9] }],
  }).flatMap(([name, assignments]) =>
    atNewest(`more partitions ${name}`, 'CreatePartitions', {
      topics: [{ name: 'differ-b', count: 4, assignments }],
      timeoutMs,
      validateOnly: true,
    }),
  ),
]

/** Last of all. */
export const deletionSteps: readonly Step[] = [
  ...atVersions('what is not there', 'DeleteTopics', {
    topicNames: ['missing'],
    topics: [{ name: 'missing' }],
    timeoutMs,
  }),
  ...atNewest('by an id that is not there', 'DeleteTopics', {
    topics: [{ name: null, topicId: unknownId }],
    timeoutMs,
  }),
  ...atNewest('by both', 'DeleteTopics', {
    topics: [{ name: 'differ-a', topicId: new Fact('id differ-a', unknownId) }],
    timeoutMs,
  }),
  ...atNewest('by neither', 'DeleteTopics', { topics: [{ name: null }], timeoutMs }),
  ...atNewest('by id', 'DeleteTopics', {
    topics: [{ name: null, topicId: new Fact('id differ-a', unknownId) }],
    timeoutMs,
  }),
  ...atVersions(
    'by name',
    'DeleteTopics',
    { topicNames: ['differ-b'], topics: [{ name: 'differ-b' }], timeoutMs },
    { versions: [5] },
  ),
]
