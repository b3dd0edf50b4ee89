import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  createMessage,
  errorCodes,
  initProducerIdRequest,
  initProducerIdResponse,
  type PartialMessage,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'
import { apiHandlers } from './index.ts'

describe('api versions, init producer id', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
  })
  after(() => world.stop())

  const versions = (version: number, request: PartialMessage<typeof apiVersionsRequest> = {}) =>
    client.call(apiVersionsRequest, apiVersionsResponse, version, {
      ...(version >= 3 ? { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' } : {}),
      ...request,
    })

  test('what has a handler is named, with Kafka’s versions, and nothing else', async () => {
    for (let version = 0; version <= 5; version++) {
      const { errorCode, apiKeys } = await versions(version)
      assert.equal(errorCode, errorCodes.NONE)
      assert.deepEqual(
        apiKeys.map(each => `${each.apiKey}: ${each.minVersion}-${each.maxVersion}`),
        [
          '0: 0-13',
          '1: 4-18',
          '2: 1-11',
          '3: 0-13',
          '8: 2-10',
          '9: 1-10',
          '10: 0-6',
          '11: 0-9',
          '12: 0-4',
          '13: 0-5',
          '14: 0-5',
          '15: 0-6',
          '16: 0-5',
          '17: 0-1',
          '18: 0-5',
          '19: 2-7',
          '20: 1-6',
          '21: 0-2',
          '22: 0-5',
          '23: 2-4',
          '24: 0-5',
          '25: 0-4',
          '26: 0-5',
          '27: 1-2',
          '28: 0-6',
          '29: 1-3',
          '30: 1-3',
          '31: 1-3',
          '32: 1-4',
          '33: 0-2',
          '34: 1-2',
          '35: 1-5',
          '36: 0-2',
          '37: 0-3',
          '38: 1-3',
          '39: 1-2',
          '40: 1-2',
          '41: 1-3',
          '42: 0-3',
          '43: 0-2',
          '44: 0-1',
          '45: 0-1',
          '46: 0-0',
          '47: 0-0',
          '48: 0-1',
          '49: 0-1',
          '50: 0-0',
          '51: 0-0',
          '55: 0-2',
          '57: 0-2',
          '60: 0-2',
          '61: 0-0',
          '64: 0-0',
          '65: 0-0',
          '66: 0-2',
          '68: 0-1',
          '69: 0-1',
          '74: 0-1',
          '75: 0-0',
          '76: 1-1',
          '77: 1-1',
          '78: 1-2',
          '79: 1-2',
          '80: 0-1',
          '81: 0-0',
          '83: 0-0',
          '84: 0-0',
          '85: 0-1',
          '86: 0-0',
          '87: 0-1',
          '90: 0-1',
          '91: 0-0',
          '92: 0-0',
        ],
      )
    }
  })

  test('features as the cluster has them', async () => {
    const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = await versions(4)
    assert.deepEqual(
      Object.fromEntries(supportedFeatures.map(each => [each.name, [each.minVersion, each.maxVersion]])),
      {
        'group.version': [0, 1],
        'kraft.version': [0, 1],
        'metadata.version': [7, 33],
        'share.version': [0, 2],
        'streams.version': [0, 1],
        'transaction.version': [0, 2],
        'eligible.leader.replicas.version': [0, 1],
      },
    )
    assert.equal(finalizedFeatures.find(each => each.name === 'metadata.version')!.maxVersionLevel, 33)
    assert.equal(finalizedFeatures.find(each => each.name === 'kraft.version')!.maxVersionLevel, 1)
    assert.ok(finalizedFeaturesEpoch >= 0)
    // Version 3 leaves out what starts at 0.
    assert.deepEqual(
      (await versions(3)).supportedFeatures.map(each => each.name),
      ['metadata.version'],
    )
  })

  test('a client must have a name, and mean this broker', async () => {
    for (const clientSoftwareName of ['', '-a', 'a-', 'a b', 'a_b', 'é']) {
      assert.equal((await versions(4, { clientSoftwareName })).errorCode, errorCodes.INVALID_REQUEST)
    }
    const { clusterId } = world.broker
    const cases: [string | null, number, number][] = [
      [clusterId, 1, errorCodes.NONE],
      [clusterId, 5, errorCodes.REBOOTSTRAP_REQUIRED],
      ['another', 1, errorCodes.REBOOTSTRAP_REQUIRED],
      [clusterId, -1, errorCodes.INVALID_REQUEST],
      [null, 1, errorCodes.INVALID_REQUEST],
    ]
    for (const [meant, nodeId, errorCode] of cases) {
      assert.equal((await versions(5, { clusterId: meant, nodeId })).errorCode, errorCode)
    }
  })

  test('every handler can refuse a request of every version that it serves', () => {
    for (const { key, refuse } of apiHandlers) {
      const api = apis.get(key)!
      for (let version = api.versionMin; version <= api.stableVersionMax; version++) {
        assert.ok(refuse(createMessage(api.request), errorCodes.UNKNOWN_SERVER_ERROR, version))
      }
    }
  })

  test('producer ids are fresh, even after a restart', async () => {
    const seen = new Set<bigint>()
    const take = async (version: number) => {
      const { errorCode, producerId, producerEpoch } = await client.call(
        initProducerIdRequest,
        initProducerIdResponse,
        version,
        { transactionalId: null },
      )
      assert.deepEqual([errorCode, producerEpoch], [errorCodes.NONE, 0])
      assert.ok(!seen.has(producerId))
      seen.add(producerId)
    }
    for (let version = 0; version <= 5; version++) await take(version)
    await world.restart()
    client = world.client()
    await take(5)
  })

  test('half an identity, and an empty transactional id', async () => {
    const errorOf = async (request: PartialMessage<typeof initProducerIdRequest>) =>
      (await client.call(initProducerIdRequest, initProducerIdResponse, 5, request)).errorCode
    assert.equal(await errorOf({ transactionalId: null, producerId: 5n }), errorCodes.INVALID_REQUEST)
    assert.equal(await errorOf({ transactionalId: '' }), errorCodes.INVALID_REQUEST)
  })
})
