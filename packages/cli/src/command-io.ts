/** What a command takes from its process: streams, environment, signals, and the world of its clients. Tests hand in their own. */
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Logger } from '@dorsale/base'
import type { ClientWorld } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'

export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Whether a person watches standard error, so that progress is worth showing. */
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by the first SIGINT or SIGTERM: finish what was begun, and end. */
  readonly signal: AbortSignal
  readonly world: ClientWorld
}

/** The io of this process. Each part is made when it is first asked for: `dorsale start` asks for none. */
export class ProcessIo implements CommandIo {
  readonly env = process.env
  #signal: AbortSignal | undefined
  #world: ClientWorld | undefined
  #hearsPipe = false

  get stdout(): Writable {
    if (!this.#hearsPipe) {
      this.#hearsPipe = true
      // The reader of a pipe may go before we do (`| head`): then nobody wants the rest.
      process.stdout.on('error', error => {
        if ('code' in error && error.code === 'EPIPE') process.exit(0)
        throw error
      })
    }
    return process.stdout
  }

  get stdin(): Readable {
    return process.stdin
  }

  get stderr(): Writable {
    return process.stderr
  }

  get isTerminal(): boolean {
    return process.stderr.isTTY === true
  }

  get signal(): AbortSignal {
    this.#signal ??= hearSignals()
    return this.#signal
  }

  get world(): ClientWorld {
    this.#world ??= nodeWorld({ logger: toStandardError(process.stderr) })
    return this.#world
  }
}

/** The first signal aborts, a second one ends the process at once. */
function hearSignals(): AbortSignal {
  const interrupted = new AbortController()
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(128 + numbers[signal])
      interrupted.abort()
    })
  }
  return interrupted.signal
}

/** Writes text; waits when the reader is slower than we are. */
export async function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

/** Does something when the command is interrupted, at once if it has been already. Answers how to call it off. */
export function onInterrupt(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act()
  signal.addEventListener('abort', act)
  return () => signal.removeEventListener('abort', act)
}

/** Clients' warnings and errors, a line each; what goes well is nobody's business here. */
function toStandardError(stderr: Writable): Logger {
  const say = (level: string, message: string, fields?: Readonly<Record<string, unknown>>) => {
    const details = Object.entries(fields ?? {}).map(([name, value]) => ` ${name}=${textOf(value)}`)
    stderr.write(`${level} ${message}${details.join('')}\n`)
  }
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (message, fields) => say('WARN', message, fields),
    error: (message, fields) => say('ERROR', message, fields),
    child: () => logger,
  }
  return logger
}

function textOf(value: unknown): string {
  return value instanceof Error ? JSON.stringify(value.message) : String(value)
}
