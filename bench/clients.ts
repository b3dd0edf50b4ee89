/** The foreign clients that make the load, pinned to a core of their own. */
import { fileURLToPath } from 'node:url'
import { javaArgs } from '../interop/clients.ts'
import { type Processes, until, within } from '../interop/processes.ts'
import { cpuSeconds } from './cpu.ts'

const consumerSource = fileURLToPath(new URL('AssignedConsumer.java', import.meta.url))
const deadlineMsDefault = 300_000

/** The heap that Kafka's `kafka-run-class.sh` would leave to its tools, and the JVM's own choice of everything else. */
const clientJvm = ['-Xmx512m']

export interface Workload {
  readonly topic: string
  readonly records: number
  /** Bytes of a record's value. */
  readonly size: number
  /** By the producer. Default: none. */
  readonly compression?: 'none' | 'lz4'
}

/** What a client did, by its own account where it has one, and what it cost. */
export interface ClientRun {
  readonly records: number
  /** Seconds in which the records were sent or received. */
  readonly seconds: number
  /** Seconds from the client's start to its end; the CPU figures are for these. */
  readonly lifeSeconds: number
  readonly clientCpuSeconds: number
  /** Milliseconds, where the client measures them. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly p999: number }
}

export interface LoadClients {
  readonly processes: Processes
  readonly bootstrap: string
  readonly core: number
  /** Class path of Kafka's tools. */
  readonly tools: string
  /** For logs of the clients. */
  readonly directory: string
  /** How long one of them may take. Default: five minutes. */
  readonly deadlineMs?: number
}

/**
 * Kafka's producer-performance tool with the producer's defaults (acks=all, idempotent); `rate` in records per second. What it says leaves out the first
 * `warmUpRecords`: the last line of its output is about the others.
 */
export async function kafkaProducer(
  clients: LoadClients,
  load: Workload,
  { rate = -1, warmUpRecords = 0 }: { rate?: number; warmUpRecords?: number } = {},
): Promise<ClientRun> {
  const args = ['--topic', load.topic, '--num-records', load.records, '--record-size', load.size, '--throughput', rate]
  if (warmUpRecords > 0) args.push('--warmup-records', warmUpRecords)
  const main = 'org.apache.kafka.tools.ProducerPerformance'
  const run = await life(clients, 'java', [
    ...javaArgs(clients.tools, main, args.map(String), { jvm: clientJvm }),
    '--bootstrap-server',
    clients.bootstrap,
    '--command-property',
    `compression.type=${load.compression ?? 'none'}`,
  ])
  const summary = run.stdout.trimEnd().split('\n').at(-1) ?? ''
  const number = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? Number.NaN)
  const perSecond = number(/ ([\d.]+) records\/sec/)
  const latencyMs = { p50: number(/ (\d+) ms 50th/), p99: number(/ (\d+) ms 99th/), p999: number(/ (\d+) ms 99.9th/) }
  if (!(perSecond > 0)) throw new Error(`the producer's summary was: ${summary}`)
  return { ...run.cost, records: load.records, seconds: load.records / perSecond, latencyMs }
}

/** Kafka's consumer, assigned to every partition. */
export async function kafkaConsumer(clients: LoadClients, load: Workload): Promise<ClientRun> {
  const args = [clients.bootstrap, load.topic, String(load.records)]
  const run = await life(clients, 'java', [...javaArgs(clients.tools, consumerSource, args, { jvm: clientJvm })])
  const [records, bytes, ms] = run.stdout.trim().split(' ').map(Number)
  if (records !== load.records || bytes !== load.records * load.size) throw new Error(`consumed ${run.stdout}`)
  return { ...run.cost, records, seconds: (ms ?? 0) / 1000 }
}

/** kcat (librdkafka) sending the lines of a file. */
export async function kcatProducer(clients: LoadClients, load: Workload, file: string): Promise<ClientRun> {
  const run = await life(clients, 'kcat', [
    '-b',
    clients.bootstrap,
    '-P',
    '-t',
    load.topic,
    '-z',
    load.compression ?? 'none',
    '-l',
    file,
  ])
  return { ...run.cost, records: load.records, seconds: run.cost.lifeSeconds }
}

/** kcat (librdkafka) reading every partition to its end, printing nothing; `fetchBytes` bounds each fetch. Default: librdkafka's. */
export async function kcatConsumer(
  clients: LoadClients,
  load: Workload,
  { fetchBytes }: { fetchBytes?: number } = {},
): Promise<ClientRun> {
  const limits = fetchBytes === undefined ? [] : ['fetch.message.max.bytes', 'fetch.max.bytes', 'message.max.bytes']
  const run = await life(clients, 'kcat', [
    ...['-b', clients.bootstrap, '-C', '-t', load.topic, '-o', 'beginning', '-e', '-q', '-c', String(load.records)],
    ...['-f', ''],
    ...limits.flatMap(name => ['-X', `${name}=${fetchBytes}`]),
  ])
  return { ...run.cost, records: load.records, seconds: run.cost.lifeSeconds }
}

/** A client's whole life: what it printed and what it used. */
async function life(clients: LoadClients, command: string, args: readonly string[]) {
  let stdout = ''
  const { deadlineMs = deadlineMsDefault } = clients
  const start = performance.now()
  const running = clients.processes.start('taskset', ['-c', String(clients.core), command, ...args], {
    logFile: `${clients.directory}/client.log`,
    onStdout: chunk => {
      stdout += chunk.toString()
    },
  })
  let clientCpuSeconds = 0
  const pid = running.child.pid as number
  // The kernel forgets a process with its death: look as long as it lives.
  const watch = until('the client', deadlineMs, () => {
    if (running.outcome !== undefined) return true
    try {
      clientCpuSeconds = cpuSeconds(pid)
    } catch {
      return true
    }
    return false
  })
  // A missed deadline is told once, by the line below.
  watch.catch(() => undefined)
  const outcome = await within(command, deadlineMs, running.ended)
  const lifeSeconds = (performance.now() - start) / 1000
  await watch
  if (outcome !== 0) throw new Error(`${command} ended with ${outcome}: ${stdout}`)
  return { stdout, cost: { lifeSeconds, clientCpuSeconds } }
}
