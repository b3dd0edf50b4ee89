/**
 * The real process under a steady load for as long as one likes, watched: memory, descriptors, and how long a produce and a fetch take.
 *
 *   npm run soak -- [--minutes 10] [--rate 2000] [--port 20500]
 *
 * `--rate` is in records a second. A line a minute tells how it goes. The second half must not need more memory (a quarter more at most) or more
 * descriptors than the first, nor be slower by more than three times; at the end every record is read back, once and in order.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { dorsale } from '../brokers.ts'
import { Kcat } from '../clients.ts'
import { judgeFeeders, realRun, startFeeders } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '2000' },
    port: { type: 'string', default: '20500' },
  },
})

interface Sample {
  /** Since the load began. */
  atMs: number
  rssMb: number
  descriptors: number
  /** Of one record, acknowledged. */
  latencyMs: number
}

const topic = 'soak'
const probeEveryMs = 500
/** Until a process that has just started has come to rest. */
const idleMs = 5000

await realRun('soak', async (processes, directory) => {
  const port = Number(values.port)
  const settings = { 'num.partitions': '6', 'log.segment.bytes': '2097152' }
  const running = await dorsale(processes, { port, directory, settings }).start()
  await delay(idleMs)
  const idle = sampleOf(running.pid)
  const kcat = new Kcat(processes, `127.0.0.1:${port}`)
  const feeders = startFeeders(kcat, { topic, count: 1, directory, linesPerSecond: Number(values.rate) })
  const producer = createProducer({ world: nodeWorld(), settings: { 'bootstrap.servers': `127.0.0.1:${port}` } })
  const samples: Sample[] = []
  const loadBeganMs = performance.now()
  const endMs = loadBeganMs + Number(values.minutes) * 60_000
  let minutesTold = 0
  while (performance.now() < endMs) {
    const beganMs = performance.now()
    await producer.send({ topic: 'probe', value: 'x' })
    const latencyMs = performance.now() - beganMs
    // A consumer that comes and goes: connections and fetch sessions are made and let go.
    await kcat.run(['-C', '-t', 'probe', '-o', '-1', '-c', '1', '-e', '-q'])
    samples.push({ atMs: beganMs - loadBeganMs, ...sampleOf(running.pid), latencyMs })
    const minute = Math.floor((performance.now() - loadBeganMs) / 60_000)
    if (minute > minutesTold) {
      minutesTold = minute
      tellMinute(minute, samples)
    }
    await delay(probeEveryMs)
  }
  await producer.close()
  const summary = await judgeFeeders(kcat, topic, feeders)
  await delay(idleMs)
  const after = sampleOf(running.pid)
  const outcome = await running.stop()
  if (outcome !== 0) throw new Error(`the broker ended with ${outcome}`)
  const resting = `at rest ${describeMemory(idle)} before, ${describeMemory(after)} after`
  return `${report(samples)}; ${resting}; ${summary}`
})

function sampleOf(pid: number): Pick<Sample, 'rssMb' | 'descriptors'> {
  const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return { rssMb: rssKb / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

function describeMemory({ rssMb, descriptors }: Pick<Sample, 'rssMb' | 'descriptors'>): string {
  return `${rssMb.toFixed(0)} MB and ${descriptors} descriptors`
}

function tellMinute(minute: number, samples: readonly Sample[]): void {
  const last = samples.filter(({ atMs }) => atMs >= (minute - 1) * 60_000)
  const [p50, p99] = [quantile(last, 'latencyMs', 0.5), quantile(last, 'latencyMs', 0.99)]
  const memory = describeMemory(last.at(-1) as Sample)
  process.stdout.write(
    `minute ${minute}: ${memory}, a record takes p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms\n`,
  )
}

/** Holds the second half against the first, whose start is left out: a process that has just started grows. */
function report(samples: readonly Sample[]): string {
  const half = Math.ceil(samples.length / 2)
  const first = samples.slice(Math.floor(half / 2), half)
  const second = samples.slice(half)
  const compare = (what: keyof Sample, share: number, factorMax: number): string => {
    const [before, after] = [quantile(first, what, share), quantile(second, what, share)]
    if (after > before * factorMax) throw new Error(`${what} rose from ${before.toFixed(1)} to ${after.toFixed(1)}`)
    return `${what} ${before.toFixed(1)} -> ${after.toFixed(1)}`
  }
  return [compare('rssMb', 0.5, 1.25), compare('descriptors', 1, 1.25), compare('latencyMs', 0.99, 3)].join(', ')
}

function quantile(samples: readonly Sample[], what: keyof Sample, share: number): number {
  const sorted = samples.map(sample => sample[what]).sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN
}
