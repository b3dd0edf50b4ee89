/** Reassignments and elections on a cluster of three: what a single node can only refuse. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionRequest,
  createMessage,
  createTopicsRequest,
  electLeadersRequest,
} from '@dorsale/protocol'
import { TestController } from '../testing/test-controller.ts'

function clusterOfThree(replicas: number[]) {
  const controller = new TestController()
  const epochs = [1, 2, 3].map(id => controller.addBroker(id))
  const assignments = [{ partitionIndex: 0, brokerIds: replicas }]
  const topics = [{ name: 't', numPartitions: -1, replicationFactor: -1, assignments }]
  controller.run(each => each.createTopics(createMessage(createTopicsRequest, { topics })))
  const partition = () => controller.metadata.topicsByName.get('t')!.partitions[0]!
  return { controller, epochs, partition }
}

function reassign(controller: TestController, replicas: number[] | null, allowReplicationFactorChange = true) {
  const request = createMessage(alterPartitionReassignmentsRequest, {
    allowReplicationFactorChange,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }],
  })
  const { responses } = controller.run(each => each.alterPartitionReassignments(request))
  return responses[0]!.partitions[0]!.errorCode
}

test('a reassignment holds old and new replicas until the new ones are in sync', () => {
  const { controller, epochs, partition } = clusterOfThree([1, 2])
  assert.equal(reassign(controller, [3, 2]), 0)
  assert.deepEqual(partition().replicas, [3, 2, 1])
  assert.deepEqual([partition().addingReplicas, partition().removingReplicas], [[3], [1]])
  assert.equal(partition().leader, 1)
  const { leaderEpoch, partitionEpoch } = partition()
  controller.run(each =>
    each.alterPartition(
      createMessage(alterPartitionRequest, {
        brokerId: 1,
        brokerEpoch: epochs[0]!,
        topics: [
          {
            topicId: controller.metadata.topicsByName.get('t')!.id,
            partitions: [
              {
                partitionIndex: 0,
                leaderEpoch,
                partitionEpoch,
                newIsrWithEpochs: [1, 2, 3].map(brokerId => ({ brokerId, brokerEpoch: epochs[brokerId - 1]! })),
              },
            ],
          },
        ],
      }),
    ),
  )
  assert.deepEqual(partition().replicas, [3, 2])
  assert.deepEqual([partition().addingReplicas, partition().removingReplicas], [[], []])
  assert.equal(partition().leader, 3)
})

test('a reassignment is cancelled, and refused when it may not change the number of replicas', () => {
  const { controller, partition } = clusterOfThree([1, 2])
  const before = partition()
  assert.equal(reassign(controller, [1], false), 38)
  assert.equal(reassign(controller, [1, 2]), 0)
  assert.equal(partition(), before)
  assert.equal(reassign(controller, null), 85)
  assert.equal(reassign(controller, [3, 1]), 0)
  assert.equal(reassign(controller, null), 0)
  assert.deepEqual([...partition().replicas].sort(), [1, 2])
  assert.deepEqual([partition().addingReplicas, partition().removingReplicas], [[], []])
  assert.equal(partition().directories.length, 2)
})

test('leadership goes back to the preferred replica when that is alive', () => {
  const { controller, epochs, partition } = clusterOfThree([1, 2])
  const elect = () =>
    controller
      .run(each =>
        each.electLeaders(
          createMessage(electLeadersRequest, { topicPartitions: [{ topic: 't', partitions: [0] }], electionType: 0 }),
        ),
      )
      .replicaElectionResults[0]!.partitionResult.map(({ errorCode }) => errorCode)
  assert.deepEqual(elect(), [84])
  controller.heartbeat(1, epochs[0]!, { wantFence: true })
  assert.equal(partition().leader, 2)
  assert.deepEqual(elect(), [80])
  controller.heartbeat(1, epochs[0]!)
  const { leaderEpoch, partitionEpoch } = partition()
  controller.run(each =>
    each.alterPartition(
      createMessage(alterPartitionRequest, {
        brokerId: 2,
        brokerEpoch: epochs[1]!,
        topics: [
          {
            topicId: controller.metadata.topicsByName.get('t')!.id,
            partitions: [
              {
                partitionIndex: 0,
                leaderEpoch,
                partitionEpoch,
                newIsrWithEpochs: [1, 2].map(brokerId => ({ brokerId, brokerEpoch: epochs[brokerId - 1]! })),
              },
            ],
          },
        ],
      }),
    ),
  )
  assert.deepEqual(elect(), [0])
  assert.equal(partition().leader, 1)
})
