import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  createPartitionsRequest,
  createPartitionsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  errorCodes,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@dorsale/protocol'
import { BrokerWorld } from './testing/broker-world.ts'

const brokerResource = 4

/** A broker with the directories `a`, `b` and `c`. */
function threeDirectories(cordoned = '') {
  const world = new BrokerWorld(directory => ({
    'log.dirs': `${directory}/a,${directory}/b,${directory}/c`,
    'cordoned.log.dirs': cordoned === '' ? '' : `${directory}/${cordoned}`,
  }))
  const path = (name: string) => (name === '*' ? name : `${world.directory}/${name}`)
  return {
    world,
    path,
    async cordon(...names: string[]): Promise<void> {
      const value = names.map(path).join(',')
      const { responses } = await world
        .client()
        .call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
          resources: [
            {
              resourceType: brokerResource,
              resourceName: '1',
              configs: [{ name: 'cordoned.log.dirs', configOperation: 0, value }],
            },
          ],
        })
      assert.equal(responses[0]?.errorCode, errorCodes.NONE)
    },
    async described(): Promise<string[]> {
      const { results } = await world.client().call(describeLogDirsRequest, describeLogDirsResponse, 5, {})
      return results
        .filter(({ isCordoned }) => isCordoned)
        .map(({ logDir }) => logDir.slice(world.directory.length + 1))
    },
    /** In which directories partitions of a topic lie. */
    where(topic: string, count: number): string[] {
      const names = Array.from({ length: count }, (_, partition) => `${topic}-${partition}`)
      return ['a', 'b', 'c'].filter(name => names.some(each => existsSync(`${path(name)}/${each}`)))
    },
    async alter(topic: string, name: string): Promise<number> {
      const { results } = await world.client().call(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, 2, {
        dirs: [{ path: path(name), topics: [{ name: topic, partitions: [0] }] }],
      })
      return results[0]!.partitions[0]!.errorCode
    },
  }
}

test('cordoned.log.dirs: no new replicas there, from the next creation on and after a restart', async t => {
  const { world, cordon, described, where, alter } = threeDirectories()
  t.after(() => world.stop())
  await world.start()
  await world.createTopic('open', { partitions: 6 })
  assert.deepEqual([await described(), where('open', 6)], [[], ['a', 'b', 'c']])
  await cordon('b')
  await world.createTopic('closed', { partitions: 6 })
  assert.deepEqual([await described(), where('closed', 6)], [['b'], ['a', 'c']])
  assert.equal(await alter('open', 'b'), errorCodes.INVALID_REPLICA_ASSIGNMENT)
  assert.equal(await alter('nowhere', 'b'), errorCodes.INVALID_REPLICA_ASSIGNMENT)
  await world.restart()
  await world.createTopic('later', { partitions: 3 })
  assert.deepEqual([await described(), where('later', 3), where('open', 6)], [['b'], ['a', 'c'], ['a', 'b', 'c']])
  await cordon('a', 'b')
  await world.createTopic('one', { partitions: 3 })
  assert.deepEqual(where('one', 3), ['c'])
  assert.deepEqual(world.lines, [])
})

test('cordoned.log.dirs=*: nothing new on this broker, until it is taken back', async t => {
  const { world, cordon, described, where } = threeDirectories()
  t.after(() => world.stop())
  await world.start()
  await world.createTopic('before')
  await cordon('*')
  assert.deepEqual(await described(), ['a', 'b', 'c'])
  await assert.rejects(
    world.createTopic('refused'),
    /All brokers are currently fenced, or have all their log directories cordoned/,
  )
  const { results } = await world.client().call(createPartitionsRequest, createPartitionsResponse, 3, {
    topics: [{ name: 'before', count: 4, assignments: null }],
    timeoutMs: 5000,
  })
  assert.equal(results[0]?.errorCode, errorCodes.INVALID_REPLICATION_FACTOR)
  await cordon()
  await world.createTopic('after', { partitions: 3 })
  assert.deepEqual(where('after', 3), ['a', 'b', 'c'])
})

test('cordoned.log.dirs in the file of the broker', async t => {
  const { world, described, where } = threeDirectories('a')
  t.after(() => world.stop())
  await world.start()
  await world.createTopic('t', { partitions: 4 })
  assert.deepEqual([await described(), where('t', 4)], [['a'], ['b', 'c']])
})
