/** Kafka's tools about the cluster and its speed, on a Dorsale broker. What they print was compared with Kafka's own, column by column. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'
import { run } from './testing/run.ts'

let broker: TestBroker
const directory = mkdtempSync(join(tmpdir(), 'dorsale-tools-'))
before(async () => {
  broker = await startTestBroker({ topics: [{ name: 'orders', numPartitions: 2 }] })
})
after(async () => {
  rmSync(directory, { recursive: true, force: true })
  await broker.stop()
})

const kafka = (tool: string, text: string) =>
  run([`kafka-${tool}`, '--bootstrap-server', broker.bootstrapServers, ...text.split(' ')])

test('kafka-cluster prints the id and the endpoints', async () => {
  const id = await kafka('cluster', 'cluster-id')
  assert.match(id.stdout, /^Cluster ID: [\w-]{22}\n$/)
  const { stdout } = await kafka('cluster', 'list-endpoints')
  const [header, row] = stdout.split('\n')
  assert.equal(header, 'ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  ')
  assert.match(row!, /^1 {10}127\.0\.0\.1 \d{4,5} +null {7}unfenced {3}broker {9}$/)
  assert.match((await kafka('cluster', 'explode')).stderr, /say what to do: cluster-id, unregister or list-endpoints/)
  assert.match((await kafka('cluster', 'unregister')).stderr, /Missing required argument "\[id\]"/)
})

test('kafka-acls says what it adds for whom, and what a broker without an authorizer answers', async () => {
  const refused =
    /^Error while executing ACL command: org\.apache\.kafka\.common\.errors\.SecurityDisabledException: \S.*\n$/
  const list = await kafka('acls', '--list')
  assert.match(list.stdout, refused)
  assert.equal(list.code, 1)
  const roles = '--producer --consumer --topic orders --group g --allow-principal User:a --deny-principal User:e'
  const { stdout } = await kafka('acls', `--add ${roles} --deny-host 10.0.0.9`)
  const [title, ...lines] = stdout.split('\n')
  assert.equal(
    title,
    'Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=orders, patternType=LITERAL)`: ',
  )
  const entry = (who: string, operation: string, permission: string) =>
    ` \t(principal=User:${who}, host=${who === 'e' ? '10.0.0.9' : '*'}, operation=${operation}, permissionType=${permission})`
  const operations = [
    ['WRITE', 'DESCRIBE', 'CREATE'],
    ['READ', 'DESCRIBE'],
  ]
  assert.deepEqual(
    lines.slice(0, 10).map(line => line.trimEnd()),
    operations.flatMap(some => [
      ...some.map(operation => entry('a', operation, 'ALLOW')),
      ...some.map(operation => entry('e', operation, 'DENY')),
    ]),
  )
  assert.match(lines.slice(11).join('\n'), refused)
})

test('kafka-acls refuses what does not fit together', async () => {
  const cases: [text: string, message: RegExp][] = [
    ['--list --add', /exactly one action: --list, --add, --remove/],
    ['--add --topic a', /You must specify one of: --allow-principal, --deny-principal/],
    ['--add --allow-principal User:a', /You must provide at least one resource/],
    ['--add --allow-principal alice --topic a', /principalType:principalName but got alice/],
    ['--add --allow-principal User:a --group g --operation Write', /ResourceType GROUP only supports operations ALL, /],
    ['--add --allow-principal User:a --topic a --resource-pattern-type match', /not valid when adding acls/],
    ['--add --allow-principal User:a --consumer --topic a', /With --consumer you must specify a --topic and a --group/],
    ['--remove --principal User:a --topic a', /--principal option is only available if --list is set/],
  ]
  for (const [text, message] of cases) {
    const { code, stderr } = await kafka('acls', text)
    assert.equal(code, 1, text)
    assert.match(stderr, message)
  }
})

test('kafka-features maps releases to levels, and says which release it does not know', async () => {
  const mapping = await kafka('features', 'version-mapping --release-version 4.0')
  assert.equal(
    mapping.stdout,
    'metadata.version=25 (4.0)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\neligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n',
  )
  assert.match(
    (await kafka('features', 'version-mapping --release-version 9.9')).stderr,
    /Unknown metadata.version 9\.9/,
  )
  assert.match((await kafka('features', 'upgrade')).stderr, /You must specify at least one feature to upgrade/)
  assert.match((await kafka('features', 'upgrade --feature x')).stderr, /Can't parse feature=level string x/)
})

test('kafka-features describes every feature with its levels', async () => {
  const { stdout } = await kafka('features', 'describe')
  const line = stdout.split('\n').find(each => each.startsWith('Feature: metadata.version'))
  assert.match(
    line ?? '',
    /^Feature: metadata\.version {26}SupportedMinVersion: 3\.3-IV3 {10}SupportedMaxVersion: 4\.4-IV2 {10}FinalizedVersionLevel: 4\.4-IV2 {10}Epoch: \d+$/,
  )
})

test('kafka-metadata-quorum reads who is to vote from the configuration of that controller', async () => {
  const file = join(directory, 'controller.properties')
  const logs = join(directory, 'controller-logs')
  const whole: Record<string, string> = {
    'process.roles': 'controller',
    'node.id': '3',
    'log.dirs': `${logs},${logs}-2`,
    listeners: 'CONTROLLER://:9093,OTHER://[::1]:9094',
    'advertised.listeners': 'OTHER://elsewhere:1',
    'controller.listener.names': 'CONTROLLER,OTHER',
  }
  const add = async (change: Record<string, string | undefined>) => {
    const lines = Object.entries({ ...whole, ...change }).flatMap(([key, value]) =>
      value === undefined ? [] : `${key}=${value}`,
    )
    writeFileSync(file, lines.join('\n'))
    return kafka('metadata-quorum', `--command-config ${file} add-controller --dry-run`)
  }
  assert.match((await add({})).stderr, /Unable to read meta\.properties from \S*controller-logs/)
  mkdirSync(logs)
  writeFileSync(join(logs, 'meta.properties'), 'version=1\n')
  assert.match((await add({})).stderr, /No directory id found in /)
  writeFileSync(join(logs, 'meta.properties'), 'version=1\ndirectory.id=zzzzzzzzzzzzzzzzzzzzzw\n')
  assert.equal(
    (await add({})).stdout,
    'DRY RUN of adding controller 3 with directory id zzzzzzzzzzzzzzzzzzzzzw and endpoints: CONTROLLER://localhost:9093, OTHER://elsewhere:1\n',
  )
  const cases: [change: Record<string, string | undefined>, sentence: RegExp][] = [
    [{ 'node.id': undefined }, /node\.id not found in configuration file/],
    [{ 'node.id': '-1' }, /node\.id was negative/],
    [{ 'process.roles': 'broker' }, /process\.roles did not contain 'controller'/],
    [{ 'log.dirs': undefined }, /Neither metadata\.log\.dir nor log\.dirs were found/],
    [{ 'controller.listener.names': undefined }, /controller\.listener\.names was not found/],
    [{ 'controller.listener.names': 'THIRD' }, /Cannot find information about controller listener name: THIRD/],
  ]
  for (const [change, sentence] of cases) assert.match((await add(change)).stderr, sentence)
  assert.match((await kafka('metadata-quorum', 'add-controller')).stderr, /You must supply the configuration file/)
})

test('kafka-broker-api-versions names what is served, and what is not', async () => {
  const { code, stdout } = await kafka('broker-api-versions', '--command-config /dev/null')
  assert.equal(code, 0)
  const lines = stdout.split('\n')
  assert.match(lines[0]!, /^127\.0\.0\.1:\d+ \(id: 1 rack: null isFenced: false\) -> \($/)
  assert.equal(lines[1], '\tProduce(0): 0 to 13 [usable: 13],')
  assert.ok(lines.includes('\tOffsetDelete(47): 0 [usable: 0],'))
  assert.ok(lines.includes('\tStreamsGroupHeartbeat(88): UNSUPPORTED,'))
  assert.deepEqual(lines.slice(-2), [')', ''])
})

test('kafka-storage formats a directory once, and says what is in it', async () => {
  const config = join(directory, 'server.properties')
  const logs = join(directory, 'formatted')
  writeFileSync(
    config,
    `process.roles=broker,controller\nnode.id=1\ncontroller.quorum.bootstrap.servers=localhost:9093\nlisteners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\ncontroller.listener.names=CONTROLLER\nlog.dirs=${logs}\n`,
  )
  const storage = (text: string) => run(['kafka-storage.sh', ...text.split(' ')])
  const id = (await storage('random-uuid')).stdout.trim()
  const format = `format -t ${id} -c ${config} --standalone`
  assert.equal((await storage(format)).code, 0)
  assert.match((await storage(`info -c ${config}`)).stdout, new RegExp(id))
  assert.equal((await storage(format)).code, 1, 'formatted already')
  assert.equal((await storage(`${format} -g`)).code, 0)
  assert.match((await storage(`${format} -g -S SCRAM-SHA-256=x`)).stderr, /--add-scram: write it as SCRAM-SHA-256=/)
  assert.match((await storage('format')).stderr, /Missing required argument "\[config\]"/)
  assert.equal(
    (await storage('feature-dependencies -f eligible.leader.replicas.version=1 -f group.version=1')).stdout,
    'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\ngroup.version=1 has no dependencies.\n',
  )
  assert.match((await storage('feature-dependencies -f group.version=9')).stderr, /Unknown feature level 9/)
})

test('kafka-reassign-partitions plans, moves, and says how far it has come', async () => {
  const topics = join(directory, 'topics.json')
  const moves = join(directory, 'moves.json')
  writeFileSync(topics, '{"topics":[{"topic":"orders"}],"version":1}')
  const planned = await kafka('reassign-partitions', `--generate --topics-to-move-json-file ${topics} --broker-list 1`)
  const [, current, , , proposed] = planned.stdout.split('\n')
  assert.match(
    current!,
    /^\{"version":1,"partitions":\[\{"topic":"orders","partition":0,"replicas":\[1\],"log_dirs":\["\//,
  )
  const any = (partition: number) => ({ topic: 'orders', partition, replicas: [1], log_dirs: ['any'] })
  assert.deepEqual(JSON.parse(proposed!), { version: 1, partitions: [any(0), any(1)] })
  writeFileSync(moves, proposed!)
  const started = await kafka('reassign-partitions', `--execute --reassignment-json-file ${moves}`)
  assert.match(started.stdout, /Successfully started partition reassignments for orders-0,orders-1\n$/)
  const verified = await kafka('reassign-partitions', `--verify --reassignment-json-file ${moves}`)
  assert.equal(
    verified.stdout,
    'Status of partition reassignment:\nReassignment of partition orders-0 is completed.\nReassignment of partition orders-1 is completed.\n\nClearing broker-level throttles on broker 1\nClearing topic-level throttles on topic orders\n',
  )
  assert.equal((await kafka('reassign-partitions', '--list')).stdout, 'No partition reassignments found.\n')
  const kept = `--cancel --preserve-throttles --reassignment-json-file ${moves}`
  assert.equal(
    (await kafka('reassign-partitions', kept)).stdout,
    'None of the specified partition reassignments are active.\nNone of the specified partition moves are active.',
  )
})

test('kafka-reassign-partitions slows moves down, and clears what slowed them when they are done', async () => {
  const moves = join(directory, 'slow.json')
  const partitions = [0, 1].map(partition => ({ topic: 'orders', partition, replicas: [1] }))
  writeFileSync(moves, JSON.stringify({ version: 1, partitions }))
  const slow = '--throttle 5000000 --replica-alter-log-dirs-throttle 4000000 --timeout 500'
  const { stdout } = await kafka('reassign-partitions', `--execute ${slow} --reassignment-json-file ${moves}`)
  assert.deepEqual(stdout.split('\n').slice(5), [
    'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.',
    'The inter-broker throttle limit was set to 5000000 B/s',
    'The replica-alter-dir throttle limit was set to 4000000 B/s',
    'Successfully started partition reassignments for orders-0,orders-1',
    '',
  ])
  const settings = async () => [
    (await kafka('configs', '--describe --broker 1')).stdout,
    (await kafka('configs', '--describe --topic orders')).stdout,
  ]
  const [slowBroker, slowTopic] = await settings()
  assert.match(slowBroker!, /leader\.replication\.throttled\.rate=5000000 /)
  assert.match(slowBroker!, /follower\.replication\.throttled\.rate=5000000 /)
  // Nobody moves between directories here, so that nobody is slowed down there.
  assert.doesNotMatch(slowBroker!, /replica\.alter\.log\.dirs/)
  assert.match(slowTopic!, /leader\.replication\.throttled\.replicas=0:1,1:1 /)
  assert.match(slowTopic!, /follower\.replication\.throttled\.replicas= /)
  const verify = (more: string) => kafka('reassign-partitions', `--verify ${more}--reassignment-json-file ${moves}`)
  assert.doesNotMatch((await verify('--preserve-throttles ')).stdout, /Clearing/)
  assert.deepEqual(await settings(), [slowBroker, slowTopic])
  assert.match((await verify('')).stdout, /\nClearing broker-level throttles on broker 1\nClearing topic-level/)
  for (const text of await settings()) assert.doesNotMatch(text, /throttled/)
})

test('kafka-reassign-partitions says what is wrong with moves, on standard output as Kafka does', async () => {
  const moves = join(directory, 'wrong.json')
  const one = { topic: 'orders', partition: 0, replicas: [1] }
  const cases: [action: string, partitions: object[], sentence: RegExp][] = [
    ['--execute', [{ ...one, replicas: [7] }], /^Error: Unknown broker id 7\n$/],
    ['--execute', [], /^Error: Partition reassignment list cannot be empty\n$/],
    ['--execute', [{ ...one, replicas: [] }], /^Error: Partition replica list cannot be empty\n$/],
    ['--execute', [one, one], /^Error: Partition reassignment contains duplicate topic partitions: orders-0\n$/],
    [
      '--execute',
      [{ ...one, replicas: [1, 1] }],
      /^Error: .* duplicate entries: orders-0 contains multiple entries for 1/,
    ],
    ['--execute', [{ ...one, topic: 'missing' }], /^Error: Topic missing not found\.\n$/],
    ['--execute', [{ ...one, partition: 9 }], /^Error: .*Unable to find partition: orders-9\n$/],
    ['--execute', [{ ...one, log_dirs: ['/nowhere'] }], /\nError: Failed to alter dir for orders-0-1\n$/],
    [
      '--verify --preserve-throttles',
      [{ ...one, replicas: [7] }],
      /There is no active reassignment of partition orders-0, but replica set is 1 rather than 7\.\n/,
    ],
    [
      '--verify',
      [{ ...one, log_dirs: ['/nowhere'] }],
      /\nPartition orders-0 on broker 1 is not being moved from log dir \/\S+ to \/nowhere\.\n/,
    ],
  ]
  for (const [action, partitions, sentence] of cases) {
    writeFileSync(moves, JSON.stringify({ version: 1, partitions }))
    const { code, stdout } = await kafka('reassign-partitions', `${action} --reassignment-json-file ${moves}`)
    assert.match(stdout, sentence)
    assert.equal(code, action.startsWith('--verify') ? 0 : 1)
  }
  const refused: [text: string, sentence: RegExp][] = [
    ['--list --verify', /exactly one action/],
    ['--list --throttle 5', /Option "\[throttle\]" can't be used with action "\[list\]"/],
    ['--execute', /Missing required argument "\[reassignment-json-file\]"/],
    [
      `--execute --bootstrap-controller a:1 --reassignment-json-file ${moves}`,
      /can't be used with action "\[execute\]"/,
    ],
  ]
  for (const [text, sentence] of refused) {
    const { code, stdout, stderr } = await kafka('reassign-partitions', text)
    assert.match(stderr, sentence)
    assert.equal(stdout, '')
    assert.equal(code, 1)
  }
})

test('kafka-producer-perf-test sends so many records and sums them up', async () => {
  const sent = await kafka('producer-perf-test', '--topic orders --num-records 500 --record-size 10 --throughput -1')
  assert.match(sent.stdout, /^500 records sent, \d+\.\d{6} records\/sec \(\d+\.\d\d MB\/sec\), .* ms 99\.9th\.\n$/)
  assert.equal(sent.code, 0)
  const steady = await kafka(
    'producer-perf-test',
    '--topic orders --num-records 100 --payload-monotonic --throughput 5000 --warmup-records 40 --print-metrics',
  )
  assert.match(steady.stdout, /^100 records sent, .*\n60 steady state records sent, .*\n\nMetric Name +Value\n/)
  assert.match(steady.stdout, /\nproducer-metrics:record-send-total:\{client-id=perf-producer-client\} +: 100\.000\n/)
  const offsets = await kafka('get-offsets', '--topic orders')
  const total = offsets.stdout
    .trim()
    .split('\n')
    .map(line => Number(line.split(':')[2]))
  assert.equal(
    total.reduce((sum, count) => sum + count, 0),
    600,
  )
})

test('what kafka-producer-perf-test cannot do is said', async () => {
  const cases: [string, RegExp][] = [
    ['--topic t --num-records 1 --throughput -1', /one of --record-size, --payload-file and --payload-monotonic/],
    ['--topic t --num-records 0 --throughput -1 --record-size 1', /--num-records should be greater than zero/],
    ['--topic t --throughput -1 --record-size 1', /Missing required argument "\[num-records\]"/],
    [
      '--topic t --num-records 5 --throughput -1 --record-size 1 --warmup-records 5',
      /should be less than --num-records/,
    ],
  ]
  for (const [text, message] of cases) assert.match((await kafka('producer-perf-test', text)).stderr, message)
})

test('files that name partitions are checked, with the entry that is wrong', async () => {
  const path = join(directory, 'partitions.json')
  const cases: [string, RegExp][] = [
    ['{', /is no JSON/],
    ['{"version":2,"partitions":[]}', /Not supported version field value 2/],
    ['{}', /Missing partitions field/],
    [
      '{"partitions":[{"topic":"t","partition":0}]}',
      /partitions\[0\] of .* must have a topic, a partition and an offset/,
    ],
    [
      '{"partitions":[{"topic":"t","partition":0,"offset":1},{"topic":"t","partition":0,"offset":2}]}',
      /duplicate topic partitions: t-0/,
    ],
  ]
  for (const [text, message] of cases) {
    writeFileSync(path, text)
    assert.match((await kafka('delete-records', `--offset-json-file ${path}`)).stderr, message)
  }
  assert.match((await kafka('delete-records', '--offset-json-file /nowhere')).stderr, /Unable to read file \/nowhere/)
})

test('what does not fit together is refused', async () => {
  const cases: [tool: string, text: string, message: RegExp][] = [
    ['leader-election', '--election-type preferred', /One and only one of the following options is required/],
    ['leader-election', '--election-type sometimes --all-topic-partitions', /it is preferred or unclean/],
    ['leader-election', '--election-type unclean --topic t', /topic and partition go together/],
    ['metadata-quorum', 'describe', /One of --status or --replication must be specified/],
    ['metadata-quorum', 'describe --status --replication', /Only one of --status or --replication/],
    ['metadata-quorum', 'remove-controller', /Missing required argument "\[controller-id\]"/],
    ['log-dirs', '--broker-list 1', /Missing required argument "\[describe\]"/],
    ['log-dirs', '--describe --broker-list 1,7', /do not exist from --broker-list: 7\. Current existent brokers: 1\n/],
  ]
  for (const [tool, text, message] of cases) assert.match((await kafka(tool, text)).stderr, message, `${tool} ${text}`)
})

test('kafka-client-metrics makes, changes, prints and takes away subscriptions', async () => {
  const metrics = async (text: string) => (await kafka('client-metrics', text)).stdout
  assert.equal(
    await metrics('--alter --name m1 --metrics org.apache. --interval 5000 --match client_id=x'),
    'Altered client metrics config for m1.\n',
  )
  assert.equal(await metrics('--list'), 'm1\n')
  assert.equal(
    await metrics('--describe'),
    'Client metrics configs for m1 are:\n  interval.ms=5000\n  match=client_id=x\n  metrics=org.apache.\n',
  )
  assert.match(
    await metrics('--alter --generate-name --interval 1000'),
    /^Altered client metrics config for [\w-]{22}\.\n$/,
  )
  assert.equal(await metrics('--delete --name m1'), 'Deleted client metrics config for m1.\n')
  assert.equal(
    await metrics('--describe --name m1'),
    "The client metric resource m1 doesn't exist and doesn't have dynamic config.\n",
  )
  assert.match((await kafka('client-metrics', '--alter')).stderr, /One of --name or --generate-name must be specified/)
})

test('kafka-transactions prints the producers of a partition', async () => {
  await broker.produce('orders', [{ partition: 0, value: 'a' }])
  const { code, stdout } = await kafka('transactions', 'describe-producers --topic orders --partition 0')
  assert.equal(code, 0)
  const [header, row] = stdout.split('\n')
  assert.equal(
    header,
    'ProducerId\tProducerEpoch\tLatestCoordinatorEpoch\tLastSequence\tLastTimestamp\tCurrentTransactionStartOffset\t',
  )
  assert.match(row ?? '', /^\d+ +\t0 {12}\t-1 {20}\t\d+ +\t\d{13}\tNone {25}\t$/)
  const none = await kafka('transactions', 'find-hanging --topic orders --max-transaction-timeout 0')
  const columns = 'Topic Partition ProducerId ProducerEpoch CoordinatorEpoch StartOffset LastTimestamp Duration(min)'
  assert.equal(none.stdout.trim().replaceAll(/\s+/g, ' '), columns, none.stderr)
  assert.equal((await kafka('transactions', 'find-hanging --broker-id 1')).stdout, none.stdout)
  const refusals: [text: string, message: RegExp][] = [
    ['find-hanging', /requires either --topic or --broker-id/],
    ['find-hanging --partition 0 --broker-id 1', /The --partition argument requires --topic/],
    ['describe-producers --topic orders', /Missing required argument "\[partition\]"/],
    ['abort --topic orders --partition 0', /must be identified either with --start-offset/],
    [
      'abort --topic orders --partition 0 --start-offset 7',
      /Could not find any open transactions starting at offset 7/,
    ],
    ['explode', /say what to do: list, describe, describe-producers, find-hanging, abort/],
  ]
  for (const [text, message] of refusals) assert.match((await kafka('transactions', text)).stderr, message)
})
