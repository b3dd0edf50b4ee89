/** One command, as this process: its words, its streams, its end. */
import { ProcessIo } from './command-io.ts'
import { runProgram } from './program.ts'

export async function runProcess(): Promise<void> {
  const [, calledAs, ...words] = process.argv
  const io = new ProcessIo()
  const exitCode = await runProgram({ words, io, ...(calledAs === undefined ? {} : { calledAs }) })
  if (exitCode === undefined) return
  // What was written leaves before the process does; what else might keep it alive (standard input, say) does not matter any more.
  process.exitCode = exitCode
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}
