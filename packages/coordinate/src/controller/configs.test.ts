import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alterConfigsRequest,
  createMessage,
  createTopicsRequest,
  errorOf,
  incrementalAlterConfigsRequest,
} from '@dorsale/protocol'
import { type ConfigResourceType, configResourceTypes } from '../metadata/image.ts'
import { TestController } from '../testing/test-controller.ts'

const { TOPIC, BROKER, GROUP } = configResourceTypes
const SET = 0
const DELETE = 1
const APPEND = 2
const SUBTRACT = 3

function withTopic(): TestController {
  const controller = new TestController()
  controller.addBroker(1)
  const topics = [{ name: 'a', numPartitions: 1, replicationFactor: 1 }]
  controller.run(each => each.createTopics(createMessage(createTopicsRequest, { topics })))
  return controller
}

type Operation = [key: string, operation: number, value: string | null]

function alter(
  controller: TestController,
  resourceType: number,
  resourceName: string,
  operations: Operation[],
  options: { validateOnly?: boolean } = {},
) {
  const configs = operations.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  const request = createMessage(incrementalAlterConfigsRequest, {
    resources: [{ resourceType, resourceName, configs }],
    ...options,
  })
  const [response] = controller.run(each => each.incrementalAlterConfigs(request)).responses
  return [errorOf(response!.errorCode).name, response!.errorMessage]
}

const settings = (controller: TestController, type: ConfigResourceType, name: string) =>
  Object.fromEntries(controller.metadata.configsOf(type, name))

test('keys are set and deleted, and what does not change is not written', () => {
  const controller = withTopic()
  assert.deepEqual(alter(controller, TOPIC, 'a', [['retention.ms', SET, '5']]), ['NONE', null])
  assert.deepEqual(settings(controller, TOPIC, 'a'), { 'retention.ms': '5' })
  assert.deepEqual(controller.story, ['ConfigRecord resourceType=2 resourceName="a" name="retention.ms" value="5"'])
  alter(controller, TOPIC, 'a', [['retention.ms', SET, '5']])
  assert.deepEqual(controller.records, [])
  alter(controller, TOPIC, 'a', [['retention.ms', DELETE, null]])
  assert.deepEqual(controller.story, ['ConfigRecord resourceType=2 resourceName="a" name="retention.ms"'])
  assert.deepEqual(settings(controller, TOPIC, 'a'), {})
})

test('lists are appended to and subtracted from, starting from the default', () => {
  const controller = withTopic()
  alter(controller, TOPIC, 'a', [['cleanup.policy', APPEND, 'compact,delete']])
  assert.deepEqual(settings(controller, TOPIC, 'a'), { 'cleanup.policy': 'delete,compact' })
  alter(controller, TOPIC, 'a', [['cleanup.policy', SUBTRACT, 'delete']])
  assert.deepEqual(settings(controller, TOPIC, 'a'), { 'cleanup.policy': 'compact' })
  assert.deepEqual(alter(controller, TOPIC, 'a', [['retention.ms', APPEND, '1']]), [
    'INVALID_CONFIG',
    "Can't APPEND to key retention.ms because its type is not LIST.",
  ])
})

test('validateOnly checks and writes nothing', () => {
  const controller = withTopic()
  assert.deepEqual(alter(controller, TOPIC, 'a', [['retention.ms', SET, '5']], { validateOnly: true }), ['NONE', null])
  assert.deepEqual(settings(controller, TOPIC, 'a'), {})
})

const refused: [string, number, string, Operation[], string, RegExp][] = [
  [
    'unknown topic',
    TOPIC,
    'none',
    [['retention.ms', SET, '5']],
    'UNKNOWN_TOPIC_OR_PARTITION',
    /^The topic 'none' does not exist\.$/,
  ],
  [
    'all topics',
    TOPIC,
    '',
    [['retention.ms', SET, '5']],
    'INVALID_REQUEST',
    /^Default topic resources are not allowed\.$/,
  ],
  ['all groups', GROUP, '', [], 'INVALID_REQUEST', /^Default group resources are not allowed\.$/],
  ['a broker by name', BROKER, 'one', [], 'INVALID_REQUEST', /^Unable to parse broker name as a base 10 number\.$/],
  ['a negative broker', BROKER, '-1', [], 'INVALID_REQUEST', /^Invalid negative broker ID\.$/],
  ['an unknown broker', BROKER, '7', [], 'BROKER_ID_NOT_REGISTERED', /7/],
  ['an unknown kind', 99, 'a', [], 'INVALID_REQUEST', /^Unknown resource type 99$/],
  ['a bad value', TOPIC, 'a', [['retention.ms', SET, 'x']], 'INVALID_CONFIG', /Invalid value x/],
  ['a huge value', TOPIC, 'a', [['cleanup.policy', SET, 'x'.repeat(32768)]], 'INVALID_CONFIG', /maximum value size/],
  ['no value', TOPIC, 'a', [['retention.ms', SET, null]], 'INVALID_REQUEST', /retention\.ms/],
  [
    'a key twice',
    TOPIC,
    'a',
    [
      ['retention.ms', SET, '1'],
      ['retention.ms', DELETE, null],
    ],
    'INVALID_REQUEST',
    /duplicate config keys/,
  ],
  [
    'the minimum ISR of one broker, with ELR',
    BROKER,
    '1',
    [['min.insync.replicas', SET, '2']],
    'INVALID_CONFIG',
    /Broker-level min.insync.replicas/,
  ],
]

for (const [name, type, resource, operations, error, message] of refused) {
  test(`refused: ${name}`, () => {
    const controller = withTopic()
    const [code, text] = alter(controller, type, resource, operations)
    assert.equal(code, error)
    assert.match(text ?? '', message)
    assert.deepEqual(controller.records, [])
  })
}

test('with ELR, the cluster always has a minimum ISR, and a change of it clears who is eligible', () => {
  const controller = withTopic()
  const key = 'min.insync.replicas'
  assert.deepEqual(alter(controller, BROKER, '', [[key, SET, '2']]), ['NONE', null])
  assert.deepEqual(controller.story.at(-1), 'ClearElrRecord topicName=""')
  assert.equal(alter(controller, BROKER, '', [[key, DELETE, null]])[0], 'INVALID_CONFIG')
  alter(controller, TOPIC, 'a', [[key, SET, '3']])
  assert.deepEqual(controller.story.at(-1), 'ClearElrRecord topicName="a"')
})

test('AlterConfigs replaces all of a resource, and refuses one that stands twice', () => {
  const controller = withTopic()
  alter(controller, TOPIC, 'a', [['retention.ms', SET, '5']])
  const replace = (resources: object[]) => {
    const request = createMessage(alterConfigsRequest, { resources })
    return controller.run(each => each.alterConfigs(request)).responses.map(each => errorOf(each.errorCode).name)
  }
  const resource = { resourceType: TOPIC, resourceName: 'a', configs: [{ name: 'cleanup.policy', value: 'compact' }] }
  assert.deepEqual(replace([resource]), ['NONE'])
  assert.deepEqual(settings(controller, TOPIC, 'a'), { 'cleanup.policy': 'compact' })
  assert.deepEqual(replace([resource, resource]), ['INVALID_REQUEST', 'INVALID_REQUEST'])
})
