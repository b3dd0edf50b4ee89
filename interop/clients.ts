/** The foreign clients: how each is asked to produce, to consume and to administer. */
import { fileURLToPath } from 'node:url'
import type { RecordLedger } from './line-ledger.ts'
import type { Processes, Running } from './processes.ts'

const log4jConfig = fileURLToPath(new URL('log4j2.properties', import.meta.url))

/** How long a producer may go on while its broker is dead and coming back. */
const deliveryMs = 120_000

export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof compressions)[number]

export interface ProduceOptions {
  topic: string
  /** Lines of `key:value`. */
  keyedFile: string
  logFile: string
  compression?: Compression
}

/** As `ProduceOptions`, with lines that are written to the process as it runs. */
export interface StreamOptions {
  topic: string
  stdin: 'pipe'
  logFile: string
  compression?: Compression
}

/** What a perf tool counted, and its own words. */
export interface CountedRun {
  readonly count: number
  readonly note: string
}

/** A line of JSON of the verifiable tools; other fields hang on the name. */
export interface VerifiableEvent {
  readonly name: string
  readonly [field: string]: unknown
}

/** Java's command line for one main class of the reference. */
export function javaArgs(
  classPath: string,
  main: string,
  args: readonly string[],
  options: { logLevel?: 'INFO' | 'WARN'; heapMb?: number; jvm?: readonly string[] } = {},
): string[] {
  const properties = [`-Dlog4j2.configurationFile=${log4jConfig}`, `-Dinterop.log.level=${options.logLevel ?? 'WARN'}`]
  // These processes live for seconds: the first compiler tier and the simplest collector start fastest.
  const quick = [`-Xmx${options.heapMb ?? 256}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const machine = options.jvm ?? quick
  return [...machine, ...properties, '-cp', classPath, main, ...args]
}

/** librdkafka on the command line. */
export class Kcat {
  readonly #processes: Processes
  readonly #bootstrap: string

  constructor(processes: Processes, bootstrap: string) {
    this.#processes = processes
    this.#bootstrap = bootstrap
  }

  /** Any mode, to its end; answers standard output. */
  async run(args: readonly string[], options: { deadlineMs?: number; stdinFile?: string } = {}): Promise<string> {
    const { deadlineMs = 30_000, ...rest } = options
    const { stdout } = await this.#processes.run('kcat', ['-b', this.#bootstrap, ...args], { deadlineMs, ...rest })
    return stdout
  }

  /** An idempotent producer that does not give up while its broker is away. */
  startProducer(options: ProduceOptions | StreamOptions): Running {
    const settings = {
      'enable.idempotence': 'true',
      'message.timeout.ms': String(deliveryMs),
      'reconnect.backoff.max.ms': '250',
      'compression.codec': options.compression ?? 'none',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-X', `${name}=${value}`])
    // -E: go on while every broker is away.
    const args = ['-b', this.#bootstrap, '-P', '-E', '-t', options.topic, '-K', ':', ...flags]
    return this.#processes.start('kcat', args, {
      ...('stdin' in options ? { stdin: options.stdin } : { stdinFile: options.keyedFile }),
      logFile: options.logFile,
    })
  }

  /** Every record of every partition, to the end. */
  async consumeAll(topic: string, ledger: RecordLedger): Promise<string> {
    return this.#consume(['-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-X', 'check.crcs=true'], ledger)
  }

  /** As a member of a group, to the end of every partition; it commits what it has read. */
  async consumeGroup(options: { topic: string; group: string }, ledger: RecordLedger): Promise<string> {
    const read = ['-G', options.group, '-e', '-q', '-X', 'auto.offset.reset=earliest', options.topic]
    return this.#consume(read, ledger)
  }

  async #consume(args: readonly string[], ledger: RecordLedger): Promise<string> {
    const format = '%p\\t%o\\t%k\\t%s\\n'
    await this.#processes.run('kcat', ['-b', this.#bootstrap, '-f', format, ...args], {
      deadlineMs: 120_000,
      onStdout: chunk => ledger.write(chunk),
    })
    return ledger.end()
  }
}

/** Kafka's own command line tools. */
export class KafkaTools {
  readonly #processes: Processes
  readonly #bootstrap: string
  readonly #classPath: string

  constructor(processes: Processes, options: { bootstrap: string; classPath: string }) {
    this.#processes = processes
    this.#bootstrap = options.bootstrap
    this.#classPath = options.classPath
  }

  /** `kafka-topics.sh`. */
  topics(args: readonly string[]): Promise<string> {
    return this.#run('org.apache.kafka.tools.TopicCommand', args)
  }

  /** `kafka-acls.sh`. */
  acls(args: readonly string[]): Promise<string> {
    return this.#run('org.apache.kafka.tools.AclCommand', args)
  }

  /** `kafka-get-offsets.sh`: the end offset of each partition of a topic. */
  async endOffsets(topic: string): Promise<Map<number, number>> {
    const answer = await this.#run('org.apache.kafka.tools.GetOffsetShell', ['--topic', topic])
    const rows = answer.trim().split('\n')
    return new Map(rows.map(row => row.split(':')).map(([, partition, offset]) => [Number(partition), Number(offset)]))
  }

  /** `kafka-console-producer.sh`, idempotent (its default) and patient. */
  startProducer(options: ProduceOptions): Running {
    const settings = {
      'enable.idempotence': 'true',
      acks: 'all',
      retries: '2147483647',
      'delivery.timeout.ms': String(deliveryMs),
      'max.block.ms': String(deliveryMs),
      'request.timeout.ms': '10000',
      'compression.type': options.compression ?? 'none',
      'linger.ms': '5',
      'batch.size': '65536',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['--command-property', `${name}=${value}`])
    const keys = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:']
    const args = ['--bootstrap-server', this.#bootstrap, '--topic', options.topic, ...keys, ...flags]
    return this.#processes.start('java', javaArgs(this.#classPath, 'org.apache.kafka.tools.ConsoleProducer', args), {
      stdinFile: options.keyedFile,
      logFile: options.logFile,
    })
  }

  /**
   * `kafka-console-consumer.sh` on each partition in turn, as far as the end offset that `kafka-get-offsets.sh` has seen. It
   * reads committed records only, so it is the last stable offset that lets them through.
   */
  async consumeAll(topic: string, ledger: RecordLedger): Promise<string> {
    for (const [partition, endOffset] of await this.endOffsets(topic)) {
      if (endOffset === 0) continue
      const from = ['--topic', topic, '--partition', String(partition), '--offset', 'earliest']
      const bounds = [
        '--max-messages',
        String(endOffset),
        '--timeout-ms',
        '30000',
        '--isolation-level',
        'read_committed',
      ]
      const fields = ['partition', 'offset', 'key'].flatMap(field => ['--formatter-property', `print.${field}=true`])
      const args = ['--bootstrap-server', this.#bootstrap, ...from, ...bounds, ...fields]
      const main = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
      await this.#processes.run('java', javaArgs(this.#classPath, main, args), {
        deadlineMs: 120_000,
        onStdout: chunk => ledger.write(chunk),
      })
    }
    return ledger.end()
  }

  /** `kafka-console-consumer.sh` as a member of a group, until it is ended. */
  startMember(options: {
    topic: string
    group: string
    properties?: Readonly<Record<string, string>>
    logFile: string
    /** `kafka-console-share-consumer.sh` instead. */
    isShare?: boolean
  }): Running {
    const flags = Object.entries(options.properties ?? {}).flatMap(([name, value]) => [
      '--command-property',
      `${name}=${value}`,
    ])
    const args = ['--bootstrap-server', this.#bootstrap, '--topic', options.topic, '--group', options.group, ...flags]
    const main = `org.apache.kafka.tools.consumer.Console${options.isShare ? 'Share' : ''}Consumer`
    return this.#processes.start('java', javaArgs(this.#classPath, main, args), { logFile: options.logFile })
  }

  /** `kafka-console-consumer.sh` in a group, until it has read `count` records; it commits what it has read. */
  async consumeGroup(options: { topic: string; group: string; count: number }, ledger: RecordLedger): Promise<string> {
    const { topic, group, count } = options
    const bounds = ['--from-beginning', '--max-messages', String(count), '--timeout-ms', '30000']
    const fields = ['partition', 'offset', 'key'].flatMap(field => ['--formatter-property', `print.${field}=true`])
    const args = ['--bootstrap-server', this.#bootstrap, '--topic', topic, '--group', group, ...bounds, ...fields]
    const main = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
    await this.#processes.run('java', javaArgs(this.#classPath, main, args), {
      deadlineMs: 120_000,
      onStdout: chunk => ledger.write(chunk),
    })
    return ledger.end()
  }

  /** `kafka-producer-perf-test.sh`, which makes the topic by sending to it. Answers how many records it has sent, and its last line. */
  async producerPerformance(load: { topic: string; records: number; size: number }): Promise<CountedRun> {
    const { topic, records, size } = load
    const words = ['--topic', topic, '--num-records', records, '--record-size', size, '--throughput', -1].map(String)
    const note = (await this.#run('org.apache.kafka.tools.ProducerPerformance', words)).trim().split('\n').at(-1) ?? ''
    return { count: Number(/^(\d+) records sent, /.exec(note)?.[1]), note }
  }

  /** `kafka-consumer-perf-test.sh`, in a group of its own. Answers how many records it has read, by its column, and its row. */
  async consumerPerformance({ topic, records }: { topic: string; records: number }): Promise<CountedRun> {
    const words = ['--topic', topic, '--num-records', String(records), '--timeout', '30000']
    const answer = await this.#run('org.apache.kafka.tools.ConsumerPerformance', words)
    const [head = [], row = []] = answer
      .trim()
      .split('\n')
      .map(line => line.split(', '))
    return { count: Number(row[head.indexOf('data.consumed.in.nMsg')]), note: row.join(', ') }
  }

  /** `kafka-verifiable-producer.sh`: what it tells, an event a line. */
  verifiableProducer({ topic, records }: { topic: string; records: number }): Promise<VerifiableEvent[]> {
    return this.#events('VerifiableProducer', ['--topic', topic, '--max-messages', String(records)])
  }

  /** `kafka-verifiable-consumer.sh`, alone in a group: what it tells, an event a line. */
  verifiableConsumer(options: { topic: string; group: string; records: number }): Promise<VerifiableEvent[]> {
    const { topic, group, records } = options
    const words = ['--topic', topic, '--group-id', group, '--max-messages', String(records)]
    return this.#events('VerifiableConsumer', words)
  }

  async #events(tool: string, words: readonly string[]): Promise<VerifiableEvent[]> {
    const answer = await this.#run(`org.apache.kafka.tools.${tool}`, words)
    return answer
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  }

  /** `kafka-consumer-groups.sh --describe`: records that a group has not read yet, over all partitions. */
  async groupLag(group: string): Promise<number> {
    const answer = await this.#run('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      '--describe',
      '--group',
      group,
    ])
    const rows = answer.split('\n').flatMap(line => {
      const [name, , , , , lag] = line.trim().split(/\s+/)
      return name === group ? [Number(lag)] : []
    })
    if (rows.length === 0) throw new Error(`no row for ${group}: ${answer}`)
    return rows.reduce((sum, lag) => sum + lag, 0)
  }

  async #run(main: string, args: readonly string[]): Promise<string> {
    const command = javaArgs(this.#classPath, main, ['--bootstrap-server', this.#bootstrap, ...args])
    return (await this.#processes.run('java', command, { deadlineMs: 60_000 })).stdout
  }
}
