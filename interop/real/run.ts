/** What the runs of the real process share: a directory of its own, producers that send as long as it lasts, and the last word about what they sent. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kcat } from '../clients.ts'
import { Feeder } from '../feeder.ts'
import { Processes } from '../processes.ts'
import { StreamLedger } from '../stream-ledger.ts'

/** Runs `body` in a directory that is removed when all is well, and kept, with its name, when not. Nothing that was started outlives it. */
export async function realRun(
  name: string,
  body: (processes: Processes, directory: string) => Promise<string>,
): Promise<void> {
  const processes = new Processes()
  process.on('exit', () => processes.killAll())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const directory = mkdtempSync(join(tmpdir(), `dorsale-${name}-`))
  try {
    process.stdout.write(`${await body(processes, directory)}\n1 passed, 0 failed\n`)
    rmSync(directory, { recursive: true, force: true })
  } catch (error) {
    process.stdout.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`)
    process.stdout.write(`data and logs are in ${directory}\n0 passed, 1 failed\n`)
    process.exitCode = 1
  }
  processes.killAll()
}

/** librdkafka's idempotent producers, each fed with numbered lines. */
export function startFeeders(
  kcat: Kcat,
  options: { topic: string; count: number; directory: string; linesPerSecond?: number },
): Feeder[] {
  const { topic, linesPerSecond } = options
  return Array.from({ length: options.count }, (_, index) => {
    const logFile = join(options.directory, `producer-${index}.log`)
    const producer = kcat.startProducer({ topic, stdin: 'pipe', logFile })
    return new Feeder(`p${index}`, producer, linesPerSecond === undefined ? {} : { linesPerSecond })
  })
}

/** Ends the input and reads everything back: each line once, in order. Answers a summary. */
export async function judgeFeeders(kcat: Kcat, topic: string, feeders: readonly Feeder[]): Promise<string> {
  await Promise.all(feeders.map(feeder => feeder.finish()))
  const ledger = new StreamLedger(new Map(feeders.map(({ name, sent }) => [name, sent])))
  await kcat.consumeAll(topic, ledger)
  return ledger.end()
}
