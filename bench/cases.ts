/** What is measured of a broker, in order: start, idle memory, load in and out by two clients, a steady rate, a restart after SIGKILL. */
import { execFileSync } from 'node:child_process'
import { createWriteStream, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningBroker } from '../interop/brokers.ts'
import {
  type ClientRun,
  kafkaConsumer,
  kafkaProducer,
  kcatConsumer,
  kcatProducer,
  type LoadClients,
  type Workload,
} from './clients.ts'
import { cpuSeconds, residentMb } from './cpu.ts'
import { firstAcknowledgedRecord } from './probe.ts'
import type { Subject } from './subjects.ts'

const startDeadlineMs = 60_000

export interface Plan {
  /** How often the start is measured. */
  readonly starts: number
  readonly sizes: readonly { readonly size: number; readonly records: number }[]
  readonly warmUpRecords: number
  /** A steady rate at which latency is measured. */
  readonly latency: { readonly size: number; readonly rate: number; readonly records: number }
}

/** One run under load, with what the broker used for it. */
export interface LoadFigures extends ClientRun {
  readonly client: 'Kafka' | 'kcat'
  readonly direction: 'produce' | 'consume'
  readonly size: number
  readonly brokerCpuSeconds: number
  readonly brokerMb: number
}

export interface SubjectFigures {
  readonly name: string
  /** Milliseconds from exec to the first acknowledged record, in rising order. */
  readonly startMs: readonly number[]
  readonly idleMb: number
  readonly peakMb: number
  readonly loads: readonly LoadFigures[]
  readonly latency: LoadFigures
  readonly restart: { readonly ms: number; readonly gb: number }
}

export interface Bench {
  readonly clients: LoadClients
  readonly port: number
  readonly plan: Plan
  readonly directory: string
  readonly print: (line: string) => void
}

export async function measure(subject: Subject, bench: Bench): Promise<SubjectFigures> {
  const startMs = await measureStarts(subject, bench)
  const broker = subject.fresh()
  const first = await begin(() => broker.start(), bench)
  await delay(5_000)
  const idleMb = residentMb(first.running.pid).now
  const { loads, latency } = await measureLoads(subject, first.running, bench)
  const peakMb = residentMb(first.running.pid).peak
  const gb = directorySize(broker.logDirectory) / 1e9
  await first.running.kill()
  const again = await begin(() => broker.start(), bench)
  await again.running.kill()
  const restart = { ms: again.ms, gb }
  bench.print(`${subject.name}: restart with ${gb.toFixed(1)} GB ${again.ms.toFixed(0)} ms`)
  return { name: subject.name, startMs, idleMb, peakMb, loads, latency, restart }
}

async function measureStarts(subject: Subject, bench: Bench): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < bench.plan.starts; index++) {
    const broker = subject.fresh()
    const { running, ms } = await begin(() => broker.start(), bench)
    await running.kill()
    times.push(ms)
  }
  times.sort((left, right) => left - right)
  bench.print(`${subject.name}: start ${times.map(ms => ms.toFixed(0)).join(', ')} ms`)
  return times
}

/** Starts a broker; `ms` lie between its exec and its acknowledgement of a record. */
async function begin(start: () => Promise<RunningBroker>, { port }: Bench) {
  settle()
  const acknowledged = firstAcknowledgedRecord(port, 'first', startDeadlineMs).then(() => performance.now())
  // A broker that fails to start is the better story; the probe's own is told if it comes first.
  acknowledged.catch(() => undefined)
  const running = await start()
  return { running, ms: (await acknowledged) - running.startMs }
}

async function measureLoads(subject: Subject, broker: RunningBroker, bench: Bench) {
  const { clients, plan, directory, print } = bench
  const loads: LoadFigures[] = []
  const under = async (
    load: Workload,
    about: Pick<LoadFigures, 'client' | 'direction'>,
    run: () => Promise<ClientRun>,
  ) => {
    settle()
    const before = cpuSeconds(broker.pid)
    const done = await run()
    const brokerCpuSeconds = cpuSeconds(broker.pid) - before
    const figures = { ...done, ...about, size: load.size, brokerCpuSeconds, brokerMb: residentMb(broker.pid).now }
    const rate = done.records / done.seconds
    print(
      `${subject.name}: ${about.client} ${about.direction} ${load.size} B ${rate.toFixed(0)} records/s, broker ${brokerCpuSeconds.toFixed(2)} s of ${done.lifeSeconds.toFixed(2)} s`,
    )
    return figures
  }
  // Both virtual machines compile what is hot before anything counts.
  await kafkaProducer(clients, { topic: 'warm-up', records: plan.warmUpRecords, size: 100 })
  await kafkaConsumer(clients, { topic: 'warm-up', records: plan.warmUpRecords, size: 100 })
  for (const { size, records } of plan.sizes) {
    const byKafka = { topic: `kafka-${size}`, records, size }
    const byKcat = { topic: `kcat-${size}`, records, size }
    const file = await linesFile(directory, byKcat)
    const kafka = { client: 'Kafka' } as const
    const kcat = { client: 'kcat' } as const
    loads.push(await under(byKafka, { ...kafka, direction: 'produce' }, () => kafkaProducer(clients, byKafka)))
    loads.push(await under(byKafka, { ...kafka, direction: 'consume' }, () => kafkaConsumer(clients, byKafka)))
    loads.push(await under(byKcat, { ...kcat, direction: 'produce' }, () => kcatProducer(clients, byKcat, file)))
    loads.push(await under(byKcat, { ...kcat, direction: 'consume' }, () => kcatConsumer(clients, byKcat)))
  }
  const { rate, ...steady } = plan.latency
  const load = { topic: 'steady', ...steady }
  const latency = await under(load, { client: 'Kafka', direction: 'produce' }, () => kafkaProducer(clients, load, rate))
  return { loads, latency }
}

/** Nothing of an earlier case is still on its way to the disk. */
function settle(): void {
  execFileSync('sync')
}

/** Lines of letters for kcat, made once per size. */
async function linesFile(directory: string, { records, size }: Workload): Promise<string> {
  const path = join(directory, `lines-${size}-${records}.txt`)
  if (existsSync(path)) return path
  const file = Writable.toWeb(createWriteStream(path)).getWriter()
  const linesPerChunk = Math.max(1, Math.floor(1_000_000 / (size + 1)))
  for (let written = 0; written < records; written += linesPerChunk) {
    const lines = Array.from({ length: Math.min(linesPerChunk, records - written) }, (_, index) =>
      line(written + index, size),
    )
    await file.write(Buffer.from(lines.join('')))
  }
  await file.close()
  return path
}

function line(index: number, size: number): string {
  const unit = `${index.toString(36)}abcdefghijklmnopqrstuvwxyz`
  return `${unit.repeat(Math.ceil(size / unit.length)).slice(0, size)}\n`
}

function directorySize(directory: string): number {
  // Blocks that are there, not the size of files that were only reserved (indexes).
  return (
    Number(execFileSync('du', ['-s', '--block-size=1', directory], { encoding: 'utf8' }).split('\t')[0]) ||
    statSync(directory).size
  )
}
