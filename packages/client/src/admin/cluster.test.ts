import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeClusterRequest, errorCodes, updateFeaturesRequest } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { type Admin, createAdmin } from './admin.ts'

const directory = 'AAAAAAAAAAAAAAAAAAAAAQ'

async function withAdmin(
  answers: Readonly<Record<string, object>>,
  body: (admin: Admin, cluster: FakeCluster) => Promise<void>,
): Promise<void> {
  await withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) => (answers[name] === undefined ? undefined : { answer: answers[name] })
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await body(admin, cluster)
    await admin.close()
  })
}

test('the cluster is described with its fenced brokers and what one may do', () => {
  const brokers = [{ brokerId: 2, host: 'h', port: 1, rack: 'r', isFenced: true }]
  const answer = { clusterId: 'c', controllerId: 2, brokers, clusterAuthorizedOperations: 256 }
  return withAdmin(
    { DescribeCluster: answer, UnregisterBroker: { errorCode: 102, errorMessage: 'gone' } },
    async admin => {
      assert.deepEqual(await admin.describeCluster({ includeFencedBrokers: true }), {
        clusterId: 'c',
        controllerId: 2,
        brokers: [{ nodeId: 2, host: 'h', port: 1, rack: 'r', isFenced: true }],
        authorizedOperations: ['DESCRIBE'],
      })
      await assert.rejects(admin.unregisterBroker(5), {
        message: 'broker 5: gone',
        errorName: 'BROKER_ID_NOT_REGISTERED',
      })
    },
  )
})

test('the quorum is described, and an error in the only partition is an error of the call', () => {
  const replica = { replicaId: 1, replicaDirectoryId: directory, logEndOffset: 9, lastFetchTimestamp: 5 }
  const partition = { leaderId: 1, leaderEpoch: 2, highWatermark: 9, currentVoters: [replica], observers: [] }
  const answer = (errorCode: number) => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ ...partition, errorCode }] }],
    nodes: [{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: 'h', port: 9 }] }],
  })
  return withAdmin({ DescribeQuorum: answer(0) }, async (admin, cluster) => {
    const quorum = await admin.describeMetadataQuorum()
    assert.deepEqual(quorum.voters, [{ ...replica, lastCaughtUpTimestamp: undefined }])
    assert.deepEqual(quorum.nodes, [{ nodeId: 1, endpoints: [{ name: 'CONTROLLER', host: 'h', port: 9 }] }])
    cluster.script = ({ name }) =>
      name === 'DescribeQuorum' ? { answer: answer(errorCodes.UNKNOWN_TOPIC_OR_PARTITION) } : undefined
    const refused = admin.describeMetadataQuorum({ timeoutMs: 1000 })
    await assert.rejects(refused, { code: 'DORSALE_TIMEOUT', message: /does not host the topic partition/ })
  })
})

test('features have one fate since version 2, and one each before', () =>
  withAdmin({}, async (admin, cluster) => {
    const seen: object[] = []
    const results = [
      { feature: 'a', errorCode: 0 },
      { feature: 'b', errorCode: errorCodes.INVALID_UPDATE_VERSION, errorMessage: 'no' },
    ]
    cluster.script = ({ name, version, body }) => {
      if (name !== 'UpdateFeatures') return undefined
      seen.push((body as { featureUpdates: object[] }).featureUpdates[0]!)
      return { answer: version === 2 ? {} : { results } }
    }
    const updates = [
      { feature: 'a', maxVersionLevel: 1, upgradeType: 'SAFE_DOWNGRADE' },
      { feature: 'b', maxVersionLevel: 1 },
    ] as const
    await admin.updateFeatures(updates)
    await admin.close()
    assert.deepEqual(seen[0], { feature: 'a', maxVersionLevel: 1, allowDowngrade: false, upgradeType: 2 })
  }))

test('older brokers are told of a downgrade in their own way, and answer feature by feature', () =>
  withAdmin({}, async (admin, cluster) => {
    cluster.apiVersionMax.set(updateFeaturesRequest.apiKey!, 0)
    const seen: object[] = []
    const refusal = { feature: 'b', errorCode: errorCodes.INVALID_UPDATE_VERSION, errorMessage: 'no' }
    cluster.script = ({ name, body }) => {
      if (name !== 'UpdateFeatures') return undefined
      seen.push(...(body as { featureUpdates: object[] }).featureUpdates)
      return { answer: { results: [{ feature: 'a' }, refusal] } }
    }
    const [a, b] = await admin
      .updateFeatures([
        { feature: 'a', maxVersionLevel: 1, upgradeType: 'SAFE_DOWNGRADE' },
        { feature: 'b', maxVersionLevel: 2 },
      ])
      .outcomes()
    assert.deepEqual([a?.error, b?.error?.message], [undefined, 'b: no'])
    assert.deepEqual(
      seen.map(update => (update as { allowDowngrade: boolean }).allowDowngrade),
      [true, false],
    )
  }))

test('a broker that is too old for what is asked is named as such', () =>
  withAdmin({}, async (admin, cluster) => {
    cluster.apiVersionMax.set(describeClusterRequest.apiKey!, 1)
    await assert.rejects(admin.describeCluster({ includeFencedBrokers: true }), {
      errorName: 'UNSUPPORTED_VERSION',
      message: 'the broker serves DescribeCluster up to version 1, which does not know includeFencedBrokers',
    })
    await admin.close()
  }))

test('replicas are found in their directories, and a broker that shows none does not let the caller see them', () => {
  const place = (logDir: string, isFutureKey: boolean) => ({
    logDir,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, partitionSize: 5, offsetLag: 1, isFutureKey }] }],
  })
  const answer = { results: [place('/a', false), place('/b', true), { logDir: '/c', errorCode: 57 }] }
  return withAdmin({ DescribeLogDirs: answer }, async (admin, cluster) => {
    const [replica] = await admin.describeReplicaLogDirs([{ topic: 't', partition: 0, brokerId: 1 }])
    assert.deepEqual(replica, {
      currentReplicaLogDir: '/a',
      currentReplicaOffsetLag: 1,
      futureReplicaLogDir: '/b',
      futureReplicaOffsetLag: 1,
    })
    const [dirs] = await admin.describeLogDirs([1])
    assert.deepEqual(
      dirs?.map(({ error, totalBytes }) => [error?.errorName, totalBytes]),
      [
        [undefined, undefined],
        [undefined, undefined],
        ['LOG_DIR_NOT_FOUND', undefined],
      ],
    )
    cluster.script = ({ name }) => (name === 'DescribeLogDirs' ? { answer: {} } : undefined)
    await assert.rejects(admin.describeLogDirs([1]), { errorName: 'CLUSTER_AUTHORIZATION_FAILED' })
  })
})

test('an election of all leaders has the outcomes that the controller names', () => {
  const row = (partitionId: number, errorCode: number) => ({ partitionId, errorCode, errorMessage: null })
  const partitionResult = [row(0, 0), row(1, errorCodes.ELECTION_NOT_NEEDED)]
  return withAdmin({ ElectLeaders: { replicaElectionResults: [{ topic: 't', partitionResult }] } }, async admin => {
    const outcomes = await admin.electLeaders('PREFERRED').outcomes()
    assert.deepEqual(
      outcomes.map(({ key, error }) => [key.partition, error === undefined]),
      [
        [0, true],
        [1, false],
      ],
    )
    await assert.rejects(admin.electLeaders('PREFERRED'), { errorName: 'ELECTION_NOT_NEEDED' })
  })
})
