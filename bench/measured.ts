/** What cases share: a broker started and timed, a load with what it cost the broker, rows for both. */
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import type { BrokerUnderTest, RunningBroker } from '../interop/brokers.ts'
import type { Bench, Figure } from './case.ts'
import type { ClientRun, Workload } from './clients.ts'
import { kafkaConsumer, kafkaProducer } from './clients.ts'
import { cpuSeconds } from './cpu.ts'
import { firstAcknowledgedRecord } from './probe.ts'
import { brokerDeadlineMs } from './subjects.ts'

/** How long a client needs until its rate is steady: its start and its compiler's work are over. */
export const steadyAfterSeconds = 5

/** Starts a broker; `ms` lie between its exec and its acknowledgement of a record. */
export async function begin(broker: BrokerUnderTest, { port }: Bench): Promise<{ running: RunningBroker; ms: number }> {
  settle()
  const acknowledged = firstAcknowledgedRecord(port, 'first', brokerDeadlineMs).then(() => performance.now())
  // A broker that fails to start is the better story; the probe's own is told if it comes first.
  acknowledged.catch(() => undefined)
  const running = await broker.start()
  return { running, ms: (await acknowledged) - running.startMs }
}

/** Both virtual machines, the broker's and the client's, compile what is hot before anything counts. */
export async function warmUp({ clients, plan }: Bench): Promise<void> {
  const load = { topic: 'warm-up', records: plan.warmUpRecords, size: 100 }
  await kafkaProducer(clients, load)
  await kafkaConsumer(clients, load)
}

export interface LoadFigures extends ClientRun {
  readonly brokerCpuSeconds: number
}

/** Runs a client and takes what the broker used meanwhile. */
export async function underLoad(pid: number, run: () => Promise<ClientRun>): Promise<LoadFigures> {
  settle()
  const before = cpuSeconds(pid)
  const done = await run()
  return { ...done, brokerCpuSeconds: cpuSeconds(pid) - before }
}

/** The rows of one client's load: its rate, the broker's cost, and who was busy. */
export function loadRows(prefix: string, { size }: Workload, load: LoadFigures): Figure[] {
  const bytes = load.records * size
  return [
    { label: `${prefix}: records/s`, value: load.records / load.seconds, digits: 0, lower: false },
    { label: `${prefix}: MB/s`, value: bytes / load.seconds / 1e6, digits: 0, lower: false },
    { label: `${prefix}: broker CPU-s per GB`, value: (load.brokerCpuSeconds / bytes) * 1e9, digits: 2, lower: true },
    {
      label: `${prefix}: broker CPU-s per million records`,
      value: (load.brokerCpuSeconds / load.records) * 1e6,
      digits: 2,
      lower: true,
    },
    { label: `${prefix}: broker busy, % of its core`, value: share(load.brokerCpuSeconds, load), digits: 0 },
    { label: `${prefix}: client busy, % of its core`, value: share(load.clientCpuSeconds, load), digits: 0 },
  ]
}

/** A client's latencies; a tool that measured none has failed. */
export function latencyRows(prefix: string, { latencyMs }: ClientRun): Figure[] {
  if (latencyMs === undefined) throw new Error(`${prefix}: the client measured no latency`)
  return [
    { label: `${prefix}: latency p50, ms`, value: latencyMs.p50, digits: 0, lower: true },
    { label: `${prefix}: latency p99, ms`, value: latencyMs.p99, digits: 0, lower: true },
    { label: `${prefix}: latency p99.9, ms`, value: latencyMs.p999, digits: 0, lower: true },
  ]
}

export function share(cpu: number, { lifeSeconds }: ClientRun): number {
  return (100 * cpu) / lifeSeconds
}

/** Nothing of an earlier case is still on its way to the disk. */
export function settle(): void {
  execFileSync('sync')
}

/** GB that a directory takes up: blocks that are there, not the size of files that were only reserved (indexes). */
export function directoryGb(directory: string): number {
  const used = execFileSync('du', ['-s', '--block-size=1', directory], { encoding: 'utf8' }).split('\t')[0]
  return (Number(used) || statSync(directory).size) / 1e9
}
