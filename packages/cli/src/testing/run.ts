/** For tests: a command in this process, its input and output as text, on the real network of the machine. */
import { PassThrough, Readable, type Writable } from 'node:stream'
import { silentLogger } from '@dorsale/base'
import { nodeWorld } from '@dorsale/client/node'
import { runProgram } from '../program.ts'

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** What the program was called by. */
  readonly calledAs?: string
  /** Aborts as a SIGINT would. */
  readonly signal?: AbortSignal
}

export interface Ran {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs `dorsale` with these words. Without an `env` it sees no contexts. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const output = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof output): Writable => {
    const stream = new PassThrough()
    stream.on('data', chunk => {
      output[name] += String(chunk)
    })
    return stream
  }
  const io = {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    isTerminal: false,
    env: { HOME: '/nonexistent', ...options.env },
    signal: options.signal ?? new AbortController().signal,
    world: nodeWorld({ logger: silentLogger }),
  }
  const { calledAs } = options
  const code = await runProgram({ words, io, ...(calledAs === undefined ? {} : { calledAs }) })
  return { code, ...output }
}
