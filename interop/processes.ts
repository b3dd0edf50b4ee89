/**
 * Child processes with deadlines: nothing here waits for a duration, and nothing that was started outlives the run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface RunOptions {
  deadlineMs: number
  /** A file to read standard input from. Default: nothing. */
  stdinFile?: string
  /** Takes standard output as it comes, which is then not kept. */
  onStdout?: (chunk: Buffer) => void
}

export interface RunResult {
  stdout: string
  stderr: string
}

/** A process under way. */
export interface Running {
  readonly child: ChildProcess
  /** How it ended: the exit code, or the signal's name. */
  readonly ended: Promise<number | string>
  /** Undefined while it runs. */
  outcome: number | string | undefined
}

/** The processes of one run. `killAll` is its last word, whatever happened before. */
export class Processes {
  readonly #alive = new Set<ChildProcess>()

  /** Starts a process whose output goes to `logFile`, or, for standard output, to `onStdout`. Its input is a file, a pipe, or nothing. */
  start(
    command: string,
    args: readonly string[],
    options: { stdinFile?: string; stdin?: 'pipe'; logFile: string; onStdout?: (chunk: Buffer) => void },
  ): Running {
    const log = openSync(options.logFile, 'a')
    const input = options.stdinFile === undefined ? undefined : openSync(options.stdinFile, 'r')
    const child = spawn(command, args, {
      stdio: [input ?? options.stdin ?? 'ignore', options.onStdout === undefined ? log : 'pipe', log],
    })
    closeSync(log)
    if (input !== undefined) closeSync(input)
    if (options.onStdout !== undefined) child.stdout?.on('data', options.onStdout)
    return this.#watch(child)
  }

  /** Runs to the end and answers the output; a failing exit or a missed deadline throws with the end of standard error. */
  async run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
    const input = options.stdinFile === undefined ? undefined : openSync(options.stdinFile, 'r')
    const child = spawn(command, args, { stdio: [input ?? 'ignore', 'pipe', 'pipe'] })
    if (input !== undefined) closeSync(input)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', options.onStdout ?? (chunk => stdout.push(chunk)))
    child.stderr?.on('data', chunk => stderr.push(chunk))
    const running = this.#watch(child)
    const timer = setTimeout(() => child.kill('SIGKILL'), options.deadlineMs)
    const outcome = await running.ended
    clearTimeout(timer)
    const result = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
    if (outcome !== 0) {
      const why = outcome === 'SIGKILL' ? `was stopped after ${options.deadlineMs} ms` : `ended with ${outcome}`
      throw new Error(`${command} ${describe(args)} ${why}: ${lastLines(`${result.stdout}\n${result.stderr}`)}`)
    }
    return result
  }

  killAll(): void {
    for (const child of this.#alive) child.kill('SIGKILL')
  }

  /** As `killAll`, and waits until the last of them is gone. */
  async endAll(): Promise<void> {
    const ends = [...this.#alive].map(child => new Promise(resolve => child.once('close', resolve)))
    this.killAll()
    await Promise.all(ends)
  }

  #watch(child: ChildProcess): Running {
    this.#alive.add(child)
    const { promise, resolve } = Promise.withResolvers<number | string>()
    const running: Running = { child, ended: promise, outcome: undefined }
    const end = (outcome: number | string) => {
      this.#alive.delete(child)
      running.outcome = outcome
      resolve(outcome)
    }
    child.on('close', (code, signal) => end(code ?? signal ?? 'no exit code'))
    child.on('error', error => end(error.message))
    return running
  }
}

/** Asks again and again until the answer is neither undefined nor false. */
export async function until<Answer>(
  what: string,
  deadlineMs: number,
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
): Promise<Answer> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms`)
    await delay(10)
  }
}

/** A promise's value, or an error once the deadline has passed. */
export async function within<Value>(what: string, deadlineMs: number, promise: Promise<Value>): Promise<Value> {
  const stop = new AbortController()
  const late = delay(deadlineMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what}: not within ${deadlineMs} ms`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    stop.abort()
    late.catch(() => undefined)
  }
}

/** The end of a text, for an error message. */
export function lastLines(text: string, count = 12): string {
  return text.trim().split('\n').slice(-count).join('\n')
}

function describe(args: readonly string[]): string {
  const text = args.join(' ')
  return text.length <= 160 ? text : `${text.slice(0, 60)} ... ${text.slice(-90)}`
}
