/** Kafka's own command line tools, run in one virtual machine: see ToolHarness.java. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scripts } from '../../packages/cli/src/kafka/scripts.ts'
import { javaArgs } from '../clients.ts'
import type { Processes, Running } from '../processes.ts'

const harness = fileURLToPath(new URL('ToolHarness.java', import.meta.url))
/** Those that sum up in a hook of their virtual machine's end need one of their own. */
const needsItsOwn: ReadonlySet<string> = new Set(['kafka-verifiable-producer'])
const deadlineMs = 60_000

/** What Kafka's script of this name runs. */
export function mainClassOf(tool: string): string {
  const mainClass = scripts.find(({ name }) => name === tool)?.mainClass
  if (mainClass === undefined) throw new Error(`${tool} is none of Kafka's tools`)
  return mainClass
}

export interface ToolRun {
  /** The exit code; in words, how else it ended. */
  readonly code: number | string
  readonly stdout: string
}

export class JavaTools {
  readonly #processes: Processes
  readonly #classPath: string
  readonly #running: Running
  #answers = ''
  #waiting: ((answer: string) => void) | undefined

  constructor(processes: Processes, options: { classPath: string; logFile: string }) {
    this.#processes = processes
    this.#classPath = options.classPath
    const folder = dirname(options.classPath)
    const jars = readdirSync(folder).filter(name => name.endsWith('.jar'))
    const toolsJar = jars.find(name => /^kafka-tools-\d/.test(name))
    if (toolsJar === undefined) throw new Error(`there is no jar of Kafka's tools in ${folder}`)
    // The tools themselves are loaded by the harness, each time anew.
    const others = jars.filter(name => name !== toolsJar).map(name => join(folder, name))
    const args = javaArgs(others.join(':'), harness, [join(folder, toolsJar)], { logLevel: 'WARN' })
    this.#running = processes.start('java', args, {
      stdin: 'pipe',
      logFile: options.logFile,
      onStdout: chunk => {
        this.#answers += chunk.toString('latin1')
        const end = this.#answers.indexOf('\n')
        if (end < 0) return
        const answer = this.#answers.slice(0, end)
        this.#answers = this.#answers.slice(end + 1)
        this.#waiting?.(answer)
      },
    })
    this.#running.ended.then(outcome => this.#waiting?.(`harness_ended_with_${outcome} `))
  }

  /** Runs one tool to its end; one at a time. */
  async run(tool: string, args: readonly string[], stdin = ''): Promise<ToolRun> {
    const main = mainClassOf(tool)
    if (needsItsOwn.has(tool)) {
      const { stdout } = await this.#processes.run('java', javaArgs(this.#classPath, main, args), { deadlineMs })
      return { code: 0, stdout }
    }
    const answer = await new Promise<string>(resolve => {
      this.#waiting = resolve
      const words = [main, stdin, ...args].map(word => Buffer.from(word).toString('base64'))
      this.#running.child.stdin?.write(`${words.join(' ')}\n`)
    })
    const [code = '', output = ''] = answer.split(' ')
    return { code: /^\d+$/.test(code) ? Number(code) : code, stdout: Buffer.from(output, 'base64').toString() }
  }

  end(): void {
    this.#running.child.stdin?.end()
  }
}
