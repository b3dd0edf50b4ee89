/** Kafka's own tools, by the names of Kafka's scripts. Each is loaded when it is called. */
import type { KafkaScript } from './script.ts'

export interface ScriptEntry {
  readonly name: string
  load(): Promise<KafkaScript>
}

export const scripts: readonly ScriptEntry[] = [
  { name: 'kafka-topics', load: async () => (await import('./topics.ts')).topics },
  { name: 'kafka-consumer-groups', load: async () => (await import('./consumer-groups.ts')).consumerGroups },
  { name: 'kafka-configs', load: async () => (await import('./configs.ts')).configs },
  { name: 'kafka-get-offsets', load: async () => (await import('./get-offsets.ts')).getOffsets },
  { name: 'kafka-console-producer', load: async () => (await import('./console-producer.ts')).consoleProducer },
  { name: 'kafka-console-consumer', load: async () => (await import('./console-consumer.ts')).consoleConsumer },
  { name: 'kafka-acls', load: async () => (await import('./acls.ts')).acls },
  { name: 'kafka-broker-api-versions', load: async () => (await import('./broker-api-versions.ts')).brokerApiVersions },
  { name: 'kafka-cluster', load: async () => (await import('./cluster.ts')).cluster },
  { name: 'kafka-delete-records', load: async () => (await import('./delete-records.ts')).deleteRecords },
  { name: 'kafka-e2e-latency', load: async () => (await import('./e2e-latency.ts')).e2eLatency },
  { name: 'kafka-features', load: async () => (await import('./features.ts')).features },
  { name: 'kafka-leader-election', load: async () => (await import('./leader-election.ts')).leaderElection },
  { name: 'kafka-log-dirs', load: async () => (await import('./log-dirs.ts')).logDirs },
  { name: 'kafka-metadata-quorum', load: async () => (await import('./metadata-quorum.ts')).metadataQuorum },
  {
    name: 'kafka-reassign-partitions',
    load: async () => (await import('./reassign-partitions.ts')).reassignPartitions,
  },
  { name: 'kafka-storage', load: async () => (await import('./storage.ts')).storage },
  { name: 'kafka-producer-perf-test', load: async () => (await import('./producer-perf-test.ts')).producerPerfTest },
  { name: 'kafka-consumer-perf-test', load: async () => (await import('./consumer-perf-test.ts')).consumerPerfTest },
  {
    name: 'kafka-verifiable-producer',
    load: async () => (await import('./verifiable-producer.ts')).verifiableProducer,
  },
  { name: 'kafka-dump-log', load: async () => (await import('./dump-log.ts')).dumpLog },
  { name: 'kafka-groups', load: async () => (await import('./groups.ts')).groups },
  { name: 'kafka-client-metrics', load: async () => (await import('./client-metrics.ts')).clientMetrics },
  { name: 'kafka-transactions', load: async () => (await import('./transactions.ts')).transactions },
  {
    name: 'kafka-verifiable-consumer',
    load: async () => (await import('./verifiable-consumer.ts')).verifiableConsumer,
  },
]

export function findScript(word: string | undefined): ScriptEntry | undefined {
  const name = word?.replace(/^.*\//, '').replace(/\.sh$/, '')
  return scripts.find(script => script.name === name)
}
