import { apiNamed, atNewest, atVersions, type Loose, type Step } from '../step.ts'

const timeoutMs = 5000
const changed = (resourceType: number, resourceName: string, configs: readonly Loose[]) => ({
  resources: [{ resourceType, resourceName, configs }],
  validateOnly: false,
})
const set = (name: string, value: string | null, configOperation = 0) => ({ name, configOperation, value })

/** Settings altered, records deleted, and what an operator looks at. */
export const administrationSteps: readonly Step[] = [
  ...atVersions('a retention', 'IncrementalAlterConfigs', changed(2, 'differ-a', [set('retention.ms', '70000')])),
  ...atNewest('a key that is not there', 'IncrementalAlterConfigs', changed(2, 'differ-a', [set('no.such.key', '1')])),
  ...atNewest('a value that cannot be', 'IncrementalAlterConfigs', changed(2, 'differ-a', [set('retention.ms', 'x')])),
  ...atNewest('a value of null', 'IncrementalAlterConfigs', changed(2, 'differ-a', [set('retention.ms', null)])),
  ...atNewest(
    'a key twice',
    'IncrementalAlterConfigs',
    changed(2, 'differ-a', [set('retention.ms', '1'), set('retention.ms', '2')]),
  ),
  ...atNewest(
    'an operation that is not there',
    'IncrementalAlterConfigs',
    changed(2, 'differ-a', [set('retention.ms', '1', 9)]),
  ),
  ...atNewest(
    'appended to what is no list',
    'IncrementalAlterConfigs',
    changed(2, 'differ-a', [set('retention.ms', '1', 2)]),
  ),
  ...atNewest(
    'appended to a list',
    'IncrementalAlterConfigs',
    changed(2, 'differ-a', [set('cleanup.policy', 'compact', 2)]),
  ),
  ...atNewest(
    'taken from a list',
    'IncrementalAlterConfigs',
    changed(2, 'differ-a', [set('cleanup.policy', 'compact', 3)]),
  ),
  ...atNewest('deleted', 'IncrementalAlterConfigs', changed(2, 'differ-a', [set('retention.ms', null, 1)])),
  ...atNewest(
    'a topic that is not there',
    'IncrementalAlterConfigs',
    changed(2, 'missing', [set('retention.ms', '1')]),
  ),
  ...atNewest('a resource of no kind', 'IncrementalAlterConfigs', changed(99, 'x', [set('retention.ms', '1')])),
  ...atNewest('a setting of the broker', 'IncrementalAlterConfigs', changed(4, '1', [set('log.cleaner.threads', '2')])),
  ...atNewest(
    'a setting that only a start can change',
    'IncrementalAlterConfigs',
    changed(4, '1', [set('process.roles', 'broker')]),
  ),
  ...atNewest(
    'a setting of all brokers',
    'IncrementalAlterConfigs',
    changed(4, '', [set('message.max.bytes', '2000000')]),
  ),
  ...atNewest(
    'a setting of another broker',
    'IncrementalAlterConfigs',
    changed(4, '9', [set('message.max.bytes', '2000000')]),
  ),
  ...atNewest(
    'a setting of a group',
    'IncrementalAlterConfigs',
    changed(32, 'differ-group', [set('consumer.session.timeout.ms', '50000')]),
  ),
  // Kafka's broker hears of a change some time after its controller has answered.
  ...atVersions(
    'settings after the changes',
    'DescribeConfigs',
    {
      resources: [
        {
          resourceType: 2,
          resourceName: 'differ-a',
          configurationKeys: ['retention.ms', 'cleanup.policy', 'max.message.bytes'],
        },
        { resourceType: 4, resourceName: '1', configurationKeys: ['log.cleaner.threads', 'message.max.bytes'] },
        { resourceType: 4, resourceName: '', configurationKeys: null },
        { resourceType: 32, resourceName: 'differ-group', configurationKeys: null },
      ],
      includeSynonyms: true,
    },
    {
      versions: [4],
      until: ({ results }) => results.at(-1)?.configs.some(({ value }: Loose) => value === '50000'),
    },
  ),
  ...atVersions('all of them replaced', 'AlterConfigs', {
    resources: [{ resourceType: 2, resourceName: 'differ-a', configs: [{ name: 'segment.bytes', value: '2097152' }] }],
    validateOnly: false,
  }),
  ...atNewest('taken back', 'IncrementalAlterConfigs', changed(4, '', [set('message.max.bytes', null, 1)])),

  ...atVersions('up to the third', 'DeleteRecords', {
    topics: [{ name: 'differ-a', partitions: [{ partitionIndex: 0, offset: 3 }] }],
    timeoutMs,
  }),
  ...[-1, -2, 1, 1000].flatMap(offset =>
    atNewest(`up to ${offset}`, 'DeleteRecords', {
      topics: [{ name: 'differ-b', partitions: [{ partitionIndex: 0, offset }] }],
      timeoutMs,
    }),
  ),
  ...atNewest('of what is not there', 'DeleteRecords', {
    topics: [
      { name: 'missing', partitions: [{ partitionIndex: 0, offset: 1 }] },
      { name: 'differ-configured', partitions: [{ partitionIndex: 0, offset: 1 }] },
    ],
    timeoutMs,
  }),
  ...atVersions('of two topics', 'DescribeLogDirs', {
    topics: [
      { topic: 'differ-configured', partitions: [0] },
      { topic: 'missing', partitions: [0] },
    ],
  }),
  ...atNewest('of a partition', 'DescribeProducers', {
    topics: [
      { name: 'differ-a', partitionIndexes: [1, 9] },
      { name: 'missing', partitionIndexes: [0] },
    ],
  }),
  ...atVersions('of the preferred', 'ElectLeaders', {
    electionType: 0,
    topicPartitions: [
      { topic: 'differ-a', partitions: [0, 9] },
      { topic: 'missing', partitions: [0] },
    ],
    timeoutMs,
  }),
  ...atNewest('of the unclean', 'ElectLeaders', {
    electionType: 1,
    topicPartitions: [{ topic: 'differ-a', partitions: [0] }],
    timeoutMs,
  }),
  ...atNewest('of all', 'ElectLeaders', { electionType: 0, topicPartitions: null, timeoutMs }),
  ...atVersions('to the broker that is there, and to one that is not', 'AlterPartitionReassignments', {
    timeoutMs,
    topics: [
      {
        name: 'differ-a',
        partitions: [
          { partitionIndex: 0, replicas: [1] },
          { partitionIndex: 1, replicas: [7] },
          { partitionIndex: 9, replicas: null },
        ],
      },
      { name: 'missing', partitions: [{ partitionIndex: 0, replicas: [1] }] },
    ],
  }),
  ...atVersions('none', 'ListPartitionReassignments', { timeoutMs, topics: null }),
  ...atVersions('none', 'DescribeClientQuotas', { components: [], strict: false }),
  ...atVersions('a quota', 'AlterClientQuotas', {
    entries: [
      {
        entity: [{ entityType: 'user', entityName: 'differ' }],
        ops: [{ key: 'consumer_byte_rate', value: 1000, remove: false }],
      },
    ],
    validateOnly: false,
  }),
  ...atVersions(
    'the quota',
    'DescribeClientQuotas',
    { components: [{ entityType: 'user', matchType: 0, match: 'differ' }], strict: false },
    {
      versions: [apiNamed('DescribeClientQuotas').stableVersionMax],
      // Kafka's broker may hear of it after its controller has answered.
      until: ({ entries }) => entries?.length > 0,
    },
  ),
  ...atVersions('none', 'ListTransactions', { stateFilters: [], producerIdFilters: [], durationFilter: -1 }),
  ...atVersions('one that is not there', 'DescribeTransactions', { transactionalIds: ['missing'] }),
  ...atVersions('any', 'DescribeAcls', {
    resourceTypeFilter: 1,
    patternTypeFilter: 1,
    operation: 1,
    permissionType: 1,
  }),
  ...atVersions('none', 'DescribeUserScramCredentials', { users: null }),
]
