/** Administration beside topics and settings. Codes and sentences are those that Apache Kafka 4.4.0 answered to the same requests on one node. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  addRaftVoterRequest,
  addRaftVoterResponse,
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
  createAclsRequest,
  createAclsResponse,
  createDelegationTokenRequest,
  createDelegationTokenResponse,
  createMessage,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  describeQuorumRequest,
  describeQuorumResponse,
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
  electLeadersRequest,
  electLeadersResponse,
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
  zeroUuid,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('administration on one node', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
    await world.createTopic('t')
  })
  after(() => world.stop())

  type Op = [key: string, value: number, remove?: boolean]

  async function alterQuotas(entries: [entity: [string, string | null][], ops: Op[]][], validateOnly = false) {
    const answer = await client.call(alterClientQuotasRequest, alterClientQuotasResponse, 1, {
      entries: entries.map(([entity, ops]) => ({
        entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
        ops: ops.map(([key, value, remove = false]) => ({ key, value, remove })),
      })),
      validateOnly,
    })
    return answer.entries.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
  }

  async function describeQuotas(components: [type: string, matchType: number, match?: string][], strict = false) {
    const answer = await client.call(describeClientQuotasRequest, describeClientQuotasResponse, 1, {
      components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match: match ?? null })),
      strict,
    })
    if (answer.entries === null) return [answer.errorCode, answer.errorMessage]
    return answer.entries.map(({ entity, values }) => {
      const who = entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(' ')
      return `${who}: ${values.map(({ key, value }) => `${key}=${value}`).join(' ')}`
    })
  }

  test('quotas that mean nothing are refused', async () => {
    const cases: [entity: [string, string | null][], ops: Op[], message: string][] = [
      [[['ip', 'not an ip']], [['connection_creation_rate', 5]], 'not an ip is not a valid IP or resolvable host.'],
      [
        [
          ['ip', '1.2.3.4'],
          ['user', 'a'],
        ],
        [['connection_creation_rate', 5]],
        'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId',
      ],
      [
        [['ip', '1.2.3.4']],
        [['connection_creation_rate', 5.5]],
        'connection_creation_rate cannot be a fractional value.',
      ],
      [[['group', 'a']], [['consumer_byte_rate', 1]], 'Unhandled client quota entity type: group'],
      [[['user', 'a']], [['foo', 1]], 'Invalid configuration key foo'],
      [[['ip', '1.2.3.4']], [['consumer_byte_rate', 1]], 'Invalid configuration key consumer_byte_rate'],
      [[['user', 'a']], [['consumer_byte_rate', 0]], 'Quota consumer_byte_rate must be greater than 0'],
      [[['user', 'a']], [['consumer_byte_rate', Number.NaN]], 'Quota consumer_byte_rate must be greater than 0'],
      [
        [['user', 'a']],
        [['consumer_byte_rate', 1e30]],
        'Proposed value for consumer_byte_rate is too large for a LONG.',
      ],
      [[], [['consumer_byte_rate', 1]], 'Invalid empty client quota entity'],
      [[['user', '']], [['consumer_byte_rate', 1]], 'Empty user not supported'],
      [
        [['user', 'd']],
        [
          ['consumer_byte_rate', 1],
          ['consumer_byte_rate', 2],
        ],
        'Ignoring duplicate entity ClientQuotaEntity(entries={user=d})',
      ],
    ]
    for (const [entity, ops, message] of cases) assert.deepEqual(await alterQuotas([[entity, ops]]), [[42, message]])
    assert.deepEqual(await describeQuotas([]), [])
  })

  test('quotas are kept, described by filter, and removed', async () => {
    const done = [0, null]
    const answers = await alterQuotas([
      [
        [['user', 'a']],
        [
          ['producer_byte_rate', 1000],
          ['request_percentage', 12.5],
        ],
      ],
      [
        [
          ['user', 'a'],
          ['client-id', null],
        ],
        [['consumer_byte_rate', 3000]],
      ],
      [[['user', null]], [['controller_mutation_rate', 5]]],
    ])
    assert.deepEqual(answers, [done, done, done])
    await alterQuotas([[[['user', 'checked']], [['consumer_byte_rate', 1]]]], true)
    const ofA = 'user=a: producer_byte_rate=1000 request_percentage=12.5'
    const ofDefault = 'user=null: controller_mutation_rate=5'
    assert.equal((await describeQuotas([])).length, 3)
    assert.deepEqual(await describeQuotas([], true), [])
    assert.deepEqual(await describeQuotas([['user', 2]], true), [ofA, ofDefault])
    assert.deepEqual(await describeQuotas([['user', 0, 'a']], true), [ofA])
    assert.deepEqual(await describeQuotas([['user', 1]]), [ofDefault])
    assert.deepEqual(await describeQuotas([['zz', 2]]), [35, 'Unsupported entity type zz'])
    assert.deepEqual(await describeQuotas([['user', 7]]), [42, 'Unknown match type 7'])
    await world.restart()
    client = world.client()
    assert.deepEqual(await describeQuotas([['user', 0, 'a']], true), [ofA])
    assert.deepEqual(await alterQuotas([[[['user', null]], [['controller_mutation_rate', 0, true]]]]), [done])
    assert.deepEqual(await describeQuotas([['user', 1]]), [])
  })

  test('SCRAM credentials are kept and described, but for their secrets', async () => {
    const alter = async (deletions: [string, number][], upsertions: [string, number, number][]) => {
      const { results } = await client.call(alterUserScramCredentialsRequest, alterUserScramCredentialsResponse, 0, {
        deletions: deletions.map(([name, mechanism]) => ({ name, mechanism })),
        upsertions: upsertions.map(([name, mechanism, iterations]) => ({
          name,
          mechanism,
          iterations,
          salt: Buffer.from('salt'),
          saltedPassword: Buffer.from('0123456789abcdef'),
        })),
      })
      return results.map(({ user, errorCode, errorMessage }) => [user, errorCode, errorMessage])
    }
    const describe = async (names: string[]) => {
      const answer = await client.call(describeUserScramCredentialsRequest, describeUserScramCredentialsResponse, 0, {
        users: names.map(name => ({ name })),
      })
      return answer.results.map(({ user, errorCode, credentialInfos }) => [
        user,
        errorCode,
        ...credentialInfos.map(({ mechanism, iterations }) => `${mechanism}:${iterations}`),
      ])
    }
    assert.deepEqual(
      await alter(
        [],
        [
          ['u1', 1, 4096],
          ['u2', 2, 8192],
        ],
      ),
      [
        ['u1', 0, null],
        ['u2', 0, null],
      ],
    )
    assert.deepEqual(await alter([], [['u1', 1, 4095]]), [['u1', 93, 'Too few iterations']])
    assert.deepEqual(await alter([], [['u1', 1, 16385]]), [['u1', 93, 'Too many iterations']])
    assert.deepEqual(await alter([], [['u1', 3, 4096]]), [['u1', 33, 'Unknown SCRAM mechanism']])
    assert.deepEqual(await alter([['u9', 1]], []), [
      ['u9', 91, 'Attempt to delete a user credential that does not exist'],
    ])
    assert.deepEqual(await alter([['u1', 1]], [['u1', 2, 4096]]), [
      ['u1', 92, 'A user credential cannot be altered twice in the same request'],
    ])
    assert.deepEqual(await describe([]), [
      ['u1', 0, '1:4096'],
      ['u2', 0, '2:8192'],
    ])
    assert.deepEqual(await describe(['zz', 'u1', 'u1']), [
      ['zz', 91],
      ['u1', 92],
    ])
    await alter([['u1', 1]], [])
    assert.deepEqual(await describe(['u1']), [['u1', 91]])
  })

  test('elections on one node are not needed', async () => {
    const elect = async (version: number, electionType: number, topicPartitions: [string, number[]][] | null) => {
      const answer = await client.call(electLeadersRequest, electLeadersResponse, version, {
        ...(version > 0 ? { electionType } : {}),
        topicPartitions: topicPartitions?.map(([topic, partitions]) => ({ topic, partitions })) ?? null,
      })
      const results = answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
        partitionResult.map(each => `${topic} ${each.partitionId} ${each.errorCode} ${each.errorMessage}`),
      )
      return [answer.errorCode, ...results]
    }
    const needless = 't 0 84 Leader election not needed for topic partition.'
    for (const version of [0, 1, 2]) {
      assert.deepEqual(await elect(version, 0, null), [0])
      assert.deepEqual(
        await elect(version, 0, [
          ['t', [0, 7]],
          ['nope', [0]],
        ]),
        [0, needless, 't 7 3 No such partition as t-7', 'nope 0 3 No such topic as nope'],
      )
    }
    assert.deepEqual(await elect(2, 1, [['t', [0]]]), [0, needless])
    assert.deepEqual(await elect(2, 3, null), [42])
    assert.deepEqual(await elect(2, 3, []), [0])
    // As Kafka, of each partition that was named: what is asked for is looked at first.
    assert.deepEqual(await elect(2, 2, [['nope', [-1]]]), [42, 'nope -1 42 Unknown election type 2'])
  })

  test('the one assignment there is can be asked for, and nothing moves', async () => {
    const reassign = async (name: string, partitionIndex: number, replicas: number[] | null) => {
      const { responses } = await client.call(
        alterPartitionReassignmentsRequest,
        alterPartitionReassignmentsResponse,
        1,
        { topics: [{ name, partitions: [{ partitionIndex, replicas }] }] },
      )
      const { errorCode, errorMessage } = responses[0]!.partitions[0]!
      return [errorCode, errorMessage]
    }
    assert.deepEqual(await reassign('t', 0, [1]), [0, null])
    assert.deepEqual(await reassign('t', 0, null), [85, null])
    assert.deepEqual(await reassign('t', 9, [1]), [3, 'Unable to find partition t:9.'])
    assert.deepEqual(await reassign('nope', 0, [1]), [3, 'Unable to find a topic named nope.'])
    assert.deepEqual(await reassign('t', 0, []), [
      39,
      'The manual partition assignment includes an empty replica list.',
    ])
    assert.deepEqual(await reassign('t', 0, [2]), [
      39,
      'The manual partition assignment includes broker 2, but no such broker is registered.',
    ])
    const nothing = { allowReplicationFactorChange: false, topics: [] }
    assert.deepEqual(
      await client.call(alterPartitionReassignmentsRequest, alterPartitionReassignmentsResponse, 1, nothing),
      createMessage(alterPartitionReassignmentsResponse, { allowReplicationFactorChange: true, errorMessage: '' }),
    )
    const listed = await client.call(listPartitionReassignmentsRequest, listPartitionReassignmentsResponse, 0, {})
    assert.deepEqual(listed.topics, [])
  })

  test('features move only where the metadata can follow', async () => {
    const update = async (updates: [string, number, number][], version = 2, validateOnly = true) => {
      const answer = await client.call(updateFeaturesRequest, updateFeaturesResponse, version, {
        featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType]) => ({
          feature,
          maxVersionLevel,
          upgradeType,
        })),
        validateOnly,
      })
      const prefix = 'The update failed for all features since the following feature had an error: '
      return [answer.errorCode, answer.errorMessage?.replace(prefix, '') ?? null, answer.results.length]
    }
    const refused: [feature: string, level: number, upgradeType: number, message: string][] = [
      [
        'metadata.version',
        20,
        1,
        "Invalid update version 20 for feature metadata.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
      ],
      [
        'metadata.version',
        32,
        2,
        'Unsupported metadata.version downgrade from 33 to 32. Refusing to perform the requested downgrade because it might delete metadata information.',
      ],
      [
        'metadata.version',
        30,
        3,
        'Unsupported metadata.version downgrade from 33 to 30. Unsafe metadata downgrade is not supported in this version.',
      ],
      [
        'metadata.version',
        99,
        1,
        'Invalid update version 99 for feature metadata.version. Local controller 1 only supports versions 7-33',
      ],
      [
        'metadata.version',
        0,
        3,
        'Invalid update version 0 for feature metadata.version. Local controller 1 only supports versions 7-33',
      ],
      ['foo', 1, 1, 'Invalid update version 1 for feature foo. Local controller 1 does not support this feature.'],
      [
        'metadata.version',
        -1,
        1,
        'Invalid update version -1 for feature metadata.version. A feature version cannot be less than 0.',
      ],
      [
        'metadata.version',
        33,
        9,
        'Invalid update version 33 for feature metadata.version. The controller does not support the given upgrade type.',
      ],
      [
        'kraft.version',
        0,
        2,
        "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature.",
      ],
    ]
    for (const [feature, level, type, message] of refused) {
      assert.deepEqual(await update([[feature, level, type]]), [95, message, 0])
    }
    assert.deepEqual(await update([['share.version', 1, 2]]), [0, null, 0])
    assert.deepEqual(await update([['share.version', 1, 2]], 1), [0, null, 1])
    assert.deepEqual(
      await update([
        ['share.version', 1, 2],
        ['foo', 1, 1],
      ]),
      [95, refused[5]![3], 0],
    )
    assert.deepEqual(await update([['share.version', 1, 2]], 2, false), [0, null, 0])
    assert.deepEqual(await update([['share.version', 2, 2]]), [
      95,
      "Invalid update version 2 for feature share.version. Can't downgrade to a newer version.",
      0,
    ])
  })

  test('the quorum is this node', async () => {
    const describe = (version: number, topicName: string, partitionIndex: number) =>
      client.call(describeQuorumRequest, describeQuorumResponse, version, {
        topics: [{ topicName, partitions: [{ partitionIndex }] }],
      })
    for (const version of [0, 1, 2]) {
      const answer = await describe(version, '__cluster_metadata', 0)
      const partition = answer.topics[0]!.partitions[0]!
      const voter = partition.currentVoters[0]!
      assert.equal(partition.leaderId, 1)
      assert.equal(partition.currentVoters.length, 1)
      assert.ok(partition.highWatermark > 0 && voter.logEndOffset >= partition.highWatermark)
      assert.equal(voter.lastCaughtUpTimestamp > 0, version >= 1)
      assert.equal(voter.replicaDirectoryId === zeroUuid, version < 2)
      assert.deepEqual(
        answer.nodes.map(({ listeners }) => listeners[0]!.name),
        version < 2 ? [] : ['CONTROLLER'],
      )
    }
    assert.equal((await describe(2, 'x', 0)).topics[0]!.partitions[0]!.errorCode, 3)
    assert.equal((await describe(2, '__cluster_metadata', 1)).topics[0]!.partitions[0]!.errorCode, 3)
  })

  test('voters and brokers that are not there', async () => {
    const add = (message: object) => client.call(addRaftVoterRequest, addRaftVoterResponse, 1, message)
    const stranger = { clusterId: null, voterId: 2, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAQ' }
    const listeners = [{ name: 'CONTROLLER', host: 'localhost', port: 9 }]
    assert.equal((await add({ ...stranger, voterDirectoryId: zeroUuid })).errorCode, 42)
    assert.equal((await add({ ...stranger, clusterId: 'x', listeners })).errorCode, 104)
    assert.equal((await add(stranger)).errorCode, 42)
    assert.equal((await add({ ...stranger, voterId: 1, listeners })).errorCode, 126)
    assert.equal((await add({ ...stranger, listeners })).errorCode, 35)
    const removed = await client.call(removeRaftVoterRequest, removeRaftVoterResponse, 0, stranger)
    assert.equal(removed.errorCode, 127)
    const unregistered = await client.call(unregisterBrokerRequest, unregisterBrokerResponse, 0, { brokerId: 5 })
    assert.deepEqual(
      [unregistered.errorCode, unregistered.errorMessage],
      [102, 'Broker ID 5 is not currently registered'],
    )
  })

  test('without an authorizer and without authentication there are no rules and no tokens', async () => {
    const filter = { resourceTypeFilter: 1, operation: 1, permissionType: 1, patternTypeFilter: 1 }
    const nobody = { resourceNameFilter: null, principalFilter: null, hostFilter: null }
    for (const version of [1, 2, 3]) {
      const described = await client.call(describeAclsRequest, describeAclsResponse, version, { ...filter, ...nobody })
      assert.deepEqual([described.errorCode, described.errorMessage], [54, 'No Authorizer is configured on the broker'])
      const creation = {
        resourceType: 2,
        resourceName: 't',
        principal: 'User:a',
        host: '*',
        operation: 3,
        permissionType: 3,
      }
      const created = await client.call(createAclsRequest, createAclsResponse, version, {
        creations: [creation, creation],
      })
      assert.deepEqual(
        created.results.map(each => each.errorCode),
        [54, 54],
      )
      const deleted = await client.call(deleteAclsRequest, deleteAclsResponse, version, {
        filters: [{ ...filter, ...nobody }],
      })
      assert.deepEqual(
        deleted.filterResults.map(each => each.errorMessage),
        ['No Authorizer is configured.'],
      )
    }
    const hmac = Buffer.from('a')
    const tokens = [
      await client.call(createDelegationTokenRequest, createDelegationTokenResponse, 3, {}),
      await client.call(renewDelegationTokenRequest, renewDelegationTokenResponse, 2, { hmac }),
      await client.call(expireDelegationTokenRequest, expireDelegationTokenResponse, 2, { hmac }),
      await client.call(describeDelegationTokenRequest, describeDelegationTokenResponse, 3, {}),
    ]
    assert.deepEqual(
      tokens.map(({ errorCode }) => errorCode),
      [64, 64, 64, 64],
    )
  })
})
