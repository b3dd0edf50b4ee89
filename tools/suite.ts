/**
 * `npm test`: types, lint and format, and the unit tests, beside each other. The tests run in two processes, as they need two cores: one computes (the
 * simulated world, codecs, state machines), the other waits for sockets, disks and processes half of the time.
 */
import { spawn } from 'node:child_process'

export interface Part {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

interface Outcome {
  readonly name: string
  readonly isGood: boolean
  readonly output: string
  readonly seconds: number
}

const unit = ['--test', '--test-isolation=none', '--test-reporter=spec']
const computing = 'sim|storage|raft|coordinate|protocol'

/** The files of each of the two: together those of `npm run unit`. */
export const testFiles: Readonly<Record<string, readonly string[]>> = {
  computing: [`packages/@(${computing})/src/**/*.test.ts`],
  waiting: [
    `packages/!(${computing})/src/**/*.test.ts`,
    'tools/**/*.test.ts',
    'interop/**/*.test.ts',
    'bench/**/*.test.ts',
  ],
}

const parts: readonly Part[] = [
  ...Object.entries(testFiles).map(([name, files]) => ({
    name: `unit, ${name}`,
    command: process.execPath,
    args: [...unit, ...files],
  })),
  { name: 'check', command: 'npm', args: ['run', '--silent', 'check'] },
]

/**
 * Runs the parts beside each other and answers the exit code: 0 when all of them end with 0. What a part says is printed when it ends, of those that fail at
 * the end of all; then the sums, in the words of Node's own reporter.
 */
export async function runParts(parts: readonly Part[], print: (text: string) => void): Promise<number> {
  const beganMs = performance.now()
  const show = ({ name, output }: Outcome) => print(`== ${name}\n${output}`)
  const outcomes = await Promise.all(
    parts.map(async part => {
      const outcome = await run(part)
      if (outcome.isGood) show(outcome)
      return outcome
    }),
  )
  const failed = outcomes.filter(({ isGood }) => !isGood)
  for (const outcome of failed) show(outcome)
  for (const { name, isGood, seconds } of outcomes) print(`${name}: ${isGood ? 'passed' : 'FAILED'} in ${seconds} s`)
  for (const what of ['pass', 'fail'] as const) {
    print(`ℹ ${what} ${outcomes.reduce((sum, { output }) => sum + countOf(what, output), 0)}`)
  }
  print(`ℹ duration ${secondsSince(beganMs)} s`)
  return failed.length === 0 ? 0 : 1
}

/** What a run of tests says at its end of how many passed or failed; 0 when it says nothing of tests. */
export function countOf(what: 'pass' | 'fail', output: string): number {
  const lines = [...output.matchAll(new RegExp(`^\\W*${what} (\\d+)$`, 'gm'))]
  return Number(lines.at(-1)?.[1] ?? 0)
}

function run({ name, command, args }: Part): Promise<Outcome> {
  const beganMs = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const pieces: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => pieces.push(piece))
  const stop = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return new Promise(resolve => {
    const end = (isGood: boolean, reason = '') => {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve({ name, isGood, output: Buffer.concat(pieces) + reason, seconds: secondsSince(beganMs) })
    }
    child.on('error', ({ message }) => end(false, message))
    child.on('close', (code, signal) => end(code === 0, signal === null ? '' : `ended by ${signal}`))
  })
}

function secondsSince(beganMs: number): number {
  return Math.round((performance.now() - beganMs) / 1000)
}

if (import.meta.main) {
  process.exitCode = await runParts(parts, text => process.stdout.write(`${text}\n`))
}
