import { fileURLToPath } from 'node:url'
import type { Processes } from '../processes.ts'
import type { ToolRun } from './java-tools.ts'

const dorsaleMain = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const deadlineMs = 60_000

/** One of our tools that go by the names of Kafka's scripts, as its process ends. */
export async function runOurTool(
  processes: Processes,
  logFile: string,
  tool: string,
  words: readonly string[],
  stdin = '',
): Promise<ToolRun> {
  let stdout = ''
  const running = processes.start(process.execPath, [dorsaleMain, tool, ...words], {
    stdin: 'pipe',
    logFile,
    onStdout: chunk => {
      stdout += chunk.toString()
    },
  })
  // It may end before it has read its input.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(stdin)
  const timer = setTimeout(() => running.child.kill('SIGKILL'), deadlineMs)
  const code = await running.ended
  clearTimeout(timer)
  return { code, stdout }
}
