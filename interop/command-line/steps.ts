/** What is asked of Kafka's tools and of ours, one after the other. */
export interface Step {
  readonly tool: string
  /** `$LOGS` stands for the broker's log directory. */
  readonly words: readonly string[]
  /** It changes something, so only one of the two may do it. */
  readonly doneBy?: 'kafka' | 'ours'
  /** What the one who does it prints. */
  readonly expected?: string
  /** Lines come in the order of a hash table. */
  readonly isUnordered?: boolean
  /** The tool wants to know its cluster before it is told what to do. */
  readonly clusterFirst?: boolean
  /** The tool reads files, and asks no broker. */
  readonly isOffline?: boolean
}

const both = (tool: string, text: string, more: Omit<Partial<Step>, 'tool' | 'words'> = {}): Step => ({
  tool,
  words: text.split(' '),
  ...more,
})
const done = (doneBy: 'kafka' | 'ours', tool: string, text: string, expected?: string): Step =>
  both(tool, text, { doneBy, ...(expected === undefined ? {} : { expected }) })

export const steps: readonly Step[] = [
  both('kafka-topics', '--list'),
  done(
    'ours',
    'kafka-topics',
    '--create --topic orders --partitions 3 --config retention.ms=3600000',
    'Created topic orders.\n',
  ),
  done('kafka', 'kafka-topics', '--create --topic payments --partitions 1'),
  both('kafka-topics', '--list'),
  both('kafka-topics', '--describe --topic orders'),
  both('kafka-topics', '--describe --topics-with-overrides', { isUnordered: true }),
  both('kafka-topics', '--describe --under-min-isr-partitions'),
  both('kafka-topics', '--describe --topic missing'),
  both('kafka-topics', '--create --topic orders'),
  both('kafka-topics', '--create --topic orders --if-not-exists'),
  done('ours', 'kafka-topics', '--alter --topic payments --partitions 2', ''),
  both('kafka-topics', '--describe --topic payments'),
  both('kafka-get-offsets', '--topic orders|payments'),
  both('kafka-get-offsets', '--topic-partitions orders:0-2,pay.*:1 --time earliest'),
  done(
    'ours',
    'kafka-configs',
    '--alter --topic orders --add-config cleanup.policy=[compact,delete],max.message.bytes=2000000',
    'Completed updating config for topic orders.\n',
  ),
  both('kafka-configs', '--describe --topic orders'),
  both('kafka-configs', '--describe --topic orders --all'),
  both('kafka-configs', '--describe --broker 1 --all'),
  both('kafka-configs', '--describe --broker-defaults'),
  done(
    'ours',
    'kafka-configs',
    '--alter --user alice --client app --add-config producer_byte_rate=1000',
    'Completed updating config for client app.\n',
  ),
  both('kafka-configs', '--describe --entity-type users --entity-type clients'),
  done(
    'ours',
    'kafka-configs',
    '--alter --user alice --add-config SCRAM-SHA-256=[iterations=8192,password=x]',
    'Completed updating config for user alice.\n',
  ),
  both('kafka-configs', '--describe --user alice'),
  done(
    'ours',
    'kafka-client-metrics',
    '--alter --name m1 --metrics org.apache.kafka. --interval 5000',
    'Altered client metrics config for m1.\n',
  ),
  both('kafka-client-metrics', '--list'),
  both('kafka-client-metrics', '--describe'),
  done('ours', 'kafka-console-consumer', '--topic payments --group billing --timeout-ms 3000', ''),
  both('kafka-consumer-groups', '--list'),
  both('kafka-consumer-groups', '--list --state --type'),
  both('kafka-consumer-groups', '--describe --group billing'),
  both('kafka-consumer-groups', '--describe --group billing --verbose'),
  both('kafka-consumer-groups', '--describe --group billing --members'),
  both('kafka-consumer-groups', '--describe --group billing --state'),
  both('kafka-consumer-groups', '--reset-offsets --group billing --topic payments --to-earliest --dry-run'),
  both('kafka-consumer-groups', '--reset-offsets --group billing --topic payments:0 --to-offset 5 --dry-run'),
  both('kafka-consumer-groups', '--reset-offsets --group billing --all-topics --by-duration PT1H --dry-run', {
    isUnordered: true,
  }),
  done('ours', 'kafka-consumer-groups', '--reset-offsets --group billing --topic payments --to-latest --execute'),
  both('kafka-consumer-groups', '--describe --group billing'),
  both('kafka-groups', '--list'),
  both('kafka-transactions', 'list', { clusterFirst: true }),
  both('kafka-transactions', 'describe-producers --topic orders --partition 0', { clusterFirst: true }),
  both('kafka-cluster', 'cluster-id'),
  both('kafka-cluster', 'list-endpoints'),
  both('kafka-leader-election', '--election-type preferred --topic orders --partition 0'),
  both(
    'kafka-dump-log',
    '--files $LOGS/__cluster_metadata-0/00000000000000000000.log --cluster-metadata-decoder --max-bytes 4000',
    { isOffline: true },
  ),
  done(
    'ours',
    'kafka-consumer-groups',
    '--delete --group billing',
    "Deletion of requested consumer groups ('billing') was successful.\n",
  ),
  done('ours', 'kafka-topics', '--delete --topic payments', ''),
  both('kafka-topics', '--list', { isUnordered: true }),
]
