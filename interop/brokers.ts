/** The brokers that a run starts: Dorsale, and the newest Apache Kafka. Both on the same port, both on a directory of Kafka's own files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { javaArgs } from './clients.ts'
import { lastLines, type Processes, type Running, until, within } from './processes.ts'

const dorsaleMain = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url))
const deadlineMsDefault = 60_000

/** Small segments, so that tens of megabytes roll, are indexed and are recovered as gigabytes would be. */
export const smallSegments: Readonly<Record<string, string>> = { 'log.segment.bytes': '2097152' }

export interface BrokerUnderTest {
  readonly name: string
  /** Where Kafka's own files are. */
  readonly logDirectory: string
  /** Resolves when it is ready. */
  start(): Promise<RunningBroker>
}

export interface BrokerPlace {
  port: number
  /** A directory of the run's own, for data, settings and logs. */
  directory: string
  /** Broker settings. Default: small segments. */
  settings?: Readonly<Record<string, string>>
  /** The CPU core that the broker is pinned to. Default: none. */
  core?: number
  /** How long a start may take, and a stop. Default: a minute. */
  deadlineMs?: number
}

/** A broker that has said that it is ready. */
export class RunningBroker {
  readonly #running: Running
  readonly pid: number
  /** When it was started, on the clock of `performance.now`. */
  readonly startMs: number
  readonly readyMs: number
  readonly logFile: string
  readonly #deadlineMs: number

  constructor(running: Running, options: { startMs: number; logFile: string; deadlineMs?: number | undefined }) {
    this.#running = running
    this.#deadlineMs = options.deadlineMs ?? deadlineMsDefault
    this.pid = running.child.pid ?? 0
    this.startMs = options.startMs
    this.readyMs = performance.now() - options.startMs
    this.logFile = options.logFile
  }

  get isAlive(): boolean {
    return this.#running.outcome === undefined
  }

  /** How it ends by itself; rejects when it does not within the deadline. */
  end(deadlineMs: number): Promise<number | string> {
    return within('the end of the process', deadlineMs, this.#running.ended)
  }

  /** SIGKILL: no goodbye, no flush. */
  async kill(): Promise<void> {
    this.#running.child.kill('SIGKILL')
    await within('death by SIGKILL', this.#deadlineMs, this.#running.ended)
  }

  /** SIGTERM; answers how the process ended. */
  async stop(): Promise<number | string> {
    this.#running.child.kill('SIGTERM')
    return within('a clean stop', this.#deadlineMs, this.#running.ended)
  }
}

/** `dorsale start`, as the repository runs it, or from another `main`; `nodeFlags` stand before the program. */
export function dorsale(
  processes: Processes,
  place: BrokerPlace & { main?: string; nodeFlags?: readonly string[] },
): BrokerUnderTest {
  const dataDirectory = join(place.directory, 'data')
  const logFile = join(place.directory, 'dorsale.log')
  const { deadlineMs } = place
  return {
    name: 'Dorsale',
    logDirectory: join(dataDirectory, 'log'),
    async start() {
      const overrides = Object.entries(place.settings ?? smallSegments).flatMap(([name, value]) => [
        '--override',
        `${name}=${value}`,
      ])
      const args = ['start', '--port', String(place.port), '--data-dir', dataDirectory, ...overrides]
      let stdout = ''
      const onStdout = (chunk: Buffer) => {
        stdout += chunk.toString()
      }
      const startMs = performance.now()
      const [command, commandArgs] = pinned(place.core, process.execPath, [
        ...(place.nodeFlags ?? []),
        place.main ?? dorsaleMain,
        ...args,
      ])
      const running = processes.start(command, commandArgs, { logFile, onStdout })
      await ready('Dorsale', { running, logFile, isReady: () => stdout.includes('\n'), deadlineMs })
      const lines = stdout.trimEnd().split('\n')
      const [line = ''] = lines
      if (lines.length !== 1 || !line.includes(`127.0.0.1:${place.port}`) || !line.includes(dataDirectory)) {
        throw new Error(`one line with address and data directory was due, not: ${stdout}`)
      }
      return new RunningBroker(running, { startMs, logFile, deadlineMs })
    },
  }
}

/** Apache Kafka, formatted by its own tool when the directory is new; it takes the directory's identity otherwise. */
export function apacheKafka(
  processes: Processes,
  place: BrokerPlace & { classPath: string; logDirectory?: string; jvm?: readonly string[] },
): BrokerUnderTest {
  const logDirectory = place.logDirectory ?? join(place.directory, 'data', 'log')
  const logFile = join(place.directory, 'kafka.log')
  const config = join(place.directory, 'kafka.properties')
  const { deadlineMs } = place
  return {
    name: 'Apache Kafka',
    logDirectory,
    async start() {
      const isNew = !existsSync(join(logDirectory, 'meta.properties'))
      const nodeId = isNew ? '1' : readProperty(join(logDirectory, 'meta.properties'), 'node.id')
      writeFileSync(config, kafkaProperties({ ...place, logDirectory, nodeId }))
      if (isNew) await format(processes, { ...place, logDirectory, config })
      const already = existsSync(logFile) ? readFileSync(logFile, 'latin1').length : 0
      const startMs = performance.now()
      const java = javaArgs(place.classPath, 'kafka.Kafka', [config], {
        logLevel: 'INFO',
        heapMb: 512,
        ...(place.jvm && { jvm: place.jvm }),
      })
      const [command, args] = pinned(place.core, 'java', java)
      const running = processes.start(command, args, { logFile })
      const isReady = () => readFileSync(logFile, 'latin1').slice(already).includes('Kafka Server started')
      await ready('Apache Kafka', { running, logFile, isReady, deadlineMs })
      return new RunningBroker(running, { startMs, logFile, deadlineMs })
    },
  }
}

async function ready(
  name: string,
  options: { running: Running; logFile: string; isReady: () => boolean; deadlineMs: number | undefined },
): Promise<void> {
  const log = () => lastLines(readFileSync(options.logFile, 'utf8'))
  const started = await until(`${name}'s start`, options.deadlineMs ?? deadlineMsDefault, () => {
    if (options.running.outcome !== undefined)
      throw new Error(`${name} ended with ${options.running.outcome}: ${log()}`)
    return options.isReady()
  }).catch(error => error)
  if (started instanceof Error) throw new Error(`${started.message}; its log ends: ${log()}`)
}

/** taskset becomes the command, so that the process keeps its number. */
function pinned(core: number | undefined, command: string, args: readonly string[]): [string, readonly string[]] {
  return core === undefined ? [command, args] : ['taskset', ['-c', String(core), command, ...args]]
}

function kafkaProperties(options: BrokerPlace & { logDirectory: string; nodeId: string }): string {
  const { port, logDirectory, nodeId } = options
  const properties: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${port + 1}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': logDirectory,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    ...(options.settings ?? smallSegments),
  }
  return Object.entries(properties).reduce((text, [name, value]) => `${text}${name}=${value}\n`, '')
}

async function format(
  processes: Processes,
  options: { classPath: string; logDirectory: string; config: string },
): Promise<void> {
  mkdirSync(options.logDirectory, { recursive: true })
  const tool = (...args: string[]) =>
    processes.run('java', javaArgs(options.classPath, 'kafka.tools.StorageTool', args), { deadlineMs: 60_000 })
  const uuid = (await tool('random-uuid')).stdout.trim()
  await tool('format', '--standalone', '-t', uuid, '-c', options.config)
}

function readProperty(path: string, name: string): string {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find(candidate => candidate.startsWith(`${name}=`))
  if (line === undefined) throw new Error(`${path} has no ${name}`)
  return line.slice(name.length + 1).trim()
}
