/** Kafka's console tools on a Dorsale broker. What they print was compared with Kafka's own; `interop` does it again. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'
import { run } from './testing/run.ts'

let broker: TestBroker
before(async () => {
  broker = await startTestBroker()
})
after(() => broker.stop())

const kafka = (tool: string, text: string, stdin = '') =>
  run([`kafka-${tool}`, '--bootstrap-server', broker.bootstrapServers, ...text.split(' ')], { stdin })

test('lines go in and come out, with keys, headers and nulls', async () => {
  const reader =
    '--reader-property parse.key=true --reader-property parse.headers=true --reader-property null.marker=NIL'
  const sent = await kafka('console-producer', `--topic lines ${reader}`, 'h:1\tk1\tv1\nNIL\tNIL\tv2\nh:NIL\tk3\tNIL\n')
  assert.deepEqual(sent, { code: 0, stdout: '', stderr: '' })
  const columns = ['headers', 'key', 'offset', 'partition'].map(name => `--formatter-property print.${name}=true`)
  const read = await kafka('console-consumer', `--topic lines --from-beginning --max-messages 3 ${columns.join(' ')}`)
  assert.equal(
    read.stdout,
    [
      'Partition:0\tOffset:0\th:1\tk1\tv1\n',
      'Partition:0\tOffset:1\tNO_HEADERS\tnull\tv2\n',
      'Partition:0\tOffset:2\th:null\tk3\tnull\n',
    ].join(''),
  )
  assert.deepEqual([read.code, read.stderr], [0, 'Processed a total of 3 messages\n'])
})

test('a partition is read from an offset on; nothing more ends the wait', async () => {
  await kafka('console-producer', '--topic numbers --sync', '0\n1\n2\n3\n')
  const read = await kafka('console-consumer', '--topic numbers --partition 0 --offset 2 --max-messages 2')
  assert.equal(read.stdout, '2\n3\n')
  assert.equal(read.code, 0)
  const latest = await kafka('console-consumer', '--include num.*,other --timeout-ms 50')
  assert.equal(latest.stdout, '')
  assert.match(latest.stderr, /Processed a total of 0 messages\n$/)
})

test('an interrupt ends the consumer in order', async () => {
  await kafka('console-producer', '--topic endless', 'one\n')
  const interrupt = new AbortController()
  const words = ['kafka-console-consumer.sh', '--bootstrap-server', broker.bootstrapServers, '--topic', 'endless']
  const running = run([...words, '--from-beginning', '--enable-systest-events'], { signal: interrupt.signal })
  interrupt.abort()
  const { code, stdout } = await running
  assert.equal(code, 0)
  assert.match(stdout, /^(one\n)?shutdown_complete\n$/)
})

test('what does not fit together is refused', async () => {
  const cases: [tool: string, text: string, message: RegExp][] = [
    ['console-consumer', '--topic a --include b', /Exactly one of --include\/--topic is required\./],
    ['console-consumer', '--topic a --offset 3', /The partition is required when offset is specified\./],
    ['console-consumer', '--topic a --partition 0 --offset -3', /The provided offset value '-3' is incorrect/],
    ['console-consumer', '--topic a --command-property fetch.max.byte=1', /fetch\.max\.bytes/],
    ['console-producer', '--topic a --line-reader Mine', /Classes of Java cannot be loaded: Mine/],
    [
      'console-producer',
      '--topic a --command-config /nowhere/x',
      /cannot read the properties file \/nowhere\/x: ENOENT/,
    ],
  ]
  for (const [tool, text, message] of cases) {
    const { code, stderr } = await kafka(tool, text)
    assert.equal(code, 1, text)
    assert.match(stderr, message)
  }
  const nowhere = await run(['kafka-console-consumer', '--topic', 'a'])
  assert.match(nowhere.stderr, /^dorsale: no cluster is named: give --bootstrap-server host:port/)
})

test('a tool answers to its name with .sh, as the name of a link, and prints its help', async () => {
  const { code, stdout } = await run(['--help'], { calledAs: '/usr/local/bin/kafka-console-consumer.sh' })
  assert.equal(code, 0)
  assert.match(stdout, /^Usage: dorsale kafka-console-consumer \[options\]\n/)
  assert.match(stdout, /--max-messages <count> +End after so many records/)
})

test('the verifiable producer says of each record what became of it', async () => {
  const { code, stdout } = await kafka(
    'verifiable-producer',
    '--topic verified --max-messages 3 --value-prefix 7 --repeating-keys 2',
  )
  assert.equal(code, 0)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    events.map(({ name, key, value, offset, partition }) => [name, key, value, offset, partition]),
    [
      ['startup_complete', undefined, undefined, undefined, undefined],
      ['producer_send_success', '0', '7.0', 0, 0],
      ['producer_send_success', '1', '7.1', 1, 0],
      ['producer_send_success', '0', '7.2', 2, 0],
      ['shutdown_complete', undefined, undefined, undefined, undefined],
      ['tool_data', undefined, undefined, undefined, undefined],
    ],
  )
  const { sent, acked, target_throughput: target } = events.at(-1)
  assert.deepEqual([sent, acked, target], [3, 3, -1])
})

test('the speed of reading is printed in the columns of the tool', async () => {
  await kafka('console-producer', '--topic fast', 'abcd\n'.repeat(5))
  const names =
    'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'
  const whole = await kafka('consumer-perf-test', '--topic fast --messages 5')
  assert.equal(whole.code, 0, whole.stderr)
  const [header, line = '', end] = whole.stdout.split('\n')
  assert.equal(header, `start.time, end.time, ${names}`)
  assert.match(
    line,
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}, [^,]+, 0\.0000, [\d.]+, 5, [\d.]+, \d+, \d+, [\d.]+, [\d.]+$/,
  )
  assert.equal(end, '')
  const options =
    '--num-records 5 --include fa.* --show-detailed-stats --reporting-interval 0 --date-format yyyy --hide-header'
  const detailed = await kafka('consumer-perf-test', options)
  assert.match(detailed.stdout, /^\d{4}, 0, 0\.0000, [\d.]+, 5, /)
  const short = await kafka('consumer-perf-test', '--topic fast --num-records 6 --timeout 50')
  assert.match(
    short.stdout,
    /WARNING: Exiting before consuming the expected number of records: timeout \(50 ms\) exceeded/,
  )
})
