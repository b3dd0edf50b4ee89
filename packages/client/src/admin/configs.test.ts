import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { withCluster } from '../testing/fake-cluster.ts'
import { createAdmin } from './admin.ts'

test('a broker is asked for its own settings, and each resource has its own outcome', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.script = ({ name, nodeId, body }) => {
      if (name !== 'DescribeConfigs') return undefined
      const { resources } = body as { resources: { resourceType: number; resourceName: string }[] }
      const configs = [{ name: 'asked', value: String(nodeId), configSource: 5, configType: 2 }]
      return {
        answer: {
          results: resources.map(resource => ({
            ...resource,
            ...(resource.resourceName === 'missing'
              ? { errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: '' }
              : { configs }),
          })),
        },
      }
    }
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const outcomes = await admin
      .describeConfigs([
        { type: 'BROKER', name: '2' },
        { type: 'TOPIC', name: 'missing' },
        { type: 'BROKER_LOGGER', name: '1' },
        { type: 'BROKER', name: '7' },
        { type: 'BROKER', name: '' },
      ])
      .outcomes()
    const [two, missing, one, seven, any] = outcomes
    assert.deepEqual([two!.value![0]!.value, one!.value![0]!.value], ['2', '1'])
    assert.deepEqual([two!.value![0]!.source, two!.value![0]!.isDefault], ['DEFAULT_CONFIG', true])
    assert.equal(missing!.error!.message, 'topic missing: This broker does not host the topic partition.')
    assert.equal(seven!.error!.message, 'no broker 7 in the cluster; there are: 1, 2')
    assert.equal(any!.error, undefined)
    await admin.close()
  }))
