import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  createPartitionsRequest,
  createPartitionsResponse,
  errorCodes,
  metadataRequest,
  metadataResponse,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'

describe('create partitions', () => {
  const world = new BrokerWorld()
  let client: TestClient
  before(async () => {
    await world.start()
    client = world.client()
  })
  after(() => world.stop())

  const grow = async (version: number, name: string, count: number, { validateOnly = false } = {}) => {
    const request = { topics: [{ name, count, assignments: null }], timeoutMs: 5000, validateOnly }
    const { results } = await client.call(createPartitionsRequest, createPartitionsResponse, version, request)
    return results[0]!
  }
  const partitionCount = async (name: string) => {
    const { topics } = await client.call(metadataRequest, metadataResponse, 12, { topics: [{ name }] })
    return topics[0]!.partitions.length
  }

  test('every version adds partitions, which are there when it is answered', async () => {
    await world.createTopic('grows', { partitions: 1 })
    for (let version = 0; version <= 3; version++) {
      const { errorCode, errorMessage } = await grow(version, 'grows', version + 2)
      assert.deepEqual([errorCode, errorMessage], [errorCodes.NONE, null])
      assert.equal(await partitionCount('grows'), version + 2)
      assert.ok(existsSync(join(world.directory, 'log', `grows-${version + 1}`, 'partition.metadata')))
    }
  })

  test('a topic does not shrink, and validation creates nothing', async () => {
    await world.createTopic('stays', { partitions: 2 })
    const smaller = await grow(3, 'stays', 1)
    assert.equal(smaller.errorCode, errorCodes.INVALID_PARTITIONS)
    assert.equal((await grow(3, 'none', 1)).errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal((await grow(3, 'stays', 5, { validateOnly: true })).errorCode, errorCodes.NONE)
    assert.equal(await partitionCount('stays'), 2)
  })
})
