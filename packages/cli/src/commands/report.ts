import { ProtocolError } from '@dorsale/protocol'
import { write } from '../command-io.ts'
import type { CommandContext } from '../program.ts'

interface ReportOptions<Key> {
  readonly context: CommandContext
  readonly done: string
  /** Errors that are none. */
  readonly mayBe?: readonly number[]
  nameOf(key: Key): string
}

/** A line for each thing: on standard output what was done, on standard error what was not, which makes the exit code 1. */
export async function report<Key>(
  outcomes: readonly { readonly key: Key; readonly error: Error | undefined }[],
  { context, done, mayBe = [], nameOf }: ReportOptions<Key>,
): Promise<void> {
  for (const { key, error } of outcomes) {
    if (error === undefined) await write(context.io.stdout, `${done} ${nameOf(key)}\n`)
    else if (!(error instanceof ProtocolError && mayBe.includes(error.errorCode))) {
      context.io.stderr.write(`dorsale: ${error.message}\n`)
      context.exitCode = 1
    }
  }
}
