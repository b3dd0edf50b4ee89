import { type CommandIo, write } from '../command-io.ts'

const linesPerWrite = 200

/** Lines to standard output, some at a time, until there are no more or nobody wants them. */
export async function printLines(io: CommandIo, lines: Iterable<string>): Promise<void> {
  let ready: string[] = []
  const flush = () => write(io.stdout, ready.map(line => `${line}\n`).join(''))
  for (const line of lines) {
    if (io.signal.aborted) return
    ready.push(line)
    if (ready.length < linesPerWrite) continue
    await flush()
    ready = []
  }
  await flush()
}
