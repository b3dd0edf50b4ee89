import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apis } from '@dorsale/protocol'
import { encodedRequest } from './asked-broker.ts'
import { comparable } from './comparable.ts'
import { differencesOf } from './differences.ts'
import { elementName } from './element-name.ts'
import { expectedDifferences } from './expected.ts'
import { generatedSteps } from './generated.ts'
import { administrationSteps } from './scenarios/administration.ts'
import { clusterSteps } from './scenarios/cluster.ts'
import { groupSteps } from './scenarios/groups.ts'
import { recordSteps } from './scenarios/records.ts'
import { deletionSteps, topicSteps } from './scenarios/topics.ts'
import { Fact, requestFor, type Step } from './step.ts'
import { verdictOf } from './verdict.ts'

test('differences are found field by field, and elements of lists by their names', () => {
  const ours = {
    topics: [
      { name: 'b', errorCode: 3 },
      { name: 'a', partitions: [{ partitionIndex: 0, leader: 1 }] },
    ],
    same: [1, 2],
  }
  const theirs = {
    topics: [{ name: 'a', partitions: [{ partitionIndex: 0, leader: 2 }] }, { name: 'b', errorCode: 3 }, { name: 'c' }],
    same: [1, 2],
  }
  assert.deepEqual(differencesOf(ours, theirs), [
    { path: 'topics[a].partitions[0].leader', dorsale: 1, kafka: 2 },
    { path: 'topics[c]', dorsale: undefined, kafka: { name: 'c' } },
  ])
})

test('what a broker draws for itself is masked; what says that there is nothing is not', () => {
  const response = {
    clusterId: 'MkU3OEVBNTcwNTJENDM2Qg',
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    host: '127.0.0.1',
    port: 20_900,
    value: 'PLAINTEXT://127.0.0.1:20900,CONTROLLER://127.0.0.1:20901',
    producerId: -1n,
    memberId: 'differ-1b4e28ba-2fa1-11d2-883f-0016d3cca427',
    logAppendTimeMs: Date.now(),
    timestamp: 1_000_000,
  }
  assert.deepEqual(comparable(response, 20_900), {
    clusterId: '#drawn',
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    host: '127.0.0.1',
    port: '#port',
    value: 'PLAINTEXT://127.0.0.1:#port,CONTROLLER://127.0.0.1:#port',
    producerId: '-1',
    memberId: '#drawn',
    logAppendTimeMs: '#now',
    timestamp: 1_000_000,
  })
})

test('a difference without a row fails, one with a row is counted, a row without a difference is named', () => {
  const difference = (path: string) => ({ path, dorsale: 0, kafka: 1 })
  const found = [
    { step: 'Fetch: a', version: 4, differences: [difference('topics[a].x'), difference('errorMessage')] },
    { step: 'Fetch: a', version: 5, differences: [difference('topics[a].x')] },
  ]
  const rows = [
    { step: '*', path: '*Message', reason: 'r' },
    { step: 'Fetch: b', path: '*', reason: 'r' },
  ]
  const { unexpected, expectedCount, idle } = verdictOf(found, rows)
  assert.deepEqual(unexpected, ['Fetch: a | topics[a].x: 0 where Kafka has 1 (v4, v5)'])
  assert.equal(expectedCount, 1)
  assert.deepEqual(idle, [rows[1]])
})

test('a row may say what Kafka has, and explains nothing else', () => {
  const found = [0, 1].map(kafka => ({
    step: 'Fetch: a',
    version: 4,
    differences: [{ path: 'errorCode', dorsale: 3, kafka }],
  }))
  const { unexpected } = verdictOf(found, [{ step: 'Fetch: *', path: 'errorCode', kafka: 1, reason: 'r' }])
  assert.deepEqual(unexpected, ['Fetch: a | errorCode: 3 where Kafka has 0 (v4)'])
})

test('what Kafka has may be told by a question', () => {
  const difference = (kafka: unknown) => ({ path: 'results[a]', dorsale: undefined, kafka })
  const found = [
    { step: 'Fetch: a', version: 4, differences: [difference({ errorCode: 42 }), difference({ errorCode: 3 })] },
  ]
  const isRefused = (element: unknown) => (element as { errorCode: number }).errorCode === 42
  const { unexpected } = verdictOf(found, [{ step: 'Fetch: *', path: 'results[*]', kafka: isRefused, reason: 'r' }])
  assert.deepEqual(unexpected, ['Fetch: a | results[a]: nothing where Kafka has {"errorCode":3} (v4)'])
})

test('elements with an empty name are found by it, and nothing is told of where they stand', () => {
  const topics = [{ name: '', errorCode: 3 }, { name: 'a' }, { name: 'b' }]
  const answers = [{ topics }, { topics: topics.toReversed() }]
  assert.deepEqual(differencesOf(comparable(answers[0]!, 1), comparable(answers[1]!, 1)), [])
  const lacking = { topics: topics.slice(1) }
  assert.deepEqual(
    differencesOf(comparable(lacking, 1), comparable(answers[0]!, 1)).map(({ path }) => path),
    ['topics[]'],
  )
})

test('elements that brokers name in no order are found by what names them', () => {
  const users = [{ user: 'a', errorCode: 33 }, { user: '' }, { user: 'b' }]
  const part = (entityType: string) => ({ entityType, entityName: null })
  const entries = [{ entity: [part('user'), part('client-id')], errorCode: 42 }, { entity: [part('ip')] }]
  const reversed = entries.toReversed().map(({ entity, ...rest }) => ({ ...rest, entity: entity.toReversed() }))
  const answers = [
    { users, entries },
    { users: users.toReversed(), entries: reversed },
  ] as const
  assert.deepEqual(differencesOf(comparable(answers[0], 1), comparable(answers[1], 1)), [])
})

test('what each broker fills in for itself names an element too: a topic is asked for once', () => {
  const element = { topicId: new Fact('id a', 'x') }
  assert.equal(elementName(element), elementName({ topicId: new Fact('id a', 'y') }))
  assert.notEqual(elementName(element), elementName({ topicId: new Fact('id b', 'x') }))
})

test('every request that is written or generated can be sent, at each of its versions', () => {
  const written = [clusterSteps, topicSteps, recordSteps, groupSteps, administrationSteps, deletionSteps].flat()
  const generated = generatedSteps({ seed: 1, count: 1, serves: () => true })
  assert.ok(generated.length > 150)
  for (const step of [...written, ...generated]) encodedRequest(step, new Map())
  // Facts are each broker's own, and a field that a version lacks is left out.
  const step = { ...(generated[0] as Step), version: 12, api: apis.get(1) as Step['api'] }
  const request = { topics: [{ topic: 'a', topicId: new Fact('id a', 'x'), partitions: [] }], rackId: 'r' }
  assert.deepEqual(requestFor({ ...step, request }, new Map([['id a', 'y']])), {
    topics: [{ topic: 'a', partitions: [] }],
    rackId: 'r',
  })
  assert.deepEqual(
    requestFor({ ...step, version: 13, request: { topics: request.topics } }, new Map([['id a', 'y']])),
    {
      topics: [{ topicId: 'y', partitions: [] }],
    },
  )
})

test('every expected difference has a reason, and none of them expects everything', () => {
  for (const { step, path, reason } of expectedDifferences) {
    assert.ok(reason.length > 20)
    assert.ok(step !== '*' || path !== '*')
  }
})
