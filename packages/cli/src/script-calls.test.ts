/** The calls of operators' scripts, with flags that Kafka's tools of today have no more or never had: scripts of the book live longer than Kafka's versions. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'
import { run } from './testing/run.ts'

let broker: TestBroker
before(async () => {
  broker = await startTestBroker({ topics: [{ name: 'orders', numPartitions: 2 }] })
})
after(() => broker.stop())

test('a tool is found by its class, in whichever package, and by a link with that name (R-11-389)', async () => {
  const asked = ['--broker-list', broker.bootstrapServers, '--topic', 'orders']
  for (const className of ['kafka.tools.GetOffsetShell', 'org.apache.kafka.tools.GetOffsetShell']) {
    const { code, stdout } = await run(['kafka-run-class.sh', className, ...asked])
    assert.deepEqual([code, stdout], [0, 'orders:0:0\norders:1:0\n'])
  }
  const linked = await run(['kafka.admin.TopicCommand', '--bootstrap-server', broker.bootstrapServers, '--list'], {
    calledAs: './bin/kafka-run-class.sh',
  })
  assert.equal(linked.stdout, 'orders\n')
})

test('a class that no tool is, or none at all, is refused in words', async () => {
  const unknown = await run(['kafka-run-class', 'kafka.Kafka', 'server.properties'])
  assert.deepEqual([unknown.code, unknown.stdout], [1, ''])
  assert.match(unknown.stderr, /Could not find or load main class kafka\.Kafka: none of the tools here is it/)
  assert.match((await run(['kafka-run-class'])).stderr, /say which class kafka-run-class runs/)
})

test('kafka-broker-api-versions waits as long as it is told (R-11-058, R-11-351)', async () => {
  const up = await run([
    'kafka-broker-api-versions',
    ...['--bootstrap-server', broker.bootstrapServers, '--timeout', '10000'],
  ])
  assert.equal(up.code, 0)
  assert.match(up.stdout, /ApiVersion/)
  const nobody = await run(['kafka-broker-api-versions', '--bootstrap-server', '127.0.0.1:1', '--timeout', '200'])
  assert.deepEqual([nobody.code, nobody.stdout], [1, ''])
  assert.match(nobody.stderr, /not within 200 ms/)
})

test('kafka-consumer-perf-test passes over the number of threads (R-10-156)', async () => {
  const words = [
    '--bootstrap-server',
    broker.bootstrapServers,
    '--topic',
    'orders',
    '--messages',
    '0',
    '--threads',
    '4',
  ]
  const { code, stdout } = await run(['kafka-consumer-perf-test.sh', ...words])
  assert.equal(code, 0)
  assert.match(stdout, /^start\.time, end\.time, /)
})
