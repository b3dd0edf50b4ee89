import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type describeTopicPartitionsRequest, errorCodes, type MessageOf } from '@dorsale/protocol'
import { withCluster } from '../testing/fake-cluster.ts'
import { createAdmin } from './admin.ts'

const id = 'AAAAAAAAAAAAAAAAAAAAAQ'

test('each topic has its own outcome, and an awaited call throws the first refusal', () =>
  withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) =>
      name === 'DeleteTopics'
        ? {
            answer: {
              responses: [
                { name: 'b', errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION },
                { name: 'a', topicId: id },
              ],
            },
          }
        : undefined
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const [a, b, c] = await admin.deleteTopics(['a', 'b', { topicId: id }]).outcomes()
    assert.deepEqual([a?.key, a?.error], ['a', undefined])
    assert.deepEqual([b?.key, b?.error?.message], ['b', 'b: This broker does not host the topic partition.'])
    assert.equal(c?.error, undefined)
    await assert.rejects(admin.deleteTopics(['missing', 'a']), /missing: the broker's response does not mention it/)
    await admin.close()
  }))

test('topics are described page by page, for as long as the pages go on', () =>
  withCluster({}, async (cluster, world) => {
    const cursors: unknown[] = []
    let isLooping = false
    cluster.script = ({ name, body }) => {
      if (name !== 'DescribeTopicPartitions') return undefined
      const { cursor } = body as MessageOf<typeof describeTopicPartitionsRequest>
      cursors.push(cursor)
      const [first, next] =
        cursor === null || isLooping ? [0, { topicName: 'a', partitionIndex: 2 }] : [cursor.partitionIndex, null]
      const partitions = [first, first + 1].map(partitionIndex => ({
        partitionIndex,
        leaderId: 1,
        eligibleLeaderReplicas: [3],
      }))
      return {
        answer: { topics: [{ name: 'a', topicId: id, partitions, topicAuthorizedOperations: 264 }], nextCursor: next },
      }
    }
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const [plain] = await admin.describeTopics(['a'])
    assert.deepEqual(
      plain!.partitions.map(({ index, elr, lastKnownElr }) => [index, elr, lastKnownElr]),
      [0, 1, 2, 3].map(index => [index, [3], undefined]),
    )
    assert.equal(plain!.authorizedOperations, undefined)
    const [described] = await admin.describeTopics(['a'], { includeAuthorizedOperations: true })
    assert.deepEqual(described!.authorizedOperations, ['READ', 'DESCRIBE'])
    isLooping = true
    cursors.length = 0
    await admin.describeTopics(['a'])
    assert.equal(cursors.length, 2)
    await admin.close()
  }))
