/** Foreign clients, fetched at pinned versions and kept in `.cache/`: Python's into a virtual environment, Go's as a program, npm's into a folder of their own. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureCommands, type Prerequisite } from '../prerequisites.ts'
import type { Processes } from '../processes.ts'

const drivers = fileURLToPath(new URL('drivers/', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache/foreign/', import.meta.url))
const installMs = 300_000

/** A driver's command line, before the bootstrap server. */
export type DriverCommand = readonly [command: string, ...args: string[]]

export interface ForeignClient {
  readonly name: string
  install(context: InstallContext): Promise<DriverCommand>
}

export interface InstallContext {
  readonly processes: Processes
  readonly print: (line: string) => void
}

const go: Prerequisite = { command: 'go', debianPackage: 'golang-go' }

export const foreignClients: readonly ForeignClient[] = [
  pythonClient('confluent-kafka-python', { requirements: 'confluent-kafka.txt', driver: 'confluent_kafka_driver.py' }),
  pythonClient('kafka-python', { requirements: 'kafka-python.txt', driver: 'kafka_python_driver.py' }),
  goClient('franz-go'),
  goClient('sarama'),
  nodeClient('kafkajs', 'kafkajs_driver.mjs'),
  nodeClient('@platformatic/kafka', 'platformatic_driver.mjs'),
]

function pythonClient(name: string, files: { requirements: string; driver: string }): ForeignClient {
  return {
    name,
    async install({ processes, print }) {
      await ensureCommands(processes, [{ command: 'python3', debianPackage: 'python3', also: ['python3-venv'] }], print)
      const folder = await kept(
        name,
        [files.requirements].map(file => join(drivers, 'python', file)),
        print,
        async partial => {
          await processes.run('python3', ['-m', 'venv', '--copies', partial], { deadlineMs: installMs })
          // A virtual environment's own programs hold its path, which is not final yet: modules do not.
          const requirements = join(drivers, 'python', files.requirements)
          const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', requirements]
          await processes.run(join(partial, 'bin/python3'), pip, { deadlineMs: installMs })
        },
      )
      return [join(folder, 'bin/python3'), join(drivers, 'python', files.driver)]
    },
  }
}

function goClient(name: string): ForeignClient {
  const source = join(drivers, 'go', name)
  return {
    name,
    async install({ processes, print }) {
      await ensureCommands(processes, [go], print)
      const folder = await kept(name, filesOf(source), print, async partial => {
        await processes.run('go', ['build', '-C', source, '-o', join(partial, name), '.'], { deadlineMs: installMs })
      })
      return [join(folder, name)]
    },
  }
}

function nodeClient(name: string, driver: string): ForeignClient {
  const source = join(drivers, 'node')
  return {
    name,
    async install({ processes, print }) {
      const folder = await kept('npm', filesOf(source), print, async partial => {
        for (const file of readdirSync(source)) cpSync(join(source, file), join(partial, file))
        const install = ['install', '--prefix', partial, '--silent', '--no-audit', '--no-fund', '--ignore-scripts']
        await processes.run('npm', install, { deadlineMs: installMs })
      })
      return [process.execPath, join(folder, driver)]
    },
  }
}

/** A folder of the cache, named for what it is made of; it takes its name only once it is whole. */
export async function kept(
  name: string,
  files: readonly string[],
  print: (line: string) => void,
  make: (partial: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(folder)) return folder
  print(`installing ${name}`)
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  await make(partial)
  renameSync(partial, folder)
  return folder
}

export function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
}
