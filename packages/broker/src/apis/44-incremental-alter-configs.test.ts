/** Alterations of configuration. The codes and sentences are those that Apache Kafka 4.4.0 answered to the same requests. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  alterConfigsRequest,
  alterConfigsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorCodes,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf } from '../testing/batches.ts'
import { BrokerWorld, RawClient, type TestClient } from '../testing/broker-world.ts'

const [topic, broker, logger, metrics, group] = [2, 4, 8, 16, 32]
const [set, remove, append, subtract] = [0, 1, 2, 3]

type Key = [name: string, configOperation: number, value: string | null]
type Case = [type: number, name: string, keys: Key[], code: number, message: string | null]

describe('altering configuration', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
    await world.createTopic('t')
  })
  after(() => world.stop())

  async function alter(
    resources: [type: number, name: string, keys: Key[]][],
    options: { version?: number; validateOnly?: boolean } = {},
  ) {
    const { responses } = await client.call(
      incrementalAlterConfigsRequest,
      incrementalAlterConfigsResponse,
      options.version ?? 1,
      {
        resources: resources.map(([resourceType, resourceName, keys]) => ({
          resourceType,
          resourceName,
          configs: keys.map(([name, configOperation, value]) => ({ name, configOperation, value })),
        })),
        validateOnly: options.validateOnly ?? false,
      },
    )
    return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
  }

  async function described(resourceType: number, resourceName: string, key: string) {
    const { results } = await client.call(describeConfigsRequest, describeConfigsResponse, 4, {
      resources: [{ resourceType, resourceName, configurationKeys: [key] }],
      includeSynonyms: true,
    })
    const { configs } = results[0]!
    return configs.map(({ value, configSource, readOnly, isSensitive, synonyms }) => ({
      value,
      configSource,
      readOnly,
      isSensitive,
      synonyms: synonyms.map(({ name, value: text, source }) => `${name}=${text}/${source}`),
    }))[0]
  }

  const threads = (text: string) =>
    `Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for ${text} for configuration Invalid dynamic configuration`

  const refused: Case[] = [
    [
      topic,
      't',
      [['retention.ms', set, 'x']],
      40,
      'Invalid value x for configuration retention.ms: Not a number of type LONG',
    ],
    [
      topic,
      't',
      [['retention.ms', set, '-2']],
      40,
      'Invalid value -2 for configuration retention.ms: Value must be at least -1',
    ],
    [topic, 't', [['foo', set, 'x']], 40, 'Unknown topic config name: foo'],
    [topic, 't', [['foo', subtract, '1']], 40, "Can't SUBTRACT to key foo because its type is not LIST."],
    [topic, 't', [['retention.ms', append, '1']], 40, "Can't APPEND to key retention.ms because its type is not LIST."],
    [
      topic,
      't',
      [['cleanup.policy', append, 'zzz']],
      40,
      'Invalid value zzz for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    [
      topic,
      't',
      [
        ['retention.ms', set, null],
        ['segment.ms', set, null],
      ],
      42,
      'Null value not supported for : retention.ms, segment.ms',
    ],
    [
      topic,
      't',
      [
        ['retention.ms', set, '1'],
        ['retention.ms', set, '2'],
      ],
      42,
      'Error due to duplicate config keys',
    ],
    [
      topic,
      't',
      [
        ['min.compaction.lag.ms', set, '10'],
        ['max.compaction.lag.ms', set, '5'],
      ],
      40,
      'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    ],
    [topic, 'nope', [['retention.ms', set, '1']], 3, "The topic 'nope' does not exist."],
    [
      topic,
      'a b',
      [['retention.ms', set, '1']],
      17,
      "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    [topic, '', [['retention.ms', set, '1']], 42, 'Default topic resources are not allowed.'],
    [77, 't', [['retention.ms', set, '1']], 42, 'Unknown resource type 77'],
    [broker, '1', [['log.dirs', set, '5']], 42, 'Cannot update these configs dynamically: [log.dirs]'],
    [
      broker,
      '',
      [['listeners', set, 'PLAINTEXT://:1']],
      42,
      'Cannot update these configs at default cluster level, broker id must be specified: [listeners]',
    ],
    [
      broker,
      '1',
      [['ssl.keystore.location', set, '/a']],
      42,
      'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]',
    ],
    [broker, '2', [['log.retention.ms', set, '5']], 42, 'Unexpected broker id, expected 1, but received 2'],
    [broker, 'x', [['log.retention.ms', set, '5']], 42, 'Node id must be an integer, but it is: x'],
    [
      broker,
      '1',
      [['log.retention.ms', set, 'x']],
      42,
      'Invalid value x for configuration log.retention.ms: Not a number of type LONG',
    ],
    [
      broker,
      '1',
      [['log.retention.ms', set, '0']],
      42,
      'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    ],
    [
      broker,
      '1',
      [['group.consumer.assignment.interval.ms', set, '20000']],
      42,
      'group.consumer.assignment.interval.ms must be less than or equal to group.consumer.max.assignment.interval.ms',
    ],
    [
      broker,
      '1',
      [['num.io.threads', set, '50']],
      42,
      threads('num.io.threads=50, value should not be greater than double the current value 8'),
    ],
    [
      broker,
      '1',
      [['num.io.threads', set, '3']],
      42,
      threads('num.io.threads=3, value should be at least half the current value 8'),
    ],
    [
      broker,
      '1',
      [['min.insync.replicas', set, '1']],
      40,
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    ],
    [
      broker,
      '',
      [['min.insync.replicas', remove, null]],
      40,
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    ],
    [broker, '1', [['log.cleanup.policy', 7, 'a']], 42, 'Unknown operations type 7'],
    [
      broker,
      '1',
      [['leader.replication.throttled.rate', set, '-1']],
      42,
      'Invalid value -1 for configuration leader.replication.throttled.rate: Value must be at least 0',
    ],
    [
      broker,
      '1',
      [['listener.name.plaintext.ssl.client.auth', set, 'x']],
      42,
      'Invalid value x for configuration ssl.client.auth: String must be one of: required, requested, none',
    ],
    [
      broker,
      '1',
      [['cordoned.log.dirs', set, '/x']],
      42,
      'requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /x',
    ],
    [logger, '1', [['root', remove, null]], 40, 'Logger root does not exist!'],
    [logger, '1', [['root', append, 'INFO']], 42, 'APPEND operation is not allowed for the BROKER_LOGGER resource'],
    [logger, '1', [['root', 8, 'INFO']], 42, 'Unknown operation type 8 is not allowed for the BROKER_LOGGER resource'],
    [logger, '2', [['root', set, 'INFO']], 42, 'Unexpected node id. Expected 1, but received 2'],
    [metrics, '', [['metrics', set, 'org.apache']], 42, "Subscription name can't be empty"],
    [
      metrics,
      's',
      [['interval.ms', set, '50']],
      42,
      'Invalid value 50 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ],
    [metrics, 's', [['match', set, 'foo=x']], 40, 'Illegal client matching pattern: foo=x'],
    [metrics, 's', [['match', set, 'client_id=[']], 40, 'Illegal client matching pattern: client_id=['],
    [metrics, 's', [['zz', set, 'x']], 42, 'Unknown client metrics configuration: zz'],
    [metrics, 's', [['metrics', append, 'x']], 40, "Can't APPEND to key metrics because its type is not LIST."],
    [group, '', [['consumer.session.timeout.ms', set, '50000']], 42, 'Default group resources are not allowed.'],
    [
      group,
      'g',
      [['consumer.session.timeout.ms', set, '5']],
      40,
      'consumer.session.timeout.ms must be in the range 45000 to 60000 inclusive.',
    ],
    [group, 'g', [['zz', set, '1']], 40, 'Unknown group config name: zz'],
  ]

  test('what cannot be altered is refused in the words of Kafka', async () => {
    for (const [type, name, keys, code, message] of refused) {
      const [answer] = await alter([[type, name, keys]])
      assert.deepEqual(answer, [code, message], `${type} ${name} ${JSON.stringify(keys)}`)
    }
  })

  test('each resource of a request succeeds or fails for itself, in the order of the request', async () => {
    const answers = await alter([
      [topic, 't', [['retention.bytes', set, '5']]],
      [topic, 'nope', [['retention.bytes', set, '5']]],
      [broker, '1', [['num.io.threads', set, '5']]],
      [logger, '1', [['x', set, 'INFO']]],
    ])
    assert.deepEqual(answers, [
      [0, null],
      [3, "The topic 'nope' does not exist."],
      [0, null],
      [40, 'Logger x does not exist!'],
    ])
    const twice = [42, 'Each resource must appear at most once.']
    assert.deepEqual(
      await alter([
        [topic, 't', []],
        [topic, 't', []],
      ]),
      [twice, twice],
    )
  })

  test('lists are appended to and subtracted from, single keys removed, and nothing changes by a check', async () => {
    const policy = async () => (await described(topic, 't', 'cleanup.policy'))?.value
    await alter([[topic, 't', [['cleanup.policy', append, 'compact']]]])
    assert.equal(await policy(), 'delete,compact')
    await alter([[topic, 't', [['cleanup.policy', append, 'compact']]]], { version: 0 })
    assert.equal(await policy(), 'delete,compact')
    await alter([[topic, 't', [['cleanup.policy', subtract, 'delete']]]], { validateOnly: true })
    assert.equal(await policy(), 'delete,compact')
    await alter([[topic, 't', [['cleanup.policy', subtract, 'delete']]]])
    assert.equal(await policy(), 'compact')
    await alter([[topic, 't', [['cleanup.policy', remove, null]]]])
    assert.deepEqual(await described(topic, 't', 'cleanup.policy'), {
      value: 'delete',
      configSource: 5,
      readOnly: false,
      isSensitive: false,
      synonyms: ['log.cleanup.policy=delete/5'],
    })
  })

  test('AlterConfigs replaces all settings of a resource', async () => {
    const call = async (configs: [string, string | null][], resourceType = topic) => {
      const { responses } = await client.call(alterConfigsRequest, alterConfigsResponse, 2, {
        resources: [
          {
            resourceType,
            resourceName: resourceType === topic ? 't' : '1',
            configs: configs.map(([name, value]) => ({ name, value })),
          },
        ],
      })
      return [responses[0]!.errorCode, responses[0]!.errorMessage]
    }
    assert.deepEqual(await call([['retention.ms', '777']]), [0, null])
    assert.deepEqual(await call([['segment.ms', '888']]), [0, null])
    assert.equal((await described(topic, 't', 'retention.ms'))?.configSource, 5)
    assert.equal((await described(topic, 't', 'segment.ms'))?.value, '888')
    assert.deepEqual(await call([['retention.ms', null]]), [42, 'Null value not supported for : retention.ms'])
    assert.deepEqual(await call([['zz', '1']]), [40, 'Unknown topic config name: zz'])
    assert.deepEqual(await call([['log.dirs', 'x']], broker), [
      42,
      'Cannot update these configs dynamically: [log.dirs]',
    ])
    assert.deepEqual(await call([['root', 'INFO']], logger), [42, 'Unknown resource type 8'])
  })

  test('a broker setting is described with every place where it is set, and hides what may be a secret', async () => {
    await alter([
      [
        broker,
        '1',
        [
          ['log.retention.ms', set, '60000'],
          ['foo.bar', set, 'secret'],
        ],
      ],
      [broker, '', [['log.retention.ms', set, '70000']]],
    ])
    const synonyms = ['log.retention.ms=60000/2', 'log.retention.ms=70000/3', 'log.retention.hours=168/5']
    const shown = { value: '60000', configSource: 2, readOnly: false, isSensitive: false, synonyms }
    assert.deepEqual(await described(broker, '1', 'log.retention.ms'), shown)
    assert.deepEqual(await described(topic, 't', 'retention.ms'), shown)
    assert.deepEqual(await described(broker, '1', 'foo.bar'), {
      value: null,
      configSource: 2,
      readOnly: true,
      isSensitive: true,
      synonyms: ['foo.bar=null/2'],
    })
    await alter([
      [
        broker,
        '1',
        [
          ['log.retention.ms', remove, null],
          ['foo.bar', remove, null],
        ],
      ],
      [broker, '', [['log.retention.ms', remove, null]]],
    ])
    assert.equal((await described(broker, '1', 'log.retention.ms'))?.value, null)
  })

  test('a type of resource that does not exist has the whole request refused, as Kafka refuses it', async () => {
    const resources = [topic, 127].map(resourceType => ({ resourceType, resourceName: 't', configurationKeys: null }))
    const { results } = await client.call(describeConfigsRequest, describeConfigsResponse, 4, { resources })
    assert.deepEqual(
      results.map(({ errorCode, configs }) => [errorCode, configs]),
      resources.map(() => [errorCodes.INVALID_REQUEST, []]),
    )
  })

  test('groups and client metrics subscriptions are described whether or not they have settings', async () => {
    const answers = await alter([
      [group, 'g', [['consumer.session.timeout.ms', set, '50000']]],
      [
        metrics,
        'sub',
        [
          ['metrics', set, 'org.apache'],
          ['interval.ms', set, '1000'],
          ['match', set, 'client_id=a.*'],
        ],
      ],
    ])
    assert.deepEqual(answers, [
      [0, null],
      [0, null],
    ])
    assert.deepEqual((await described(group, 'g', 'consumer.session.timeout.ms'))?.synonyms, [
      'consumer.session.timeout.ms=50000/8',
      'group.consumer.session.timeout.ms=45000/5',
    ])
    assert.equal((await described(group, 'other', 'streams.assignor.name'))?.value, 'sticky')
    assert.equal((await described(metrics, 'sub', 'interval.ms'))?.configSource, 7)
    assert.equal((await described(metrics, 'other', 'interval.ms'))?.value, '300000')
  })

  test('resources are listed by type; version 0 knows client metrics only', async () => {
    const list = async (version: number, resourceTypes: number[]) => {
      const answer = await client.call(listConfigResourcesRequest, listConfigResourcesResponse, version, {
        resourceTypes,
      })
      return [answer.errorCode, answer.configResources.map(r => `${r.resourceType} ${r.resourceName}`)]
    }
    await alter([
      [metrics, 'listed', [['interval.ms', set, '1000']]],
      [group, 'listed', [['share.delivery.count.limit', set, '6']]],
    ])
    assert.deepEqual(await list(1, [topic]), [0, ['2 t']])
    assert.deepEqual(await list(1, [broker, logger]), [0, ['8 1', '4 1']])
    assert.ok(((await list(0, []))[1] as string[]).every(each => each.startsWith('16 ')))
    assert.ok(((await list(1, []))[1] as string[]).includes('32 listed'))
    assert.deepEqual(await list(1, [broker, 77]), [35, []])
  })

  test('dynamic broker settings take effect at once, and survive a restart', async () => {
    const produce = async (bytes: number) => {
      const { responses } = await client.call(produceRequest, produceResponse, 9, {
        acks: -1,
        timeoutMs: 1000,
        topicData: [{ name: 't', partitionData: [{ index: 0, records: batchOf(['x'.repeat(bytes)]) }] }],
      })
      return responses[0]!.partitionResponses[0]!.errorCode
    }
    assert.equal(await produce(5000), 0)
    await alter([
      [
        broker,
        '',
        [
          ['message.max.bytes', set, '1000'],
          ['max.connections', set, '1'],
        ],
      ],
    ])
    assert.equal(await produce(5000), 10)
    await new RawClient(world.port).closed
    await alter([[broker, '', [['max.connections', remove, null]]]])
    await world.restart()
    client = world.client()
    assert.equal(await produce(5000), 10)
    await alter([[broker, '', [['message.max.bytes', remove, null]]]])
    assert.equal(await produce(5000), 0)
  })
})
