import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type AclOperationName,
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  anyPrincipal,
  buildBatch,
  clusterResourceName,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  createAclsRequest,
  createAclsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
  describeClusterRequest,
  describeClusterResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

/*
 * The whole way: ACLs made by requests, kept in the metadata log, and obeyed by other requests. What each API checks, in which order and with which answer is
 * compared with Kafka itself by `npm run differ -- --acls`; which decision is taken, by the tests of the authorizer.
 */

const classOf = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'

interface Said {
  readonly type?: keyof typeof aclResourceTypes
  readonly name: string
  readonly operation: AclOperationName
  readonly permission?: keyof typeof aclPermissionTypes
  readonly principal?: string
}

async function say(client: TestClient, ...entries: Said[]): Promise<void> {
  const creations = entries.map(
    ({ type = 'TOPIC', name, operation, permission = 'DENY', principal = anyPrincipal }) => ({
      resourceType: aclResourceTypes[type],
      resourceName: name,
      resourcePatternType: aclPatternTypes.LITERAL,
      principal,
      host: '*',
      operation: aclOperations[operation],
      permissionType: aclPermissionTypes[permission],
    }),
  )
  const { results } = await client.call(createAclsRequest, createAclsResponse, 3, { creations })
  assert.deepEqual(
    results.map(({ errorCode }) => errorCode),
    creations.map(() => errorCodes.NONE),
  )
}

function produce(client: TestClient, topic: string) {
  const records = buildBatch([{ timestamp: 1, key: null, value: Buffer.from('v') }], {})
  return client.call(produceRequest, produceResponse, 12, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  })
}

const everyAcl = {
  resourceTypeFilter: aclResourceTypes.ANY,
  resourceNameFilter: null,
  principalFilter: null,
  hostFilter: null,
  patternTypeFilter: aclPatternTypes.ANY,
  operation: aclOperations.ANY,
  permissionType: aclPermissionTypes.ANY,
}

describe('a broker with ACLs, open where none is found', () => {
  const world = new BrokerWorld({
    'authorizer.class.name': classOf,
    'allow.everyone.if.no.acl.found': 'true',
    'auto.create.topics.enable': 'true',
  })
  let client: TestClient

  before(async () => {
    await world.start()
    client = world.client()
    for (const name of ['open', 'closed', 'unseen', 'taken-1', 'taken-2']) await world.createTopic(name)
  })
  after(() => world.stop())

  test('what is denied is refused, topic by topic', async () => {
    await say(client, { name: 'closed', operation: 'WRITE' })
    const { responses } = await produce(client, 'closed')
    assert.equal(responses[0]?.partitionResponses[0]?.errorCode, errorCodes.TOPIC_AUTHORIZATION_FAILED)
    assert.equal((await produce(client, 'open')).responses[0]?.partitionResponses[0]?.errorCode, errorCodes.NONE)
  })

  test('a produce that nobody waits for ends the connection when its transaction is another’s', async () => {
    await say(client, { type: 'TRANSACTIONAL_ID', name: 'theirs', operation: 'WRITE' })
    const other = world.client()
    const records = buildBatch([{ timestamp: 1, key: null, value: Buffer.from('v') }], {
      producerId: 5,
      producerEpoch: 0,
      baseSequence: 0,
      transactional: true,
    })
    other.send(produceRequest, 12, {
      transactionalId: 'theirs',
      acks: 0,
      timeoutMs: 5000,
      topicData: [{ name: 'open', partitionData: [{ index: 0, records }] }],
    })
    await assert.rejects(produce(other, 'open'))
  })

  test('topics that may not be described are not there, and none is made where none may be', async () => {
    await say(client, { name: 'unseen', operation: 'DESCRIBE' }, { name: 'unborn', operation: 'CREATE' })
    await say(
      client,
      { type: 'CLUSTER', name: clusterResourceName, operation: 'CREATE' },
      // Without it nobody could say anything more.
      { type: 'CLUSTER', name: clusterResourceName, operation: 'ALTER', permission: 'ALLOW' },
    )
    const all = await client.call(metadataRequest, metadataResponse, 12, { topics: null })
    assert.ok(all.topics.every(({ name }) => name !== 'unseen'))
    const asked = await client.call(metadataRequest, metadataResponse, 12, {
      topics: [{ name: 'unseen' }, { name: 'unborn' }, { name: 'newborn' }],
      allowAutoTopicCreation: true,
    })
    assert.deepEqual(asked.topics.map(({ name, errorCode }) => [name, errorCode]).sort(), [
      ['newborn', errorCodes.NONE],
      ['unborn', errorCodes.TOPIC_AUTHORIZATION_FAILED],
      ['unseen', errorCodes.TOPIC_AUTHORIZATION_FAILED],
    ])
  })

  test('who may create a topic and not see its settings is told of neither', async () => {
    await say(
      client,
      { name: 'made', operation: 'DESCRIBE_CONFIGS' },
      { name: 'made', operation: 'CREATE', permission: 'ALLOW' },
    )
    const { topics } = await client.call(createTopicsRequest, createTopicsResponse, 7, {
      topics: ['made', 'unborn'].map(name => ({ name, numPartitions: 1, replicationFactor: 1 })),
      timeoutMs: 5000,
    })
    assert.deepEqual(
      topics.map(({ name, errorCode, topicConfigErrorCode, numPartitions, configs }) => [
        name,
        errorCode,
        topicConfigErrorCode,
        numPartitions,
        configs,
      ]),
      [
        ['made', errorCodes.NONE, errorCodes.TOPIC_AUTHORIZATION_FAILED, -1, []],
        ['unborn', errorCodes.TOPIC_AUTHORIZATION_FAILED, errorCodes.NONE, -1, []],
      ],
    )
  })

  test('a pattern finds only topics that the member may describe', async () => {
    await say(client, { name: 'taken-2', operation: 'DESCRIBE' })
    await client.call(findCoordinatorRequest, findCoordinatorResponse, 4, { coordinatorKeys: ['patterns'] })
    const beat = (memberEpoch: number) =>
      client.call(consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, 1, {
        groupId: 'patterns',
        memberId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        memberEpoch,
        rebalanceTimeoutMs: 10_000,
        subscribedTopicNames: [],
        subscribedTopicRegex: 'taken-.',
        topicPartitions: [],
      })
    let answer = await beat(0)
    const deadlineMs = performance.now() + 10_000
    while ((answer.assignment?.topicPartitions.length ?? 0) === 0 && performance.now() < deadlineMs) {
      await new Promise(resolve => setImmediate(resolve))
      answer = await beat(0)
    }
    assert.equal(answer.assignment?.topicPartitions.length, 1)
    await say(client, { name: 'taken-1', operation: 'DESCRIBE' })
    const { groups } = await client.call(consumerGroupDescribeRequest, consumerGroupDescribeResponse, 1, {
      groupIds: ['patterns'],
    })
    assert.deepEqual(
      groups.map(({ errorCode, members }) => [errorCode, members]),
      [[errorCodes.TOPIC_AUTHORIZATION_FAILED, []]],
    )
  })

  test('they hold when the broker has started again, until they are deleted', async () => {
    await world.restart()
    client = world.client()
    const refused = await produce(client, 'closed')
    assert.equal(refused.responses[0]?.partitionResponses[0]?.errorCode, errorCodes.TOPIC_AUTHORIZATION_FAILED)
    const described = await client.call(describeAclsRequest, describeAclsResponse, 3, everyAcl)
    // The cluster has an ACL, so that nobody may describe it whom none allows; who may alter it may.
    assert.equal(described.errorCode, errorCodes.NONE)
    assert.ok(described.resources.some(({ resourceName }) => resourceName === 'closed'))
    const deleted = await client.call(deleteAclsRequest, deleteAclsResponse, 3, {
      filters: [{ ...everyAcl, resourceNameFilter: 'closed' }],
    })
    assert.equal(deleted.filterResults[0]?.matchingAcls.length, 1)
    assert.equal((await produce(client, 'closed')).responses[0]?.partitionResponses[0]?.errorCode, errorCodes.NONE)
  })
})

describe('a broker with ACLs, closed where none is found', () => {
  const listeners = 'PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'
  const world = new BrokerWorld(
    { 'authorizer.class.name': classOf, 'super.users': 'User:admin', listeners },
    { opensControllerListeners: true },
  )

  before(() => world.start())
  after(() => world.stop())

  test('tells who is in the cluster, which its controller tells only to those who may alter it', async () => {
    const ask = (client: TestClient, endpointType: number) =>
      client.call(describeClusterRequest, describeClusterResponse, 1, {
        endpointType,
        includeClusterAuthorizedOperations: true,
      })
    const atBroker = await ask(world.client(), 1)
    assert.deepEqual(
      [atBroker.errorCode, atBroker.brokers.length, atBroker.clusterAuthorizedOperations],
      [errorCodes.NONE, 1, 0],
    )
    const atController = await ask(world.client(world.broker.controllerListeners[0]!.port), 2)
    assert.equal(atController.errorCode, errorCodes.CLUSTER_AUTHORIZATION_FAILED)
  })

  test('lets nobody in but super users', async () => {
    const client = world.client()
    const { topics, brokers } = await client.call(metadataRequest, metadataResponse, 12, { topics: null })
    assert.deepEqual([topics, brokers.length], [[], 1])
    const { results } = await client.call(createAclsRequest, createAclsResponse, 3, {
      creations: [
        {
          resourceType: aclResourceTypes.TOPIC,
          resourceName: '*',
          principal: anyPrincipal,
          host: '*',
          operation: aclOperations.ALL,
          permissionType: aclPermissionTypes.ALLOW,
        },
      ],
    })
    assert.deepEqual(
      results.map(({ errorCode }) => errorCode),
      [errorCodes.CLUSTER_AUTHORIZATION_FAILED],
    )
  })
})

describe('a broker that asks who its clients are', () => {
  const world = new BrokerWorld({
    'authorizer.class.name': classOf,
    'super.users': 'User:admin',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="a" user_alice="b" user_bob="c";',
  })
  let admin: TestClient
  let alice: TestClient
  let bob: TestClient

  before(async () => {
    await world.start()
    admin = await logIn('admin', 'a')
    alice = await logIn('alice', 'b')
    bob = await logIn('bob', 'c')
    await admin.call(createTopicsRequest, createTopicsResponse, 7, {
      topics: [{ name: 'hers', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 5000,
    })
  })
  after(() => world.stop())

  async function logIn(name: string, password: string): Promise<TestClient> {
    const client = world.client()
    await client.call(saslHandshakeRequest, saslHandshakeResponse, 1, { mechanism: 'PLAIN' })
    const authBytes = Buffer.from(`\0${name}\0${password}`)
    const { errorCode } = await client.call(saslAuthenticateRequest, saslAuthenticateResponse, 2, { authBytes })
    assert.equal(errorCode, errorCodes.NONE)
    return client
  }

  const errorOf = async (client: TestClient) =>
    (await produce(client, 'hers')).responses[0]?.partitionResponses[0]?.errorCode

  test('says what the authorizer was told, and not to whom, as Kafka of what is no key of the broker', async () => {
    const { results } = await admin.call(describeConfigsRequest, describeConfigsResponse, 4, {
      resources: [{ resourceType: 4, resourceName: '1', configurationKeys: ['super.users'] }],
      includeSynonyms: true,
    })
    assert.deepEqual(
      results[0]?.configs.map(({ name, value, isSensitive, configSource, synonyms }) => [
        name,
        value,
        isSensitive,
        configSource,
        synonyms.length,
      ]),
      [['super.users', null, true, 4, 1]],
    )
  })

  test('gives each the rights of his name, and super users all', async () => {
    assert.equal(await errorOf(alice), errorCodes.TOPIC_AUTHORIZATION_FAILED)
    await say(admin, { name: 'hers', operation: 'WRITE', permission: 'ALLOW', principal: 'User:alice' })
    assert.equal(await errorOf(alice), errorCodes.NONE)
    assert.equal(await errorOf(bob), errorCodes.TOPIC_AUTHORIZATION_FAILED)
    assert.equal(await errorOf(admin), errorCodes.NONE)
    const seen = async (client: TestClient) =>
      (await client.call(metadataRequest, metadataResponse, 12, { topics: null })).topics.map(({ name }) => name)
    assert.deepEqual(await Promise.all([admin, alice, bob].map(seen)), [['hers'], ['hers'], []])
  })
})
