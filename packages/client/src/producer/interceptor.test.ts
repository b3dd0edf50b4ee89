import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { withCluster } from '../testing/fake-cluster.ts'
import type { ProducerInterceptor } from './interceptor.ts'
import { createProducer } from './kafka-producer.ts'

test('interceptors see and change records in their order, and hear what became of them', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const heard: string[] = []
    const named = (name: string): ProducerInterceptor => ({
      onSend: record => ({ ...record, value: `${record.value}${name}` }),
      onAcknowledgement: (outcome, error, { value }) =>
        heard.push(`${name} ${value} ${outcome?.offset ?? (error as Error & { errorName: string }).errorName}`),
      close: () => heard.push(`${name} closed`),
    })
    const broken: ProducerInterceptor = {
      onSend() {
        throw new Error('broken')
      },
      onAcknowledgement() {
        throw new Error('broken')
      },
    }
    const settings = { 'bootstrap.servers': cluster.bootstrap }
    const producer = createProducer({ world, settings, interceptors: [named('1'), broken, named('2')] })
    await producer.send({ topic: 't', value: 'a' })
    cluster.script = ({ name }) => (name === 'Produce' ? { errorCode: errorCodes.INVALID_RECORD } : undefined)
    // Nobody but the interceptors waits for this one.
    producer.send({ topic: 't', value: 'b' })
    await producer.close()
    assert.deepEqual(cluster.values('t', 0), ['a12'])
    assert.deepEqual(heard, [
      '1 a12 0',
      '2 a12 0',
      '1 b12 INVALID_RECORD',
      '2 b12 INVALID_RECORD',
      '1 closed',
      '2 closed',
    ])
  }))
