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
]

export function findScript(word: string | undefined): ScriptEntry | undefined {
  const name = word?.replace(/^.*\//, '').replace(/\.sh$/, '')
  return scripts.find(script => script.name === name)
}
