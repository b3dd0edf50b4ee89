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
  const measured = await kafka('consumer-perf-test', '--topic fast --num-records 5 --print-metrics')
  assert.match(
    measured.stdout,
    /\n\nMetric Name +Value\n(.*\n)*consumer-fetch-manager-metrics:records-consumed-total:\{client-id=perf-consumer-client\} +: 5\.000\n/,
  )
  const short = await kafka('consumer-perf-test', '--topic fast --num-records 6 --timeout 50')
  assert.match(
    short.stdout,
    /WARNING: Exiting before consuming the expected number of records: timeout \(50 ms\) exceeded/,
  )
})

test('a group goes on where it left off, record by record, and is described, reset and deleted', async () => {
  await kafka('console-producer', '--topic grouped', 'a\nb\nc\nd\n')
  const read = (text: string) => kafka('console-consumer', `--group readers --from-beginning ${text}`)
  assert.equal((await read('--topic grouped --max-messages 3')).stdout, 'a\nb\nc\n')
  assert.equal((await read('--include group.* --max-messages 1')).stdout, 'd\n')
  await kafka('console-producer', '--topic grouped', 'e\n')
  const described = await kafka('consumer-groups', '--describe --group readers')
  assert.equal(
    described.stdout,
    [
      '\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID',
      '\nreaders         grouped         0          4               5               1               -               -               -\n',
    ].join(''),
  )
  const ours = JSON.parse(
    (await run(['group', 'describe', 'readers', '-o', 'json', '-b', broker.bootstrapServers])).stdout,
  )
  assert.deepEqual([ours[0].state, ours[0].lag, ours[0].partitions[0].offset], ['Empty', 1, 4])
  const dry = await kafka('consumer-groups', '--reset-offsets --group readers --topic grouped --shift-by -2 --dry-run')
  assert.equal(
    dry.stdout,
    '\nGROUP           TOPIC           PARTITION  NEW-OFFSET\nreaders         grouped         0          2\n',
  )
  const reset = await run(['group', 'reset', 'readers', '--to', '@1', '-b', broker.bootstrapServers])
  assert.equal(reset.stdout, 'GROUP    TOPIC    PARTITION  NEW-OFFSET\nreaders  grouped          0           1\n')
  assert.equal((await read('--topic grouped --max-messages 1')).stdout, 'b\n')
  assert.match((await kafka('consumer-groups', '--list')).stdout, /^readers$/m)
  assert.match(
    (await run(['group', 'list', '-b', broker.bootstrapServers])).stdout,
    /^GROUP +TYPE +PROTOCOL +STATE\n(.*\n)*readers +Classic +consumer +Empty\n/,
  )
  assert.equal(
    (await kafka('consumer-groups', '--delete --group readers')).stdout,
    "Deletion of requested consumer groups ('readers') was successful.\n",
  )
  const gone = await kafka('consumer-groups', '--describe --group readers')
  assert.equal(gone.code, 1)
  assert.match(
    gone.stdout,
    /^\nError: Executing consumer group command failed due to org\.apache\.kafka\.common\.errors\.GroupIdNotFoundException: /,
  )
})

test('a record is timed from its sender to its reader, with a key and headers', async () => {
  const sizes =
    '--record-size 10 --record-key-size 4 --num-headers 2 --record-header-key-size 3 --record-header-size -1'
  const { code, stdout, stderr } = await kafka(
    'e2e-latency',
    `--topic timed --num-records 3 --producer-acks all ${sizes}`,
  )
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    /^Topic "timed" does not exist\. Will create topic with 1 partition\(s\) and replication factor = 1\n0\t[\d.]+\nAvg latency: \d+\.\d{4} ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n$/,
  )
  const columns = '--formatter-property print.key=true --formatter-property print.headers=true'
  const read = await kafka('console-consumer', `--topic timed --from-beginning --max-messages 3 ${columns}`)
  assert.match(read.stdout, /^([A-Z]{3}:null,[A-Z]{3}:null\t[A-Z]{4}\t[A-Z]{10}\n){3}$/)
  const refused = await kafka('e2e-latency', '--topic timed --num-records 3 --producer-acks 0 --record-size 1')
  assert.match(refused.stderr, /'1' or 'all' for --producer-acks/)
})

test('a pattern of a subscription is judged without a cluster', async () => {
  const cases: [pattern: string, verdict: string][] = [
    ['a.*', 'valid'],
    ['(a', 'invalid: missing closing )'],
    ['(?<=x)a', 'invalid: invalid named capture'],
    ['a**', 'invalid: invalid nested repetition operator'],
  ]
  for (const [pattern, verdict] of cases) {
    const { code, stdout } = await run(['kafka-consumer-groups', '--validate-regex', pattern])
    assert.deepEqual([code, stdout], [0, `The regular expression \`${pattern}\` is ${verdict}.\n`])
  }
})

test('without a group each tool has one of its own: the console keeps nothing there, the measurement commits', async () => {
  const alone = await startTestBroker()
  const ask = (tool: string, text: string, stdin = '') =>
    run([`kafka-${tool}`, '--bootstrap-server', alone.bootstrapServers, ...text.split(' ')], { stdin })
  try {
    await ask('console-producer', '--topic own', 'a\nb\n')
    await ask('console-consumer', '--topic own --from-beginning --max-messages 2')
    await ask('consumer-perf-test', '--topic own --num-records 2')
    const names = (await ask('consumer-groups', '--list')).stdout.trim().split('\n').sort()
    assert.deepEqual(
      names.map(name => name.replace(/\d{1,5}$/, '#')),
      ['console-consumer-#', 'perf-consumer-#'],
    )
    const [console = '', measurement = ''] = names
    assert.doesNotMatch((await ask('consumer-groups', `--describe --group ${console}`)).stdout, /own/)
    assert.match((await ask('consumer-groups', `--describe --group ${measurement}`)).stdout, / own +0 +2 +2 +0 /)
  } finally {
    await alone.stop()
  }
})

test('the verifiable consumer says what it was given, read and committed', async () => {
  await kafka('console-producer', '--topic witnessed', 'a\nb\nc\n')
  const consume = async (text: string) => {
    const { stdout } = await kafka('verifiable-consumer', `--topic witnessed --group-id witnesses ${text}`)
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  }
  const events = await consume('--max-messages 2 --verbose')
  const partitions = [{ topic: 'witnessed', partition: 0 }]
  assert.deepEqual(
    events.map(({ timestamp: _, ...event }) => event),
    [
      { name: 'startup_complete' },
      { name: 'partitions_assigned', partitions },
      { name: 'record_data', key: null, value: 'a', topic: 'witnessed', partition: 0, offset: 0 },
      { name: 'record_data', key: null, value: 'b', topic: 'witnessed', partition: 0, offset: 1 },
      { name: 'records_consumed', count: 2, partitions: [{ ...partitions[0], count: 2, minOffset: 0, maxOffset: 1 }] },
      { name: 'offsets_committed', offsets: [{ ...partitions[0], offset: 2 }], success: true },
      { name: 'partitions_revoked', partitions },
      { name: 'shutdown_complete' },
    ],
  )
  const rest = await consume(
    '--max-messages 1 --enable-autocommit --assignment-strategy org.apache.kafka.clients.consumer.RoundRobinAssignor',
  )
  assert.equal(rest.find(({ name }) => name === 'records_consumed').partitions[0].minOffset, 2)
  const { stdout } = await kafka('consumer-groups', '--describe --group witnesses')
  assert.match(stdout, /witnesses +witnessed +0 +3 +3 +0 /)
})
