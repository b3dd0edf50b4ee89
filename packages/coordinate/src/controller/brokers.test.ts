import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alterPartitionRequest,
  assignReplicasToDirsRequest,
  brokerRegistrationRequest,
  createMessage,
  createTopicsRequest,
  errorOf,
} from '@dorsale/protocol'
import { clusterId, directoryOf, TestController } from '../testing/test-controller.ts'

function createTopic(controller: TestController, name: string, replicas: readonly number[]): void {
  const topics = [
    {
      name,
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [...replicas] }],
    },
  ]
  controller.run(each => each.createTopics(createMessage(createTopicsRequest, { topics })))
}

const partitionOf = (controller: TestController, name: string) =>
  controller.metadata.topicsByName.get(name)!.partitions[0]!

/** Kafka's records of a life: what a captured log shows for the same steps. */
test('register, fence, unfence, stop: the records are those of a real Kafka', () => {
  const controller = new TestController()
  const { brokerEpoch } = controller.register(1)
  assert.equal(brokerEpoch, controller.metadata.offset, 'the epoch is the offset of the registration')
  assert.equal(controller.records[0]!.version, 4)

  assert.equal(controller.heartbeat(1, brokerEpoch, { wantFence: true, cordonedLogDirs: [] }).isFenced, true)
  assert.deepEqual(controller.story, [
    `BrokerRegistrationChangeRecord brokerId=1 brokerEpoch=${brokerEpoch} fenced=0 inControlledShutdown=0 logDirs=[] cordonedLogDirs=[]`,
  ])
  assert.equal(controller.records[0]!.version, 3)

  assert.equal(controller.heartbeat(1, brokerEpoch, { cordonedLogDirs: [] }).isFenced, false)
  assert.deepEqual(controller.story, [
    `BrokerRegistrationChangeRecord brokerId=1 brokerEpoch=${brokerEpoch} fenced=-1 inControlledShutdown=0 logDirs=[]`,
  ])
  assert.equal(controller.records[0]!.version, 0)

  createTopic(controller, 'a', [1])
  assert.equal(controller.heartbeat(1, brokerEpoch).isFenced, false)
  assert.deepEqual(controller.records, [], 'an idle heartbeat writes nothing')

  const stopping = controller.heartbeat(1, brokerEpoch, { wantShutDown: true })
  assert.equal(stopping.shouldShutDown, false)
  assert.deepEqual(controller.story, [
    `BrokerRegistrationChangeRecord brokerId=1 brokerEpoch=${brokerEpoch} fenced=0 inControlledShutdown=1 logDirs=[]`,
    'PartitionChangeRecord partitionId=0 isr=[] leader=-1 leaderRecoveryState=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
  ])
  const stopped = controller.heartbeat(1, brokerEpoch, { wantShutDown: true })
  assert.deepEqual([stopped.shouldShutDown, stopped.isFenced], [true, true])
  assert.deepEqual(controller.story, [
    `BrokerRegistrationChangeRecord brokerId=1 brokerEpoch=${brokerEpoch} fenced=1 inControlledShutdown=0 logDirs=[]`,
  ])

  // It comes back and says under which epoch it stopped: it is as eligible as it was.
  const again = controller.register(1, { incarnationId: directoryOf(900), previousBrokerEpoch: brokerEpoch })
  assert.equal(controller.records.length, 1)
  controller.heartbeat(1, again.brokerEpoch)
  assert.deepEqual(controller.story.slice(1), [
    'PartitionChangeRecord partitionId=0 isr=[1] leader=1 leaderRecoveryState=-1 eligibleLeaderReplicas=[] lastKnownElr=[]',
  ])
})

test('a broker that died is not eligible: its partitions come back as recovering', () => {
  const controller = new TestController()
  controller.addBroker(1)
  createTopic(controller, 'a', [1])
  const { brokerEpoch } = controller.register(1, { incarnationId: directoryOf(900) })
  assert.deepEqual(controller.story.slice(0, -1), [
    'PartitionChangeRecord partitionId=0 isr=[] leader=-1 leaderRecoveryState=-1 lastKnownElr=[1]',
  ])
  controller.heartbeat(1, brokerEpoch)
  assert.deepEqual(controller.story.slice(1), [
    'PartitionChangeRecord partitionId=0 isr=[1] leader=1 leaderRecoveryState=1 lastKnownElr=[]',
  ])
})

test('a broker is unfenced only when it has seen its own registration', () => {
  const controller = new TestController()
  const { brokerEpoch } = controller.register(1)
  const request = { brokerId: 1, brokerEpoch, currentMetadataOffset: brokerEpoch - 1 }
  const early = { ...request, wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null }
  const reply = controller.run((each, now) => each.brokerHeartbeat(early, now))
  assert.deepEqual([reply.isCaughtUp, reply.isFenced], [false, true])
})

test('another broker under the same id is refused while the session lasts, and taken in when it is over', () => {
  const controller = new TestController()
  controller.addBroker(2)
  const twin = { incarnationId: directoryOf(900) }
  assert.throws(() => controller.register(2, twin), { errorName: 'DUPLICATE_BROKER_REGISTRATION' })
  controller.now += 8999
  assert.throws(() => controller.register(2, twin), { errorName: 'DUPLICATE_BROKER_REGISTRATION' })
  controller.now += 1
  controller.register(2, twin)
})

test("this node's own broker need not wait for its predecessor's session", () => {
  const controller = new TestController()
  controller.addBroker(1)
  controller.register(1, { incarnationId: directoryOf(900) })
})

test('the same incarnation may register again: its epoch stays', () => {
  const controller = new TestController()
  const epoch = controller.addBroker(2)
  assert.equal(controller.register(2).brokerEpoch, epoch)
  assert.equal(controller.metadata.brokers.get(2)!.fenced, false)
})

const refused: [string, Partial<Parameters<typeof registration>[0]>, string, string][] = [
  [
    'another cluster',
    { clusterId: 'other' },
    'INCONSISTENT_CLUSTER_ID',
    `Expected cluster ID ${clusterId}, but got cluster ID other`,
  ],
  ['no directory', { logDirs: [] }, 'INVALID_REGISTRATION', 'No directories specified in request'],
  [
    'reserved directory',
    { logDirs: ['AAAAAAAAAAAAAAAAAAAAAQ'] },
    'INVALID_REGISTRATION',
    'Reserved directory ID in request',
  ],
  [
    'directory twice',
    { logDirs: [directoryOf(5), directoryOf(5)] },
    'INVALID_REGISTRATION',
    'Duplicate directory ID in request',
  ],
  [
    "another broker's directory",
    { logDirs: [directoryOf(1)] },
    'INVALID_REGISTRATION',
    `Broker 1 is already registered with directory ${directoryOf(1)}`,
  ],
  ['no features', { features: [] }, 'INVALID_REGISTRATION', "Request features do not contain 'metadata.version'"],
  [
    'an older broker',
    { features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 25 }] },
    'UNSUPPORTED_VERSION',
    'Unable to register because the broker does not support finalized version 33 of metadata.version. The broker wants a version between 7 and 25, inclusive.',
  ],
]

function registration(changed: {
  clusterId?: string
  logDirs?: string[]
  features?: { name: string; minSupportedVersion: number; maxSupportedVersion: number }[]
}) {
  return createMessage(brokerRegistrationRequest, {
    brokerId: 5,
    clusterId,
    incarnationId: directoryOf(905),
    logDirs: [directoryOf(5)],
    features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 33 }],
    ...changed,
  })
}

for (const [name, changed, errorName, message] of refused) {
  test(`registration refused: ${name}`, () => {
    const controller = new TestController()
    controller.addBroker(1)
    assert.throws(() => controller.run((each, now) => each.registerBroker(registration(changed), now)), {
      errorName,
      message,
    })
  })
}

test('a silent broker is fenced and its partitions move; this node itself never is', () => {
  const controller = new TestController()
  controller.addBroker(1)
  controller.addBroker(2)
  createTopic(controller, 'a', [2, 1])
  controller.now += 5000
  assert.equal(
    controller.run((each, now) => each.fenceStaleBroker(now)),
    undefined,
  )
  controller.now += 5000
  assert.equal(
    controller.run((each, now) => each.fenceStaleBroker(now)),
    2,
  )
  assert.equal(controller.metadata.brokers.get(2)!.fenced, true)
  const { leader, isr, leaderEpoch } = partitionOf(controller, 'a')
  assert.deepEqual({ leader, isr, leaderEpoch }, { leader: 1, isr: [1], leaderEpoch: 1 })
  controller.now += 50_000
  assert.equal(
    controller.run((each, now) => each.fenceStaleBroker(now)),
    undefined,
  )
})

test('a controlled shutdown waits until the other brokers have seen the move', () => {
  const controller = new TestController()
  const one = controller.addBroker(1)
  const two = controller.addBroker(2)
  createTopic(controller, 'a', [1, 2])
  controller.heartbeat(2, two)
  assert.equal(controller.heartbeat(1, one, { wantShutDown: true }).shouldShutDown, false)
  assert.equal(partitionOf(controller, 'a').leader, 2)
  assert.equal(controller.heartbeat(1, one, { wantShutDown: true }).shouldShutDown, false)
  controller.heartbeat(2, two)
  assert.equal(controller.heartbeat(1, one, { wantShutDown: true }).shouldShutDown, true)
})

test('a heartbeat of an incarnation that is over is refused', () => {
  const controller = new TestController()
  const epoch = controller.addBroker(1)
  assert.throws(() => controller.heartbeat(1, epoch - 1), {
    errorName: 'STALE_BROKER_EPOCH',
    message: `Expected broker epoch ${epoch}, but got broker epoch ${epoch - 1}`,
  })
  assert.throws(() => controller.heartbeat(9, 1), {
    errorName: 'STALE_BROKER_EPOCH',
    message: 'No broker registration found for broker id 9',
  })
})

test('a directory that goes offline takes its replicas along', () => {
  const controller = new TestController()
  const epoch = controller.addBroker(1, { logDirs: [directoryOf(1), directoryOf(11)] })
  createTopic(controller, 'a', [1])
  assert.equal(partitionOf(controller, 'a').directories[0], 'AAAAAAAAAAAAAAAAAAAAAQ', "the broker's choice")
  assign(controller, epoch, directoryOf(11), 'a')
  assert.equal(partitionOf(controller, 'a').directories[0], directoryOf(11))
  controller.heartbeat(1, epoch, { offlineLogDirs: [directoryOf(1)] })
  assert.equal(partitionOf(controller, 'a').leader, 1)
  controller.heartbeat(1, epoch, { offlineLogDirs: [directoryOf(1), directoryOf(11)] })
  assert.equal(partitionOf(controller, 'a').leader, -1)
})

function assign(controller: TestController, brokerEpoch: number, id: string, name: string): number {
  const topicId = controller.metadata.topicsByName.get(name)?.id ?? directoryOf(99)
  const request = createMessage(assignReplicasToDirsRequest, {
    brokerId: 1,
    brokerEpoch,
    directories: [{ id, topics: [{ topicId, partitions: [{ partitionIndex: 0 }] }] }],
  })
  const reply = controller.run(each => each.assignReplicasToDirs(request))
  return reply.directories[0]!.topics[0]!.partitions[0]!.errorCode
}

test('AlterPartition: what a leader may and may not propose', () => {
  const cases: [string, (epoch: number) => object, string][] = [
    ['unknown topic', () => ({ topicId: directoryOf(7) }), 'UNKNOWN_TOPIC_ID'],
    ['unknown partition', () => ({ partitionIndex: 4 }), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a later leader epoch', () => ({ leaderEpoch: 9 }), 'NOT_CONTROLLER'],
    ['a later partition epoch', () => ({ partitionEpoch: 9 }), 'NOT_CONTROLLER'],
    ['an earlier leader epoch', () => ({ leaderEpoch: -1 }), 'FENCED_LEADER_EPOCH'],
    ['an earlier partition epoch', () => ({ partitionEpoch: -1 }), 'INVALID_UPDATE_VERSION'],
    ['without itself', () => ({ newIsr: [2] }), 'INVALID_REQUEST'],
    ['twice', () => ({ newIsr: [1, 1] }), 'INVALID_REQUEST'],
    ['a stranger', () => ({ newIsr: [1, 7] }), 'INVALID_REQUEST'],
    ['into recovery', () => ({ newIsr: [1], leaderRecoveryState: 1 }), 'INVALID_REQUEST'],
    ['a fenced replica', () => ({ newIsr: [1, 3] }), 'INELIGIBLE_REPLICA'],
    [
      'a replica of another life',
      () => ({
        newIsrWithEpochs: [
          [1, -1],
          [2, 0],
        ],
      }),
      'INELIGIBLE_REPLICA',
    ],
    ['a smaller ISR', () => ({ newIsr: [1] }), 'NONE'],
  ]
  for (const [name, change, errorName] of cases) {
    const controller = new TestController()
    const brokerEpoch = controller.addBroker(1)
    controller.addBroker(2)
    controller.addBroker(3)
    createTopic(controller, 'a', [1, 2, 3])
    controller.now += 10_000
    controller.heartbeat(2, controller.metadata.brokers.get(2)!.epoch)
    controller.run((each, now) => each.fenceStaleBroker(now))
    const { leaderEpoch, partitionEpoch } = partitionOf(controller, 'a')
    const changed = change(brokerEpoch) as {
      topicId?: string
      newIsr?: number[]
      newIsrWithEpochs?: [number, number][]
      leaderEpoch?: number
      partitionEpoch?: number
    }
    const { topicId = controller.metadata.topicsByName.get('a')!.id, ...partition } = changed
    const request = createMessage(alterPartitionRequest, {
      brokerId: 1,
      brokerEpoch,
      topics: [
        {
          topicId,
          partitions: [
            {
              newIsr: [1, 2],
              ...partition,
              newIsrWithEpochs: (changed.newIsrWithEpochs ?? []).map(([id, epoch]) => ({
                brokerId: id,
                brokerEpoch: epoch,
              })),
              leaderEpoch: leaderEpoch + (changed.leaderEpoch ?? 0),
              partitionEpoch: partitionEpoch + (changed.partitionEpoch ?? 0),
            },
          ],
        },
      ],
    })
    const reply = controller.run(each => each.alterPartition(request))
    const [result] = reply.topics[0]!.partitions
    assert.equal(errorOf(result!.errorCode).name, errorName, name)
    if (errorName === 'NONE') {
      assert.deepEqual([result!.leaderId, result!.isr, result!.partitionEpoch], [1, [1], partitionEpoch + 1])
      assert.deepEqual(partitionOf(controller, 'a').isr, [1])
      assert.equal(partitionOf(controller, 'a').partitionEpoch, partitionEpoch + 1)
    }
  }
})

test('producer ids are handed out in blocks, and never twice', () => {
  const controller = new TestController()
  const brokerEpoch = controller.addBroker(1)
  const request = { brokerId: 1, brokerEpoch }
  const starts = [0, 1, 2].map(() => controller.run(each => each.allocateProducerIds(request)).producerIdStart)
  assert.deepEqual(starts, [0n, 1000n, 2000n])
  assert.equal(controller.metadata.nextProducerId, 3000n)
  assert.throws(() => controller.run(each => each.allocateProducerIds({ brokerId: 1, brokerEpoch: 0 })), {
    errorName: 'STALE_BROKER_EPOCH',
  })
})

test('an unregistered broker is gone from metadata and ISRs', () => {
  const controller = new TestController()
  controller.addBroker(1)
  controller.addBroker(2)
  createTopic(controller, 'a', [2, 1])
  controller.run(each => each.unregisterBroker({ brokerId: 2 }))
  assert.equal(controller.metadata.brokers.has(2), false)
  assert.equal(partitionOf(controller, 'a').leader, 1)
  assert.throws(() => controller.run(each => each.unregisterBroker({ brokerId: 2 })), {
    errorName: 'BROKER_ID_NOT_REGISTERED',
    message: 'Broker ID 2 is not currently registered',
  })
})
