/** Three nodes of Apache Kafka, each broker and controller: what leaders and coordinators move between. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunningBroker } from './brokers.ts'
import { javaArgs } from './clients.ts'
import { lastLines, type Processes, until } from './processes.ts'

const startDeadlineMs = 120_000
const formatDeadlineMs = 60_000
const nodeIds = [1, 2, 3] as const

export interface ClusterPlace {
  /** Six ports from here on are taken. */
  readonly port: number
  /** A directory of the run's own. */
  readonly directory: string
  readonly classPath: string
}

export class KafkaCluster {
  readonly #processes: Processes
  readonly #place: ClusterPlace
  readonly #running = new Map<number, RunningBroker>()

  constructor(processes: Processes, place: ClusterPlace) {
    this.#processes = processes
    this.#place = place
  }

  get nodeIds(): readonly number[] {
    return nodeIds
  }

  get bootstrap(): string {
    return nodeIds.map(id => this.#address(id)).join(',')
  }

  /** Formats the directories of all nodes and starts them. */
  async start(): Promise<void> {
    const uuid = (await this.#storage('random-uuid')).stdout.trim()
    for (const id of nodeIds) {
      mkdirSync(this.#directory(id), { recursive: true })
      writeFileSync(this.#config(id), this.#properties(id))
      await this.#storage('format', '-t', uuid, '-c', this.#config(id))
    }
    await Promise.all(nodeIds.map(id => this.startNode(id)))
  }

  /** Resolves when the node says that it has started. */
  async startNode(id: number): Promise<void> {
    const logFile = join(this.#directory(id), 'kafka.log')
    const already = existsSync(logFile) ? readFileSync(logFile, 'latin1').length : 0
    const startMs = performance.now()
    const args = javaArgs(this.#place.classPath, 'kafka.Kafka', [this.#config(id)], { logLevel: 'INFO', heapMb: 512 })
    const running = this.#processes.start('java', args, { logFile })
    await until(`the start of node ${id}`, startDeadlineMs, () => {
      const log = readFileSync(logFile, 'latin1').slice(already)
      if (running.outcome !== undefined) throw new Error(`node ${id} ended with ${running.outcome}: ${lastLines(log)}`)
      return log.includes('Kafka Server started')
    })
    this.#running.set(id, new RunningBroker(running, { startMs, logFile }))
  }

  /** SIGKILL. */
  async killNode(id: number): Promise<void> {
    const running = this.#running.get(id)
    if (running === undefined) throw new Error(`node ${id} does not run`)
    this.#running.delete(id)
    await running.kill()
  }

  #address(id: number): string {
    return `127.0.0.1:${this.#place.port + 2 * (id - 1)}`
  }

  #controller(id: number): string {
    return `127.0.0.1:${this.#place.port + 2 * (id - 1) + 1}`
  }

  #directory(id: number): string {
    return join(this.#place.directory, `node-${id}`)
  }

  #config(id: number): string {
    return join(this.#directory(id), 'kafka.properties')
  }

  #storage(...args: string[]) {
    const words = javaArgs(this.#place.classPath, 'kafka.tools.StorageTool', args)
    return this.#processes.run('java', words, { deadlineMs: formatDeadlineMs })
  }

  #properties(id: number): string {
    const properties: Record<string, string | number> = {
      'process.roles': 'broker,controller',
      'node.id': id,
      'controller.quorum.voters': nodeIds.map(each => `${each}@${this.#controller(each)}`).join(','),
      listeners: `PLAINTEXT://${this.#address(id)},CONTROLLER://${this.#controller(id)}`,
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': join(this.#directory(id), 'log'),
      'default.replication.factor': 3,
      'min.insync.replicas': 2,
      'offsets.topic.replication.factor': 3,
      'offsets.topic.num.partitions': 6,
      'transaction.state.log.replication.factor': 3,
      'transaction.state.log.min.isr': 2,
      'transaction.state.log.num.partitions': 6,
      'group.initial.rebalance.delay.ms': 0,
      // A dead broker is found, and its leaderships move, within seconds.
      'broker.session.timeout.ms': 4000,
      'broker.heartbeat.interval.ms': 1000,
    }
    return Object.entries(properties).reduce((text, [name, value]) => `${text}${name}=${value}\n`, '')
  }
}
