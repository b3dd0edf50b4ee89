import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes, listOffsetsRequest } from '@dorsale/protocol'
import { offsetPlaces } from '../consumer/offset-lookup.ts'
import { withCluster } from '../testing/fake-cluster.ts'
import { createAdmin } from './admin.ts'

test('leaders are asked side by side, for both ends of a partition too, and again when they have moved', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    cluster.createTopic('a', 2, { leaders: [1, 2] })
    cluster.partition('a', 1).nextOffset = 5
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'ListOffsets' && refusals-- > 0 ? { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER } : undefined
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const found = await admin.listOffsets([
      { topic: 'a', partition: 1, timestamp: offsetPlaces.latest },
      { topic: 'a', partition: 0, timestamp: offsetPlaces.latest },
      { topic: 'a', partition: 1, timestamp: offsetPlaces.earliest },
    ])
    assert.deepEqual(
      found.map(({ partition, offset }) => [partition, offset]),
      [
        [1, 5],
        [0, 0],
        [1, 0],
      ],
    )
    await admin.close()
  }))

test('what is not there is waited for, and a place that the broker is too old for is said to be', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('a', 1)
    cluster.apiVersionMax.set(listOffsetsRequest.apiKey!, 6)
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const [missing, tooOld, known] = await admin
      .listOffsets(
        [
          { topic: 'a', partition: 3, timestamp: 0 },
          { topic: 'a', partition: 0, timestamp: offsetPlaces.maxTimestamp },
          { topic: 'a', partition: 0, timestamp: offsetPlaces.latest },
        ],
        { timeoutMs: 1000 },
      )
      .outcomes()
    assert.match(missing!.error!.message, /^the offsets: not within 1000 ms: no partition a-3: a has 1 partitions$/)
    assert.match(
      tooOld!.error!.message,
      /^a-0: the broker serves ListOffsets up to version 6, which does not know maxT/,
    )
    assert.equal(known!.value!.offset, 0)
    await admin.close()
  }))
