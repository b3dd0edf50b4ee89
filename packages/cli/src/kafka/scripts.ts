/** Kafka's own tools, by the names of Kafka's scripts. Each is loaded when it is called. */
import { usage } from './options.ts'
import type { KafkaScript } from './script.ts'

export interface ScriptEntry {
  readonly name: string
  /** The class in Java that Kafka's script of this name runs. */
  readonly mainClass: string
  load(): Promise<KafkaScript>
}

export const scripts: readonly ScriptEntry[] = [
  {
    name: 'kafka-topics',
    mainClass: 'org.apache.kafka.tools.TopicCommand',
    load: async () => (await import('./topics.ts')).topics,
  },
  {
    name: 'kafka-consumer-groups',
    mainClass: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    load: async () => (await import('./consumer-groups.ts')).consumerGroups,
  },
  {
    name: 'kafka-configs',
    mainClass: 'kafka.admin.ConfigCommand',
    load: async () => (await import('./configs.ts')).configs,
  },
  {
    name: 'kafka-get-offsets',
    mainClass: 'org.apache.kafka.tools.GetOffsetShell',
    load: async () => (await import('./get-offsets.ts')).getOffsets,
  },
  {
    name: 'kafka-console-producer',
    mainClass: 'org.apache.kafka.tools.ConsoleProducer',
    load: async () => (await import('./console-producer.ts')).consoleProducer,
  },
  {
    name: 'kafka-console-consumer',
    mainClass: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
    load: async () => (await import('./console-consumer.ts')).consoleConsumer,
  },
  {
    name: 'kafka-acls',
    mainClass: 'org.apache.kafka.tools.AclCommand',
    load: async () => (await import('./acls.ts')).acls,
  },
  {
    name: 'kafka-broker-api-versions',
    mainClass: 'org.apache.kafka.tools.BrokerApiVersionsCommand',
    load: async () => (await import('./broker-api-versions.ts')).brokerApiVersions,
  },
  {
    name: 'kafka-cluster',
    mainClass: 'org.apache.kafka.tools.ClusterTool',
    load: async () => (await import('./cluster.ts')).cluster,
  },
  {
    name: 'kafka-delete-records',
    mainClass: 'org.apache.kafka.tools.DeleteRecordsCommand',
    load: async () => (await import('./delete-records.ts')).deleteRecords,
  },
  {
    name: 'kafka-e2e-latency',
    mainClass: 'org.apache.kafka.tools.EndToEndLatency',
    load: async () => (await import('./e2e-latency.ts')).e2eLatency,
  },
  {
    name: 'kafka-features',
    mainClass: 'org.apache.kafka.tools.FeatureCommand',
    load: async () => (await import('./features.ts')).features,
  },
  {
    name: 'kafka-leader-election',
    mainClass: 'org.apache.kafka.tools.LeaderElectionCommand',
    load: async () => (await import('./leader-election.ts')).leaderElection,
  },
  {
    name: 'kafka-log-dirs',
    mainClass: 'org.apache.kafka.tools.LogDirsCommand',
    load: async () => (await import('./log-dirs.ts')).logDirs,
  },
  {
    name: 'kafka-metadata-quorum',
    mainClass: 'org.apache.kafka.tools.MetadataQuorumCommand',
    load: async () => (await import('./metadata-quorum.ts')).metadataQuorum,
  },
  {
    name: 'kafka-reassign-partitions',
    mainClass: 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
    load: async () => (await import('./reassignment/reassign-partitions.ts')).reassignPartitions,
  },
  {
    name: 'kafka-storage',
    mainClass: 'kafka.tools.StorageTool',
    load: async () => (await import('./storage.ts')).storage,
  },
  {
    name: 'kafka-producer-perf-test',
    mainClass: 'org.apache.kafka.tools.ProducerPerformance',
    load: async () => (await import('./producer-perf-test.ts')).producerPerfTest,
  },
  {
    name: 'kafka-consumer-perf-test',
    mainClass: 'org.apache.kafka.tools.ConsumerPerformance',
    load: async () => (await import('./consumer-perf-test.ts')).consumerPerfTest,
  },
  {
    name: 'kafka-verifiable-producer',
    mainClass: 'org.apache.kafka.tools.VerifiableProducer',
    load: async () => (await import('./verifiable-producer.ts')).verifiableProducer,
  },
  {
    name: 'kafka-dump-log',
    mainClass: 'org.apache.kafka.tools.DumpLogSegments',
    load: async () => (await import('./dump-log.ts')).dumpLog,
  },
  {
    name: 'kafka-groups',
    mainClass: 'org.apache.kafka.tools.GroupsCommand',
    load: async () => (await import('./groups.ts')).groups,
  },
  {
    name: 'kafka-share-groups',
    mainClass: 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
    load: async () => (await import('./share-groups.ts')).shareGroups,
  },
  {
    name: 'kafka-console-share-consumer',
    mainClass: 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
    load: async () => (await import('./console-share-consumer.ts')).consoleShareConsumer,
  },
  {
    name: 'kafka-streams-groups',
    mainClass: 'org.apache.kafka.tools.streams.StreamsGroupCommand',
    load: async () => (await import('./streams-groups.ts')).streamsGroups,
  },
  {
    name: 'kafka-delegation-tokens',
    mainClass: 'org.apache.kafka.tools.DelegationTokenCommand',
    load: async () => (await import('./delegation-tokens.ts')).delegationTokens,
  },
  {
    name: 'kafka-client-metrics',
    mainClass: 'org.apache.kafka.tools.ClientMetricsCommand',
    load: async () => (await import('./client-metrics.ts')).clientMetrics,
  },
  {
    name: 'kafka-transactions',
    mainClass: 'org.apache.kafka.tools.TransactionsCommand',
    load: async () => (await import('./transactions.ts')).transactions,
  },
  {
    name: 'kafka-verifiable-consumer',
    mainClass: 'org.apache.kafka.tools.VerifiableConsumer',
    load: async () => (await import('./verifiable-consumer.ts')).verifiableConsumer,
  },
]

export interface ScriptCall {
  readonly entry: ScriptEntry
  /** What the tool is given. */
  readonly words: readonly string[]
}

/** Kafka's script that runs a class by its name, as books and old scripts still do: `kafka-run-class kafka.tools.GetOffsetShell --topic orders`. */
export const runClass = 'kafka-run-class'

/**
 * The tool that is called: by the path of a link that leads here, or by the first word; by its own name, or by the class that it is in Java. Undefined when
 * the words are none of a tool. Throws a `DorsaleError` for a class that no tool is.
 */
export function findCall(calledAs: string | undefined, words: readonly string[]): ScriptCall | undefined {
  const [first, ...rest] = words
  for (const [path, given] of [
    [calledAs, words],
    [first, rest],
  ] as const) {
    const name = path?.replace(/^.*\//, '').replace(/\.sh$/, '')
    if (name === runClass) return { entry: findByClass(given[0]), words: given.slice(1) }
    const entry = scripts.find(script => script.name === name)
    if (entry !== undefined) return { entry, words: given }
  }
  return undefined
}

/** The packages moved between Kafka's versions (`kafka.tools`, `kafka.admin`, `org.apache.kafka.tools`), the names of the classes did not. */
function findByClass(className: string | undefined): ScriptEntry {
  if (className === undefined) throw usage(`say which class ${runClass} runs: kafka.tools.GetOffsetShell`)
  const simpleName = className.replace(/^.*\./, '')
  const entry = scripts.find(({ mainClass }) => mainClass.endsWith(`.${simpleName}`))
  if (entry === undefined) throw usage(`Could not find or load main class ${className}: none of the tools here is it`)
  return entry
}
