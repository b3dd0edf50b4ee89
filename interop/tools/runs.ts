import type { Step } from '../differ/step.ts'
import { streamsApplication } from './streams-application.ts'

/** What tools are asked of each of two brokers, in order, so that both get the same history. Where chance would place records, there is one partition or a key. */
export interface ToolRunPlan {
  readonly tool: string
  /** `$CLUSTER` stands for the broker's address, `$CONTROLLER` for its controller's, `$LOGS` for its log directory, `$FILES` for a folder with the files of `files`. */
  readonly words: readonly string[]
  readonly stdin?: string
  /** Lines come in the order of a hash table, or of what two partitions hold. */
  readonly isUnordered?: boolean
  /** Only of use when this is compared with Kafka's. Default: both. */
  readonly of?: 'our broker' | 'our tools'
  /** Requests that no tool sends, before the run. */
  readonly asks?: readonly Step[]
  /** What is measured, and never the same: each match is taken for a `#`. */
  readonly masks?: readonly RegExp[]
}

/** Files that the runs name, by their names in `$FILES`; `$LOGS` in them is the broker's log directory, `$OTHER` its second where it has one. */
export const files: Readonly<Record<string, string>> = {
  'delete-records.json': JSON.stringify({
    version: 1,
    partitions: [
      { topic: 'orders', partition: 0, offset: 1 },
      { topic: 'orders', partition: 2, offset: 900 },
      { topic: 'missing', partition: 0, offset: 1 },
    ],
  }),
  'client.properties': 'client.id=differ\n',
  'storage.properties': [
    'process.roles=broker,controller',
    'node.id=1',
    'controller.quorum.voters=1@127.0.0.1:1',
    'listeners=PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1',
    'controller.listener.names=CONTROLLER',
    'log.dirs=$LOGS',
  ].join('\n'),
  'elections.json': JSON.stringify({ partitions: [{ topic: 'orders', partition: 1 }] }),
  'topics-to-move.json': JSON.stringify({ version: 1, topics: [{ topic: 'orders' }] }),
  'reassignment.json': JSON.stringify({
    version: 1,
    partitions: [{ topic: 'orders', partition: 0, replicas: [1], log_dirs: ['any'] }],
  }),
  'elsewhere.json': JSON.stringify({
    version: 1,
    partitions: [1, 0].map(partition => ({ topic: 'orders', partition, replicas: [1], log_dirs: ['$OTHER'] })),
  }),
  'nowhere.json': JSON.stringify({
    version: 1,
    partitions: [{ topic: 'orders', partition: 2, replicas: [1], log_dirs: ['$LOGS/no/such'] }],
  }),
  'impossible.json': JSON.stringify({ version: 1, partitions: [{ topic: 'orders', partition: 0, replicas: [1, 7] }] }),
  'unknown-topic.json': JSON.stringify({ version: 1, partitions: [{ topic: 'missing', partition: 0, replicas: [1] }] }),
  'unknown-partition.json': JSON.stringify({
    version: 1,
    partitions: [{ topic: 'orders', partition: 9, replicas: [1] }],
  }),
  'duplicates.json': JSON.stringify({
    version: 1,
    partitions: [{ topic: 'orders', partition: 0, replicas: [1, 1] }],
  }),
  'no-moves.json': JSON.stringify({ version: 1, partitions: [] }),
}

const run = (tool: string, text: string, more: Omit<Partial<ToolRunPlan>, 'tool' | 'words'> = {}): ToolRunPlan => ({
  tool,
  words: ['--bootstrap-server', '$CLUSTER', ...text.split(' ').filter(word => word !== '')],
  ...more,
})
/** The tool reads files, and asks no broker. */
const offline = (tool: string, text: string): ToolRunPlan => ({ tool, words: text.split(' ') })
/** The tool knows its cluster behind what it is to do. */
const after = (tool: string, text: string): ToolRunPlan => ({
  tool,
  words: [...text.split(' '), '--bootstrap-server', '$CLUSTER'],
})
/** The controllers are asked in place of the brokers. */
const ofControllers = (tool: string, text: string, more: Omit<Partial<ToolRunPlan>, 'tool' | 'words'> = {}) => ({
  tool,
  // Where the tool has options of each action, they stand behind it.
  words:
    tool === 'kafka-cluster'
      ? [...text.split(' '), '--bootstrap-controller', '$CONTROLLER']
      : ['--bootstrap-controller', '$CONTROLLER', ...text.split(' ')],
  ...more,
})
/** How long the metadata log is hangs on what each broker writes by itself. */
const counted = [/(?<=Epoch: )\d+$/g, /(?<=HighWatermark: )\d+/g, /(?<=^1 #id )\d+/g]
const unordered = { isUnordered: true }
const oneBatch = '--command-property linger.ms=50'
const printed = ['partition', 'offset', 'delivery', 'epoch', 'headers', 'key']
  .map(field => `--formatter-property print.${field}=true`)
  .join(' ')

const shared = ['offset', 'delivery', 'partition'].map(field => `--formatter-property print.${field}=true`).join(' ')

export const runs: readonly ToolRunPlan[] = [
  // Topics.
  run('kafka-topics', '--create --topic orders --partitions 3 --config retention.ms=3600000'),
  run('kafka-topics', '--create --topic orders'),
  run('kafka-topics', '--create --topic orders --if-not-exists'),
  run('kafka-topics', '--create --topic two.dots_and --replication-factor 1'),
  run('kafka-topics', '--create --topic two_dots.and'),
  run('kafka-topics', '--create --topic too-many --replication-factor 3'),
  run('kafka-topics', '--create --topic bad/name'),
  run('kafka-topics', '--create --topic odd --config retention.ms=x'),
  run('kafka-topics', '--create --topic placed --replica-assignment 1,1'),
  run('kafka-topics', '--create --topic compacted --partitions 1 --config cleanup.policy=compact'),
  run('kafka-topics', '--list'),
  run('kafka-topics', '--list --exclude-internal --topic o.*'),
  run('kafka-topics', '--describe --topic orders'),
  run('kafka-topics', '--describe', unordered),
  run('kafka-topics', '--describe --topics-with-overrides', unordered),
  run('kafka-topics', '--describe --unavailable-partitions'),
  run('kafka-topics', '--describe --under-replicated-partitions'),
  run('kafka-topics', '--describe --at-min-isr-partitions', unordered),
  run('kafka-topics', '--describe --topic missing'),
  run('kafka-topics', '--alter --topic placed --partitions 4'),
  run('kafka-topics', '--alter --topic placed --partitions 2'),
  run('kafka-topics', '--alter --topic missing --partitions 2'),
  run('kafka-topics', '--alter --topic missing --partitions 2 --if-exists'),
  // Records.
  run('kafka-console-producer', `--topic orders ${oneBatch} --reader-property parse.key=true`, {
    stdin: 'a\t1\nb\t2\nc\t3\na\t4\n',
  }),
  run(
    'kafka-console-producer',
    `--topic orders ${oneBatch} --reader-property parse.headers=true --reader-property parse.key=true`,
    {
      stdin: 'x:1,y:2\ta\twith headers\n',
    },
  ),
  run(
    'kafka-console-producer',
    `--topic placed ${oneBatch} --compression-codec lz4 --sync --reader-property parse.key=true`,
    {
      stdin: 'a\tone\nb\ttwo\n',
    },
  ),
  run('kafka-console-producer', `--topic compacted ${oneBatch}`, { stdin: 'without a key\n' }),
  run('kafka-console-consumer', `--topic orders --from-beginning --max-messages 5 --timeout-ms 20000 ${printed}`, {
    isUnordered: true,
  }),
  run('kafka-console-consumer', `--topic orders --partition 1 --offset earliest --timeout-ms 3000 ${printed}`),
  run('kafka-console-consumer', '--topic placed --group billing --from-beginning --timeout-ms 4000', unordered),
  run('kafka-console-consumer', '--topic missing --timeout-ms 2000'),
  run('kafka-get-offsets', '--topic orders'),
  run('kafka-get-offsets', '--topic-partitions orders:0-2,pla.*:1 --time earliest'),
  run('kafka-get-offsets', '--topic orders --time max-timestamp'),
  run('kafka-get-offsets', '--topic orders --time -5'),
  run('kafka-get-offsets', '--topic orders --time 0 --exclude-internal-topics'),
  run('kafka-get-offsets', '--topic missing'),
  run('kafka-get-offsets', '--exclude-internal-topics'),
  run('kafka-producer-perf-test', '--topic perf --num-records 1000 --record-size 100 --throughput -1', {
    masks: [/[\d.]+(?= (records\/sec|MB\/sec|ms))/g],
  }),
  run('kafka-consumer-perf-test', '--topic perf --num-records 1000 --timeout 20000', {
    // All but megabytes and records read.
    masks: [/(?<=^#time, #time, [\d.]+, )[\d.]+/g, /(?<=, 1000, ).*/g],
  }),
  run('kafka-verifiable-producer', '--topic verified --max-messages 20', {
    ...unordered,
    masks: [/(?<="avg_throughput":)[\d.]+/g],
  }),
  run('kafka-verifiable-consumer', '--topic verified --group-id verifying --max-messages 20 --reset-policy earliest'),
  run('kafka-delete-records', '--offset-json-file $FILES/delete-records.json', unordered),
  run('kafka-get-offsets', '--topic orders --time earliest'),
  run('kafka-e2e-latency', '--topic e2e --num-records 20 --producer-acks all --record-size 30', {
    masks: [/\d+\.\d+/g, /(?<== )\d+/g],
  }),
  // Groups.
  run('kafka-consumer-groups', '--list', unordered),
  run('kafka-consumer-groups', '--list --state --type', unordered),
  run('kafka-consumer-groups', '--describe --group billing', unordered),
  run('kafka-consumer-groups', '--describe --group billing --verbose', unordered),
  run('kafka-consumer-groups', '--describe --group billing --members --verbose'),
  run('kafka-consumer-groups', '--describe --group billing --state'),
  run('kafka-consumer-groups', '--describe --group missing'),
  run('kafka-consumer-groups', '--describe --all-groups --offsets', unordered),
  run('kafka-consumer-groups', '--reset-offsets --group billing --topic placed --to-earliest --dry-run', unordered),
  run('kafka-consumer-groups', '--reset-offsets --group billing --topic placed:0 --to-offset 5 --dry-run'),
  run('kafka-consumer-groups', '--reset-offsets --group billing --all-topics --shift-by -1 --execute', unordered),
  run('kafka-consumer-groups', '--reset-offsets --group billing --topic placed --by-duration PT1H --export --dry-run', {
    isUnordered: true,
  }),
  run('kafka-consumer-groups', '--reset-offsets --group fresh --topic orders --to-latest --execute', unordered),
  run('kafka-consumer-groups', '--describe --group fresh', unordered),
  run('kafka-consumer-groups', '--delete-offsets --group fresh --topic orders:0', unordered),
  run('kafka-consumer-groups', '--delete --group fresh --group missing', unordered),
  run('kafka-consumer-groups', '--validate-regex a.*'),
  run('kafka-consumer-groups', '--validate-regex (?<=x)a'),
  run('kafka-groups', '--list', unordered),
  run('kafka-groups', '--list --consumer', unordered),
  // Share groups.
  run('kafka-topics', '--create --topic jobs --partitions 1'),
  run('kafka-console-producer', `--topic jobs ${oneBatch}`, { stdin: '1\n2\n3\n4\n5\n' }),
  run('kafka-configs', '--alter --group sharers --add-config share.auto.offset.reset=earliest'),
  run(
    'kafka-console-share-consumer',
    `--topic jobs --group sharers --max-messages 2 --release --timeout-ms 20000 ${shared}`,
  ),
  run('kafka-console-share-consumer', `--topic jobs --group sharers --max-messages 3 --timeout-ms 20000 ${shared}`),
  run(
    'kafka-console-share-consumer',
    `--topic jobs --group sharers --max-messages 2 --reject --timeout-ms 20000 ${shared}`,
  ),
  run('kafka-console-share-consumer', '--topic jobs --group sharers --timeout-ms 8000 --enable-systest-events'),
  run('kafka-console-share-consumer', '--group sharers'),
  run('kafka-share-groups', '--list'),
  run('kafka-share-groups', '--list --state'),
  run('kafka-share-groups', '--list --state stable'),
  run('kafka-share-groups', '--describe --group sharers'),
  run('kafka-share-groups', '--describe --all-groups --verbose'),
  run('kafka-share-groups', '--describe --group sharers --members'),
  run('kafka-share-groups', '--describe --group sharers --state'),
  // How often the group was divided anew hangs on when members left.
  run('kafka-share-groups', '--describe --group sharers --state --verbose', { masks: [/(?<=Empty )\d+ \d+/g] }),
  run('kafka-share-groups', '--describe --group missing'),
  run('kafka-share-groups', '--reset-offsets --group sharers --all-topics --to-earliest --dry-run'),
  run('kafka-share-groups', '--reset-offsets --group sharers --topic jobs:0 --to-latest --execute'),
  run(
    'kafka-share-groups',
    '--reset-offsets --group sharers --topic jobs --to-datetime 2020-01-01T00:00:00.000 --execute',
  ),
  run('kafka-share-groups', '--reset-offsets --group sharers --topic jobs:9 --to-latest --execute'),
  run('kafka-share-groups', '--reset-offsets --group sharers --topic jobs --to-latest'),
  run('kafka-share-groups', '--describe --group sharers'),
  run('kafka-share-groups', '--delete-offsets --group sharers --topic jobs --topic missing'),
  run('kafka-share-groups', '--delete-offsets --group missing --topic jobs'),
  run('kafka-share-groups', '--describe --group sharers'),
  run('kafka-share-groups', '--delete --group sharers --group missing'),
  run('kafka-share-groups', '--delete --all-groups'),
  run('kafka-groups', '--list --share'),
  run('kafka-streams-groups', '--list'),
  run('kafka-streams-groups', '--list --state'),
  run('kafka-streams-groups', '--list --state stable,notready'),
  run('kafka-streams-groups', '--describe --all-groups'),
  run('kafka-streams-groups', '--describe --group billing', { of: 'our tools' }),
  run('kafka-streams-groups', '--delete --group billing'),
  run('kafka-streams-groups', '--list --state', { of: 'our tools', asks: streamsApplication }),
  ...[
    '--describe --group app --state --verbose',
    '--reset-offsets --group app --all-input-topics --to-earliest --dry-run',
    '--reset-offsets --group app --all-input-topics --to-offset 2 --dry-run --export',
    '--reset-offsets --group app --input-topic orders:0,1 --shift-by 1 --execute',
    '--reset-offsets --group app --input-topic orders --to-current --dry-run',
    '--reset-offsets --group app --input-topic placed --to-latest --dry-run',
    '--reset-offsets --group app --input-topic missing --to-latest --dry-run',
    '--reset-offsets --group app --input-topic orders --to-latest',
    '--reset-offsets --group app --input-topic orders --to-latest --to-earliest --dry-run',
    '--reset-offsets --group app --to-latest --dry-run',
    '--reset-offsets --group nobody --input-topic orders --to-latest --dry-run',
    '--reset-offsets --group nobody --all-input-topics --to-latest --dry-run',
    '--reset-offsets --all-groups --input-topic orders --to-datetime 2020-01-01T00:00:00.000 --execute --delete-internal-topic app-grouped-repartition',
    '--reset-offsets --group app --all-input-topics --to-earliest --execute --delete-internal-topic app-grouped-repartition',
    '--reset-offsets --group app --input-topic orders --to-latest --dry-run --delete-all-internal-topics',
    '--delete-offsets --group app --input-topic orders:0',
    '--delete-offsets --group app --input-topic orders --input-topic missing',
    '--delete-offsets --group app --all-input-topics',
    '--delete-offsets --group nobody --input-topic orders',
    '--delete-offsets --group app',
    '--delete --group app --input-topic orders',
    '--list --delete-all-internal-topics',
    '--delete --group app --group nobody --delete-all-internal-topics',
  ].map(text => run('kafka-streams-groups', text, { of: 'our tools', isUnordered: /(delete|orders:0)/.test(text) })),
  run('kafka-topics', '--list', { of: 'our tools' }),
  run('kafka-streams-groups', '--list --state', { of: 'our tools', asks: streamsApplication }),
  run(
    'kafka-streams-groups',
    '--reset-offsets --group app --all-input-topics --to-latest --execute --delete-all-internal-topics',
    {
      of: 'our tools',
    },
  ),
  run('kafka-topics', '--list', { of: 'our tools' }),
  run('kafka-topics', '--delete --topic renamed-changelog', { of: 'our tools' }),
  run('kafka-streams-groups', '--delete --all-groups --delete-all-internal-topics', {
    of: 'our tools',
    isUnordered: true,
  }),
  // Settings.
  run('kafka-configs', '--describe --topic orders'),
  run('kafka-configs', '--describe --topic orders --all'),
  run('kafka-configs', '--alter --topic orders --add-config cleanup.policy=[compact,delete],max.message.bytes=2000000'),
  run('kafka-configs', '--alter --topic orders --delete-config max.message.bytes'),
  run('kafka-configs', '--alter --topic orders --add-config nonsense=1'),
  run('kafka-configs', '--alter --topic missing --add-config retention.ms=1'),
  run('kafka-configs', '--describe --topic missing'),
  run('kafka-configs', '--describe --broker 1'),
  run('kafka-configs', '--describe --broker 1 --all'),
  run('kafka-configs', '--alter --broker 1 --add-config log.cleaner.threads=2'),
  run('kafka-configs', '--alter --broker-defaults --add-config log.retention.ms=86400000'),
  run('kafka-configs', '--describe --broker-defaults'),
  run('kafka-configs', '--alter --user alice --client app --add-config producer_byte_rate=1000'),
  run('kafka-configs', '--alter --entity-type ips --entity-name 10.0.0.1 --add-config connection_creation_rate=5'),
  run('kafka-configs', '--describe --entity-type users --entity-type clients'),
  run('kafka-configs', '--describe --entity-type ips'),
  run('kafka-configs', '--alter --user alice --add-config SCRAM-SHA-256=[iterations=8192,password=x]'),
  run('kafka-configs', '--describe --user alice'),
  run(
    'kafka-configs',
    '--alter --entity-type groups --entity-name billing --add-config consumer.session.timeout.ms=50000',
  ),
  run('kafka-configs', '--describe --entity-type groups --entity-name billing'),
  run('kafka-client-metrics', '--alter --name m1 --metrics org.apache.kafka. --interval 5000'),
  run('kafka-client-metrics', '--list'),
  run('kafka-client-metrics', '--describe'),
  run('kafka-client-metrics', '--delete --name m1'),
  // The cluster.
  after('kafka-cluster', 'cluster-id'),
  after('kafka-cluster', 'list-endpoints'),
  after('kafka-cluster', 'unregister --id 9'),
  run('kafka-broker-api-versions', ''),
  run('kafka-features', 'describe', { masks: counted }),
  run('kafka-features', 'upgrade --feature group.version=1 --dry-run'),
  run('kafka-features', 'downgrade --feature metadata.version=3 --dry-run'),
  run('kafka-metadata-quorum', 'describe --status', { masks: counted }),
  run('kafka-metadata-quorum', 'describe --replication', { masks: counted }),
  run('kafka-metadata-quorum', '--command-config $FILES/storage.properties add-controller --dry-run'),
  run('kafka-metadata-quorum', '--command-config $FILES/client.properties add-controller --dry-run'),
  run('kafka-log-dirs', '--describe --topic-list orders'),
  run('kafka-log-dirs', '--describe --broker-list 1,7'),
  run('kafka-leader-election', '--election-type preferred --topic orders --partition 0'),
  run('kafka-leader-election', '--election-type unclean --path-to-json-file $FILES/elections.json'),
  run('kafka-leader-election', '--election-type preferred --all-topic-partitions', unordered),
  run('kafka-reassign-partitions', '--generate --topics-to-move-json-file $FILES/topics-to-move.json --broker-list 1'),
  run('kafka-reassign-partitions', '--execute --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-reassign-partitions', '--verify --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-reassign-partitions', '--list'),
  run('kafka-reassign-partitions', '--cancel --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-reassign-partitions', '--cancel --preserve-throttles --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-reassign-partitions', '--execute --throttle 5000000 --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-configs', '--describe --broker 1'),
  run('kafka-configs', '--describe --topic orders'),
  run('kafka-reassign-partitions', '--verify --preserve-throttles --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-configs', '--describe --broker 1'),
  run('kafka-reassign-partitions', '--verify --reassignment-json-file $FILES/reassignment.json'),
  run('kafka-configs', '--describe --broker 1'),
  run('kafka-configs', '--describe --topic orders'),
  ...['impossible', 'unknown-topic', 'unknown-partition', 'duplicates', 'no-moves'].map(name =>
    run('kafka-reassign-partitions', `--execute --reassignment-json-file $FILES/${name}.json`),
  ),
  run(
    'kafka-reassign-partitions',
    '--generate --topics-to-move-json-file $FILES/topics-to-move.json --broker-list 1,1',
  ),
  run('kafka-reassign-partitions', '--generate --topics-to-move-json-file $FILES/topics-to-move.json --broker-list 7'),
  run('kafka-reassign-partitions', '--list --throttle 5'),
  run('kafka-reassign-partitions', '--execute --reassignment-json-file $FILES/nowhere.json'),
  run('kafka-reassign-partitions', '--verify --preserve-throttles --reassignment-json-file $FILES/nowhere.json'),
  // A replica between directories: whether it has arrived when it is asked about first is chance.
  run(
    'kafka-reassign-partitions',
    '--execute --replica-alter-log-dirs-throttle 5000000 --timeout 20000 --reassignment-json-file $FILES/elsewhere.json',
    { of: 'our tools' },
  ),
  run('kafka-reassign-partitions', '--verify --preserve-throttles --reassignment-json-file $FILES/elsewhere.json', {
    of: 'our tools',
    masks: [/^(Reassignment of replica|Partition orders-\d on broker) .*/g],
  }),
  run('kafka-configs', '--describe --broker 1', { of: 'our tools' }),
  run('kafka-transactions', 'list'),
  run('kafka-transactions', 'describe-producers --topic orders --partition 0'),
  run('kafka-transactions', 'find-hanging --topic orders --max-transaction-timeout 0'),
  run('kafka-transactions', 'find-hanging --broker-id 1'),
  run('kafka-transactions', 'find-hanging'),
  run('kafka-transactions', 'describe --transactional-id nobody'),
  run('kafka-acls', '--list'),
  run(
    'kafka-acls',
    '--add --allow-principal User:alice --operation Read --operation DescribeConfigs --topic orders',
    unordered,
  ),
  run(
    'kafka-acls',
    '--add --allow-principal User:bob --deny-principal User:eve --deny-host 10.0.0.9 --group billing',
    unordered,
  ),
  run(
    'kafka-acls',
    '--add --allow-principal User:p --producer --topic prefix- --resource-pattern-type prefixed',
    unordered,
  ),
  run('kafka-acls', '--add --allow-principal User:c --consumer --topic orders --group billing', unordered),
  run(
    'kafka-acls',
    '--add --allow-principal User:t --producer --idempotent --topic orders --transactional-id x',
    unordered,
  ),
  run('kafka-acls', '--add --allow-principal User:a --cluster --operation Alter', unordered),
  run('kafka-acls', '--list', unordered),
  run('kafka-acls', '--list --topic orders', unordered),
  run('kafka-acls', '--list --topic prefix-x --resource-pattern-type match', unordered),
  run('kafka-acls', '--list --topic orders --principal User:alice --principal User:c', unordered),
  run('kafka-acls', '--remove --allow-principal User:alice --operation Read --topic orders --force', unordered),
  run('kafka-acls', '--remove --allow-principal User:c --operation Read --topic orders --force'),
  run('kafka-acls', '--remove --group billing --force'),
  run('kafka-acls', '--add --topic orders'),
  run('kafka-acls', '--add --allow-principal User:a --group g --operation Write'),
  run('kafka-acls', '--list --add'),
  run('kafka-acls', '--list', unordered),
  ...[
    '--create --max-life-time-period -1 --renewer-principal User:a --renewer-principal User:b',
    '--create --max-life-time-period 1000 --owner-principal User:a',
    '--renew --hmac eHl6 --renew-time-period 1000',
    '--expire --hmac eHl6 --expiry-time-period -1',
    '--describe',
    '--describe --owner-principal User:a',
    '--describe --hmac eHl6',
    '--create',
  ].map(text => run('kafka-delegation-tokens', `${text} --command-config $FILES/client.properties`)),
  // By now the replicas have moved.
  run('kafka-reassign-partitions', '--cancel --reassignment-json-file $FILES/elsewhere.json', { of: 'our tools' }),
  run('kafka-reassign-partitions', '--verify --reassignment-json-file $FILES/elsewhere.json', { of: 'our tools' }),
  // The controllers.
  ofControllers('kafka-cluster', 'cluster-id'),
  ofControllers('kafka-cluster', 'list-endpoints'),
  ofControllers('kafka-cluster', 'list-endpoints --include-fenced-brokers'),
  ofControllers('kafka-cluster', 'unregister --id 9'),
  ofControllers('kafka-features', 'describe', { masks: counted }),
  ofControllers('kafka-features', 'describe --node-id 1', { masks: counted }),
  ofControllers('kafka-features', 'upgrade --feature group.version=1 --dry-run'),
  ofControllers('kafka-metadata-quorum', 'describe --status', { masks: counted }),
  ofControllers('kafka-metadata-quorum', 'describe --replication', { masks: counted }),
  ofControllers('kafka-configs', '--describe --entity-type brokers --entity-name 1'),
  ofControllers('kafka-configs', '--alter --broker-defaults --add-config log.cleaner.threads=2'),
  ofControllers('kafka-configs', '--describe --broker-defaults'),
  ofControllers('kafka-configs', '--describe --topic orders'),
  ofControllers('kafka-acls', '--list', unordered),
  ofControllers('kafka-acls', '--add --allow-principal User:k --cluster --operation Alter', unordered),
  ofControllers('kafka-acls', '--remove --cluster --force', unordered),
  ofControllers('kafka-reassign-partitions', '--list'),
  ofControllers('kafka-reassign-partitions', '--cancel --reassignment-json-file $FILES/reassignment.json'),
  offline('kafka-storage', 'info --config $FILES/storage.properties'),
  // What is left behind.
  run('kafka-topics', '--delete --topic placed'),
  run('kafka-topics', '--delete --topic missing'),
  run('kafka-topics', '--list', unordered),
]
