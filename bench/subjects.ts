/** The brokers that are compared: Dorsale as it is published, and Apache Kafka with the flags of its own start scripts. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { apacheKafka, type BrokerUnderTest, dorsale } from '../interop/brokers.ts'
import type { Reference } from '../interop/prerequisites.ts'
import type { Processes } from '../interop/processes.ts'
import { installBuild } from './installed.ts'

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

/** The same for both, beside the single-node values of Kafka's shipped file. */
const settings = { 'num.partitions': '6' }

export interface Subject {
  readonly name: 'Dorsale' | 'Apache Kafka'
  /** A broker on a new, empty directory. */
  fresh(): BrokerUnderTest
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
    fresh() {
      renew(directory)
      return dorsale(processes, { ...place, directory, settings, main })
    },
  }
}

/** Its storage tool formats before its start is measured; Dorsale formats at its own start. */
export function kafkaSubject({ processes, reference, ...place }: SubjectPlace): Subject {
  const directory = join(place.directory, 'kafka')
  return {
    name: 'Apache Kafka',
    fresh() {
      renew(directory)
      return apacheKafka(processes, { ...place, directory, settings, classPath: reference.server, jvm: kafkaJvm })
    },
  }
}

function renew(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
}
