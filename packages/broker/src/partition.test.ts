import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionImage } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { PartitionLog } from '@dorsale/storage'
import { Partition } from './partition.ts'

function partitionWithPendingWrite() {
  let done: (error: Error | undefined) => void = () => assert.fail('nothing is on its way')
  const log = {
    offline: false,
    logEndOffset: 0,
    assignEpoch: () => undefined,
    advanceHighWatermark: () => false,
    append: (_: unknown, onWritten: typeof done) => {
      done = onWritten
    },
  }
  const image = { leader: 1, leaderEpoch: 0, partitionEpoch: 0, isr: [1], replicas: [1] }
  const partition = new Partition({
    topic: 't',
    topicId: 'id',
    index: 0,
    nodeId: 1,
    image: image as unknown as PartitionImage,
    log: log as unknown as PartitionLog,
  })
  const heard: unknown[] = []
  partition.append(new Uint8Array(1), error => heard.push((error as ProtocolError | undefined)?.errorName))
  const lose = () => done(new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR))
  return { partition, heard, lose }
}

test('what is on its way to a topic that is deleted hears so, and not of a failed disk', () => {
  const { partition, heard, lose } = partitionWithPendingWrite()
  partition.remove()
  lose()
  assert.deepEqual(heard, ['UNKNOWN_TOPIC_OR_PARTITION'])
  assert.throws(() => partition.log, { errorName: 'UNKNOWN_TOPIC_OR_PARTITION' })
})

test('what is on its way to a disk that fails hears of that', () => {
  const { partition, heard, lose } = partitionWithPendingWrite()
  partition.stop()
  lose()
  assert.deepEqual(heard, ['KAFKA_STORAGE_ERROR'])
  assert.throws(() => partition.log, { errorName: 'KAFKA_STORAGE_ERROR' })
})
