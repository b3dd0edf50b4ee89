/** The frame of a run of checks: what its processes need, and how it ends. */
import { rmSync } from 'node:fs'
import type { Checks } from './checks.ts'
import { Processes } from './processes.ts'

/** A line on standard output. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Processes that do not outlive this one, however it ends. */
export function ownProcesses(): Processes {
  const processes = new Processes()
  process.on('exit', () => processes.killAll())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  return processes
}

export interface CheckRun {
  readonly checks: Checks
  readonly processes: Processes
  /** Removed when all is well, unless it is to be kept. */
  readonly directory: string
  readonly keeps: boolean
  body(): Promise<void>
}

/** Runs the checks to the end, prints the counts, and sets the exit code: 0 when something passed and nothing failed. */
export async function runChecks({ checks, processes, directory, keeps, body }: CheckRun): Promise<void> {
  let broken = 0
  try {
    await body()
  } catch (error) {
    broken = 1
    print(`failed  the run itself: ${error instanceof Error ? error.message : String(error)}`)
  }
  processes.killAll()
  const { passed, waiting, ...rest } = checks.verdict()
  const failed = rest.failed + broken
  if (failed === 0 && !keeps) rmSync(directory, { recursive: true, force: true })
  else print(`data and logs are in ${directory}`)
  if (waiting > 0) print(`${waiting} waiting`)
  print(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
}
