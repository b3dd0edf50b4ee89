/** Kafka's tools for share groups on a Dorsale broker. What they print was compared with Kafka's own; `interop` does it again. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'
import { run } from './testing/run.ts'

let broker: TestBroker
before(async () => {
  // A member learns of its partitions with the heartbeat that follows its joining.
  const settings = { 'group.share.heartbeat.interval.ms': 200, 'group.share.min.heartbeat.interval.ms': 200 }
  broker = await startTestBroker({ topics: [{ name: 'jobs', numPartitions: 1 }], settings })
})
after(() => broker.stop())

const kafka = (tool: string, text: string, stdin = '') =>
  run([`kafka-${tool}`, '--bootstrap-server', broker.bootstrapServers, ...text.split(' ')], { stdin })
const fromTheStart = (group: string) =>
  kafka('configs', `--alter --group ${group} --add-config share.auto.offset.reset=earliest`)

test('what is released comes again, what is accepted does not, and what was not printed goes to somebody else', async () => {
  await fromTheStart('workers')
  await kafka('console-producer', '--topic jobs --sync', '1\n2\n3\n4\n')
  const read = (text: string) =>
    kafka('console-share-consumer', `--topic jobs --group workers --timeout-ms 15000 ${text}`)
  const columns = '--formatter-property print.delivery=true --formatter-property print.offset=true'
  const first = await read(`--max-messages 2 --release ${columns}`)
  assert.equal(first.stdout, 'Offset:0\tDelivery:1\t1\nOffset:1\tDelivery:1\t2\n')
  assert.deepEqual([first.code, first.stderr], [0, 'Processed a total of 2 messages\n'])
  const second = await read(`--max-messages 2 ${columns} --enable-systest-events`)
  assert.equal(second.stdout, 'Offset:0\tDelivery:2\t1\nOffset:1\tDelivery:2\t2\nshutdown_complete\n')
  const third = await read('--max-messages 1 --reject')
  assert.equal(third.stdout, '3\n')
  const last = await read('--max-messages 1')
  assert.equal(last.stdout, '4\n')
})

test('a record that cannot be printed is rejected when that is asked for', async () => {
  await fromTheStart('odd')
  await kafka('topics', '--create --topic odd --partitions 1')
  await kafka('console-producer', '--topic odd --sync', 'not a long\n12345678\n')
  const integers = '--value-deserializer org.apache.kafka.common.serialization.LongDeserializer'
  const words = `--topic odd --group odd --max-messages 2 --timeout-ms 15000 ${integers} --reject-message-on-error`
  const { code, stdout, stderr } = await kafka('console-share-consumer', words)
  assert.equal(stdout, `${Buffer.from('12345678').readBigInt64BE()}\n`)
  assert.match(stderr, /rejecting this message: .*\nProcessed a total of 2 messages\n$/)
  assert.equal(code, 0)
})

test('groups are listed and described', async () => {
  assert.equal((await kafka('share-groups', '--list')).stdout.split('\n').includes('workers'), true)
  const states = await kafka('share-groups', '--list --state empty')
  assert.match(states.stdout, /^GROUP {11}STATE\n(.*\n)*workers {9}Empty\n/)
  const offsets = await kafka('share-groups', '--describe --group workers --verbose')
  assert.deepEqual(
    offsets.stdout.split('\n').map(line => line.trim().split(/ +/)),
    [
      [''],
      ['GROUP', 'TOPIC', 'PARTITION', 'LEADER-EPOCH', 'START-OFFSET', 'LAG'],
      // The start follows what is settled with the next change; the lag knows of it at once.
      ['workers', 'jobs', '0', '0', '3', '0'],
      [''],
    ],
  )
  const state = await kafka('share-groups', '--describe --group workers --state')
  assert.match(
    state.stdout,
    /^\nGROUP {11}COORDINATOR \(ID\) {10}STATE {11}#MEMBERS\nworkers {9}127\.0\.0\.1:\d+ {2}\(1\) +Empty {11}0\n$/,
  )
  assert.match(state.stderr, /^\nShare group 'workers' has no active members\.\n$/)
  assert.equal((await kafka('share-groups', '--describe --group workers --members')).stdout, '')
  const missing = await kafka('share-groups', '--describe --group missing')
  assert.match(
    missing.stdout,
    /^\nError: Executing share group command failed due to org\.apache\.kafka\.common\.errors\.GroupIdNotFoundException: /,
  )
  assert.equal(missing.code, 1)
})

test('members are described while they are there', async () => {
  const interrupt = new AbortController()
  const words = ['kafka-console-share-consumer', '--bootstrap-server', broker.bootstrapServers, '--topic', 'jobs']
  const running = run([...words, '--group', 'busy'], { signal: interrupt.signal })
  const deadlineMs = Date.now() + 20_000
  let stdout = ''
  // The assignment comes with a heartbeat that follows the joining.
  while (!/jobs:0/.test(stdout) && Date.now() < deadlineMs) {
    stdout = (await kafka('share-groups', '--describe --group busy --members --verbose')).stdout
  }
  interrupt.abort()
  assert.equal((await running).code, 0)
  const [, header, row] = stdout.split('\n').map(line => line.trim().split(/ +/))
  assert.deepEqual(header, ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS', 'MEMBER-EPOCH', 'ASSIGNMENT'])
  assert.deepEqual(row?.slice(2, 5), ['/127.0.0.1', 'console-share-consumer', '1'])
  assert.deepEqual([row?.[0], row?.at(-1)], ['busy', 'jobs:0'])
})

test('offsets of groups are reset and deleted, and groups too', async () => {
  const dry = await kafka('share-groups', '--reset-offsets --group workers --all-topics --to-earliest --dry-run')
  assert.deepEqual(
    dry.stdout.split('\n').map(line => line.trim().split(/ +/)),
    [[''], ['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ['workers', 'jobs', '0', '0'], ['']],
  )
  assert.match((await kafka('share-groups', '--describe --group workers')).stdout, /\nworkers .* 3 +0\n$/)
  await kafka('share-groups', '--reset-offsets --group workers --topic jobs:0 --to-earliest --execute')
  assert.match((await kafka('share-groups', '--describe --group workers')).stdout, /\nworkers .* 0 +4\n$/)
  const beyond = await kafka('share-groups', '--reset-offsets --group workers --topic jobs:9 --to-latest --execute')
  assert.equal(
    beyond.stdout,
    '\nError: Executing share group command failed due to The partitions "jobs-9" do not exist\n',
  )
  const deleted = await kafka('share-groups', '--delete-offsets --group workers --topic jobs --topic missing')
  assert.deepEqual(
    deleted.stdout
      .trim()
      .split('\n')
      .map(line => line.split(/ +/)[0]),
    ['TOPIC', 'jobs', 'missing'],
  )
  assert.match(deleted.stdout, /\njobs {12}Successful\nmissing {9}Error: (?!workers|missing)/)
  const nobody = await kafka('share-groups', '--delete-offsets --group nobody --topic jobs')
  assert.match(nobody.stdout, /^\nError: (?!nobody)\S.*\n\nTOPIC {11}STATUS\njobs {12}Error: (?!nobody)/)
  assert.equal(deleted.code, 1)
  assert.equal(
    (await kafka('share-groups', '--describe --group workers')).stdout,
    "\nShare group 'workers' has no offset information.\n",
  )
  const some = await kafka('share-groups', '--delete --group workers --group missing')
  assert.equal(
    some.stdout,
    "\nError: Deletion of some share groups failed:\n* Group 'missing' could not be deleted due to: java.lang.IllegalArgumentException: Group 'missing' is not a share group.\n\nThese share groups were deleted successfully: 'workers'\n",
  )
  const rest = await kafka('share-groups', '--delete --group odd')
  assert.deepEqual([rest.stdout, rest.code], ["Deletion of requested share groups ('odd') was successful.\n", 0])
})

test('what does not fit together is refused', async () => {
  const cases: [tool: string, text: string, message: RegExp][] = [
    [
      'share-groups',
      '--list --delete',
      /exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets\./,
    ],
    ['share-groups', '--describe', /takes one of these options: \[all-groups\], \[group\]/],
    ['share-groups', '--describe --group a --members --state', /at most one of these options/],
    ['share-groups', '--describe --group a --state Empty', /does not take a value for \[state\]/],
    ['share-groups', '--list --state Busy', /Invalid state list 'Busy'\. Valid state are: Empty, Stable, Dead/],
    ['share-groups', '--delete-offsets --group a', /takes the following options: \[topic\], \[group\]/],
    ['share-groups', '--delete --group a --topic b', /does not support topic-specific offset deletion/],
    [
      'share-groups',
      '--reset-offsets --group a --group b --topic c --to-latest --execute',
      /supports only one \[group\] at a time/,
    ],
    [
      'share-groups',
      '--reset-offsets --group a --topic c --to-latest',
      /exactly one of these options: \[dry-run\], \[execute\]/,
    ],
    [
      'share-groups',
      '--reset-offsets --group a --to-latest --execute',
      /exactly one of these options: \[all-topics\], \[topic\]/,
    ],
    ['share-groups', '--reset-offsets --group a --topic c --execute', /exactly one of these options: \[to-earliest\]/],
    ['share-groups', '--reset-offsets --group a --topic jobs --to-datetime soon --execute', /Invalid datetime 'soon'/],
    ['console-share-consumer', '--group a', /--topic is a required argument/],
    [
      'console-share-consumer',
      '--topic a --reject --release',
      /At most one of --reject and --release may be specified/,
    ],
    ['console-share-consumer', '--topic a --group b --command-property group.id=c', /Detected group ids: 'b', 'c'/],
    ['delegation-tokens', '--create --describe', /exactly one action: --create, --renew, --expire or --describe/],
    ['delegation-tokens', '--create', /Missing required argument "\[max-life-time-period\]"/],
    ['delegation-tokens', '--describe', /Missing required argument "\[command-config\]"/],
    [
      'delegation-tokens',
      '--renew --hmac eA== --renew-time-period 1 --owner-principal User:a',
      /Option "\[renew\]" can't be used with option "\[owner-principal\]"/,
    ],
    [
      'delegation-tokens',
      '--describe --owner-principal alice --command-config /dev/null',
      /principalType:principalName but got alice/,
    ],
  ]
  for (const [tool, text, message] of cases) {
    const { code, stdout, stderr } = await kafka(tool, text)
    assert.match(stderr, message, text)
    assert.equal(code, 1, text)
    assert.equal(stdout, '', text)
  }
})

test('there are no streams groups', async () => {
  assert.deepEqual(await kafka('streams-groups', '--list'), { code: 0, stdout: '', stderr: '' })
  assert.equal((await kafka('streams-groups', '--list --state')).stdout, 'GROUP           STATE\n')
  const deleted = await kafka('streams-groups', '--delete --group app')
  assert.match(
    deleted.stdout,
    /due to: java\.lang\.IllegalArgumentException: Group 'app' does not exist or is not a streams group\.\n$/,
  )
  const described = await kafka('streams-groups', '--describe --group app')
  assert.match(described.stdout, /^\nError: Executing streams group command failed due to /)
  assert.equal(described.code, 1)
  assert.match(
    (await kafka('streams-groups', '--describe')).stderr,
    /takes one of these options: \[all-groups\], \[group\]/,
  )
})

test('what does not fit together is refused before streams groups are asked for, and so are groups that are not there', async () => {
  const refusals: [text: string, message: RegExp][] = [
    ['--reset-offsets --group app --input-topic t --to-latest', /takes the option: \[execute\] or \[dry-run\]/],
    ['--reset-offsets --dry-run --input-topic t --to-latest', /takes one of these options: \[all-groups\], \[group\]/],
    ['--reset-offsets --dry-run --group app --to-latest', /One of the reset scopes should be defined/],
    ['--reset-offsets --dry-run --group app --input-topic t --to-latest --to-earliest', /takes exactly one of these/],
    [
      '--delete-offsets --group app',
      /takes the \[group\] and one of these options: \[all-input-topics\], \[input-topic\]/,
    ],
    [
      '--delete-offsets --group app --group b --input-topic t',
      /supports only one \[group\] at a time, but found: app, b/,
    ],
    ['--delete --group app --input-topic t', /does not support topic-specific offset deletion/],
    ['--list --execute', /Only Option \[reset-offsets\] accepts \[execute\] or \[dry-run\]/],
    ['--list --delete-all-internal-topics', /takes one of these options: \[delete\], \[reset-offsets\]/],
    [
      '--reset-offsets --dry-run --group app --input-topic t --to-latest --delete-internal-topic i',
      /\[delete-internal-topic\] takes \[execute\] when \[reset-offsets\] is used/,
    ],
  ]
  for (const [text, message] of refusals) {
    const { code, stderr } = await kafka('streams-groups', text)
    assert.match(stderr, message, text)
    assert.equal(code, 1, text)
  }
  const whole = await kafka('streams-groups', '--reset-offsets --group app --all-input-topics --to-latest --dry-run')
  assert.match(whole.stdout, /^\nError: Executing streams group command failed due to /)
  assert.equal(whole.code, 1)
})

test('a broker that knows nobody makes no tokens', async () => {
  const words = '--create --max-life-time-period -1 --renewer-principal User:a --command-config /dev/null'
  const { code, stdout, stderr } = await kafka('delegation-tokens', words)
  assert.equal(stdout, 'Calling create token operation with renewers :[User:a] , max-life-time-period :-1\n')
  assert.match(stderr, /DelegationTokenRequestNotAllowedException|UnsupportedByAuthenticationException|DelegationToken/)
  assert.equal(code, 1)
})
