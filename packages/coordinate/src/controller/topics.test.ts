import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CreateTopicsRequestCreatableTopic,
  createMessage,
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  errorOf,
} from '@dorsale/protocol'
import { configResourceTypes } from '../metadata/image.ts'
import { directoryOf, TestController } from '../testing/test-controller.ts'

type Topic = Partial<CreateTopicsRequestCreatableTopic>

function create(controller: TestController, topics: Topic[], options: { validateOnly?: boolean } = {}) {
  const request = createMessage(createTopicsRequest, {
    topics: topics.map(topic => ({ numPartitions: -1, replicationFactor: -1, ...topic })),
    ...options,
  })
  return controller.run(each => each.createTopics(request)).topics
}

function withBrokers(...brokers: number[]): TestController {
  const controller = new TestController({ config: { partitionCountDefault: 2 } })
  for (const id of brokers) controller.addBroker(id)
  return controller
}

test('a topic is created as Kafka writes it: topic, settings, partitions', () => {
  const controller = withBrokers(1)
  const [result] = create(controller, [{ name: 'a', configs: [{ name: 'retention.ms', value: '5' }] }])
  const directory = directoryOf(1)
  assert.deepEqual(controller.story, [
    'TopicRecord name="a"',
    'ConfigRecord resourceType=2 resourceName="a" name="retention.ms" value="5"',
    ...[0, 1].map(
      id =>
        `PartitionRecord partitionId=${id} replicas=[1] isr=[1] removingReplicas=[] addingReplicas=[] leader=1 leaderRecoveryState=0 leaderEpoch=0 partitionEpoch=0 directories=["${directory}"]`,
    ),
  ])
  const topic = controller.metadata.topicsByName.get('a')!
  assert.deepEqual(result, {
    name: 'a',
    topicId: topic.id,
    errorCode: 0,
    errorMessage: null,
    topicConfigErrorCode: 0,
    numPartitions: 2,
    replicationFactor: 1,
    configs: [{ name: 'retention.ms', value: '5', readOnly: false, configSource: 1, isSensitive: false }],
  })
  assert.equal(controller.metadata.configsOf(configResourceTypes.TOPIC, 'a').get('retention.ms'), '5')
})

const refused: [string, Topic, string, string | RegExp][] = [
  ['exists', { name: 'exists' }, 'TOPIC_ALREADY_EXISTS', "Topic 'exists' already exists."],
  ['empty name', { name: '' }, 'INVALID_TOPIC_EXCEPTION', 'Topic name is invalid: the empty string is not allowed'],
  ['dot', { name: '.' }, 'INVALID_TOPIC_EXCEPTION', "Topic name is invalid: '.' is not allowed"],
  ['dots', { name: '..' }, 'INVALID_TOPIC_EXCEPTION', "Topic name is invalid: '..' is not allowed"],
  ['249 + 1', { name: 'x'.repeat(250) }, 'INVALID_TOPIC_EXCEPTION', /is longer than the max allowed length 249$/],
  [
    'space',
    { name: 'a b' },
    'INVALID_TOPIC_EXCEPTION',
    "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  ['collision', { name: 'a.b' }, 'INVALID_TOPIC_EXCEPTION', "Topic 'a.b' collides with existing topic: a_b"],
  [
    'metadata topic',
    { name: '__cluster_metadata' },
    'INVALID_REQUEST',
    'Creation of internal topic __cluster_metadata is prohibited.',
  ],
  [
    'no partitions',
    { name: 'x', numPartitions: 0 },
    'INVALID_PARTITIONS',
    'Number of partitions was set to an invalid non-positive value.',
  ],
  ['negative partitions', { name: 'x', numPartitions: -2 }, 'INVALID_PARTITIONS', /non-positive/],
  [
    'no replicas',
    { name: 'x', replicationFactor: 0 },
    'INVALID_REPLICATION_FACTOR',
    'Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'too many replicas',
    { name: 'x', replicationFactor: 3 },
    'INVALID_REPLICATION_FACTOR',
    'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered or some brokers have all their log directories cordoned.',
  ],
  ['unknown setting', { name: 'x', configs: [{ name: 'no.such', value: '1' }] }, 'INVALID_CONFIG', /no\.such/],
  [
    'null setting',
    { name: 'x', configs: [{ name: 'retention.ms', value: null }] },
    'INVALID_CONFIG',
    'Null value not supported for topic configs: retention.ms',
  ],
  [
    'assignment and replication factor',
    { name: 'x', replicationFactor: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
    'INVALID_REQUEST',
    'A manual partition assignment was specified, but replication factor was not set to -1.',
  ],
  [
    'assignment and partitions',
    { name: 'x', numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
    'INVALID_REQUEST',
    'A manual partition assignment was specified, but numPartitions was not set to -1.',
  ],
  [
    'assignment with a gap',
    { name: 'x', assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
    'INVALID_REPLICA_ASSIGNMENT',
    'partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'assignment twice',
    {
      name: 'x',
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 0, brokerIds: [2] },
      ],
    },
    'INVALID_REPLICA_ASSIGNMENT',
    'Found multiple manual partition assignments for partition 0',
  ],
  [
    'assignment to nobody',
    { name: 'x', assignments: [{ partitionIndex: 0, brokerIds: [] }] },
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes an empty replica list.',
  ],
  [
    'assignment to a stranger',
    { name: 'x', assignments: [{ partitionIndex: 0, brokerIds: [1, 9] }] },
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes broker 9, but no such broker is registered.',
  ],
  [
    'assignment to one twice',
    { name: 'x', assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] },
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes the broker 1 more than once.',
  ],
  [
    'uneven assignments',
    {
      name: 'x',
      assignments: [
        { partitionIndex: 0, brokerIds: [1, 2] },
        { partitionIndex: 1, brokerIds: [1] },
      ],
    },
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).',
  ],
]

for (const [name, topic, error, message] of refused) {
  test(`refused: ${name}`, () => {
    const controller = withBrokers(1, 2)
    create(controller, [{ name: 'exists' }, { name: 'a_b' }])
    const [result, good] = create(controller, [topic, { name: 'good' }])
    assert.equal(errorOf(result!.errorCode).name, error)
    if (typeof message === 'string') assert.equal(result!.errorMessage, message)
    else assert.match(result!.errorMessage ?? '', message)
    assert.equal(good!.errorCode, 0, 'the other topic of the request is created')
    assert.deepEqual(new Set(controller.metadata.topicsByName.keys()), new Set(['exists', 'a_b', 'good']))
  })
}

test('without a live broker nothing can be placed', () => {
  const controller = new TestController()
  controller.addBroker(1, { unfenced: false })
  const [automatic, manual] = create(controller, [
    { name: 'a' },
    { name: 'b', assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
  ])
  assert.equal(
    automatic!.errorMessage,
    'Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log directories cordoned.',
  )
  assert.equal(
    manual!.errorMessage,
    'All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown.',
  )
})

test('a name that stands twice is refused once, and neither is created', () => {
  const controller = withBrokers(1)
  const results = create(controller, [{ name: 'a' }, { name: 'b' }, { name: 'a' }])
  assert.deepEqual(
    results.map(({ name, errorCode, errorMessage }) => [name, errorOf(errorCode).name, errorMessage]),
    [
      ['b', 'NONE', null],
      ['a', 'INVALID_REQUEST', 'Duplicate topic name.'],
    ],
  )
})

test('validateOnly answers as if, and writes nothing', () => {
  const controller = withBrokers(1)
  const [result] = create(controller, [{ name: 'a', numPartitions: 3 }], { validateOnly: true })
  assert.equal(result!.numPartitions, 3)
  assert.deepEqual(controller.records, [])
  assert.equal(controller.metadata.topicsByName.size, 0)
})

test('a request for more than 10000 partitions is refused as a whole', () => {
  const controller = withBrokers(1)
  const results = create(controller, [
    { name: 'a', numPartitions: 9999 },
    { name: 'b', numPartitions: 2 },
  ])
  for (const { errorCode, errorMessage } of results) {
    assert.equal(errorOf(errorCode).name, 'POLICY_VIOLATION')
    assert.equal(errorMessage, 'Excessively large number of partitions per request.')
  }
  assert.equal(create(controller, [{ name: 'a', numPartitions: 10_000 }])[0]!.errorCode, 0)
})

test('below metadata.version 3.7 partitions have no directories, and below 4.0 no ELR', () => {
  const versions: [number, number][] = [
    [16, 0],
    [17, 1],
    [22, 1],
    [23, 2],
  ]
  for (const [level, version] of versions) {
    const controller = new TestController({ features: new Map([['metadata.version', level]]) })
    controller.addBroker(1)
    create(controller, [{ name: 'a' }])
    assert.equal(controller.records.find(record => record.type === 'PartitionRecord')?.version, version)
  }
})

function remove(controller: TestController, topics: { name?: string | null; topicId?: string }[]) {
  const request = createMessage(deleteTopicsRequest, { topics })
  return controller
    .run(each => each.deleteTopics(request))
    .responses.map(({ name, errorCode, errorMessage }) => [name, errorOf(errorCode).name, errorMessage])
}

test('topics are deleted by name and by id, with their settings', () => {
  const controller = withBrokers(1)
  create(controller, [{ name: 'a', configs: [{ name: 'retention.ms', value: '5' }] }, { name: 'b' }, { name: 'c' }])
  const topicId = controller.metadata.topicsByName.get('b')!.id
  assert.deepEqual(remove(controller, [{ name: 'a' }, { topicId }]), [
    ['a', 'NONE', null],
    ['b', 'NONE', null],
  ])
  assert.deepEqual([...controller.metadata.topicsByName.keys()], ['c'])
  assert.equal(controller.metadata.configsOf(configResourceTypes.TOPIC, 'a').size, 0)
  create(controller, [{ name: 'a' }])
  assert.notEqual(controller.metadata.topicsByName.get('a')!.id, topicId)
})

test('deletions that contradict themselves are refused one by one', () => {
  const controller = withBrokers(1)
  create(controller, [{ name: 'a' }, { name: 'b' }])
  const idOfB = controller.metadata.topicsByName.get('b')!.id
  const stranger = directoryOf(77)
  assert.deepEqual(
    remove(controller, [
      { name: 'none' },
      { topicId: stranger },
      { name: null },
      { name: 'a', topicId: idOfB },
      { topicId: idOfB },
      { name: 'b' },
      { name: 'd' },
      { name: 'd' },
      { topicId: directoryOf(78) },
      { topicId: directoryOf(78) },
    ]),
    [
      ['none', 'UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.'],
      [null, 'UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.'],
      [null, 'INVALID_REQUEST', 'Neither topic name nor id were specified.'],
      ['a', 'INVALID_REQUEST', 'You may not specify both topic name and topic id.'],
      ['b', 'NONE', null],
      ['b', 'INVALID_REQUEST', 'The provided topic name maps to an ID that was already supplied.'],
      ['d', 'INVALID_REQUEST', 'Duplicate topic name.'],
      [null, 'INVALID_REQUEST', 'Duplicate topic id.'],
    ],
  )
})

test('deletion can be switched off', () => {
  const controller = new TestController({ config: { topicDeletionEnabled: false } })
  assert.throws(() => remove(controller, [{ name: 'a' }]), { errorName: 'TOPIC_DELETION_DISABLED' })
})

function grow(controller: TestController, name: string, count: number, assignments: number[][] | null = null) {
  const request = createMessage(createPartitionsRequest, {
    topics: [{ name, count, assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null }],
  })
  const [result] = controller.run(each => each.createPartitions(request)).results
  return [errorOf(result!.errorCode).name, result!.errorMessage]
}

test('partitions are added, placed as asked or by the controller', () => {
  const controller = withBrokers(1, 2)
  create(controller, [{ name: 'a' }])
  assert.deepEqual(grow(controller, 'a', 3), ['NONE', null])
  assert.deepEqual(grow(controller, 'a', 4, [[2]]), ['NONE', null])
  const { partitions } = controller.metadata.topicsByName.get('a')!
  assert.equal(partitions.length, 4)
  assert.deepEqual(partitions[3]!.replicas, [2])
  assert.deepEqual(grow(controller, 'a', 4), ['INVALID_PARTITIONS', 'Topic already has 4 partition(s).'])
  assert.deepEqual(grow(controller, 'a', 1), [
    'INVALID_PARTITIONS',
    'The topic a currently has 4 partition(s); 1 would not be an increase.',
  ])
  assert.deepEqual(grow(controller, 'a', 6, [[1]]), [
    'INVALID_REPLICA_ASSIGNMENT',
    'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
  ])
  assert.equal(grow(controller, 'z', 6)[0], 'UNKNOWN_TOPIC_OR_PARTITION')
})
