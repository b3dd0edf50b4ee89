/** The brokers that are compared: Dorsale as it is published, and Apache Kafka with the flags of its own start scripts. */
import { mkdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { apacheKafka, type BrokerUnderTest, dorsale, type RunningBroker } from '../interop/brokers.ts'
import type { Reference } from '../interop/prerequisites.ts'
import type { Processes } from '../interop/processes.ts'
import { installBuild } from './installed.ts'
import { gcLog, jvmPauseFlags, nodePauseFlags } from './pauses.ts'

/** Of `kafka-server-start.sh` and `kafka-run-class.sh`. */
const kafkaJvm = [
  '-Xmx1G',
  '-Xms1G',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
]

/** How long a broker with much data may take to start, or to stop. */
export const brokerDeadlineMs = 180_000

/** The same for both, beside the single-node values of Kafka's shipped file. */
const settings = { 'num.partitions': '6' }

export interface FreshOptions {
  /** Server properties beside those of every case. */
  readonly settings?: Readonly<Record<string, string>>
  /** The broker tells its pauses at its clean end: see pauses.ts. */
  readonly tellsPauses?: boolean
}

export interface Subject {
  readonly name: 'Dorsale' | 'Apache Kafka'
  /** Where its data and its logs are. */
  readonly directory: string
  /** A broker on a new, empty directory. */
  fresh(options?: FreshOptions): BrokerUnderTest
  /** What pauses there were before does not count. */
  forgetPauses(running: RunningBroker): void
}

export interface SubjectPlace {
  readonly processes: Processes
  readonly directory: string
  readonly port: number
  readonly core: number
  readonly reference: Reference
}

export function dorsaleSubject({ processes, ...place }: SubjectPlace): Subject {
  const directory = join(place.directory, 'dorsale')
  const main = installBuild(join(place.directory, 'installed'))
  return {
    name: 'Dorsale',
    directory,
    fresh(options = {}) {
      renew(directory)
      const nodeFlags = options.tellsPauses ? nodePauseFlags(directory) : []
      return dorsale(processes, {
        ...place,
        directory,
        settings: { ...settings, ...options.settings },
        deadlineMs: brokerDeadlineMs,
        main,
        nodeFlags,
      })
    },
    forgetPauses: ({ pid }) => void process.kill(pid, 'SIGUSR2'),
  }
}

/** Its storage tool formats before its start is measured; Dorsale formats at its own start. */
export function kafkaSubject({ processes, reference, ...place }: SubjectPlace): Subject {
  const directory = join(place.directory, 'kafka')
  return {
    name: 'Apache Kafka',
    directory,
    fresh(options = {}) {
      renew(directory)
      return apacheKafka(processes, {
        ...place,
        directory,
        settings: { ...settings, ...options.settings },
        deadlineMs: brokerDeadlineMs,
        classPath: reference.server,
        jvm: [...kafkaJvm, ...(options.tellsPauses ? jvmPauseFlags(directory) : [])],
      })
    },
    // The collector's log goes on: what is read of it begins here.
    forgetPauses: () => truncateSync(join(directory, gcLog)),
  }
}

function renew(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
}
