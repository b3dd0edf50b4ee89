/** The clients that are compared, each with what it needs to run. */
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf, kept } from '../../interop/foreign/install.ts'
import { ensurePackages } from '../../interop/prerequisites.ts'
import type { Processes } from '../../interop/processes.ts'
import { installBuild } from '../installed.ts'

const drivers = fileURLToPath(new URL('drivers/', import.meta.url))
const installMs = 600_000

export interface BenchClient {
  readonly name: string
  /** Path of its driver. */
  readonly driver: string
  /** Left out unless it is asked for by name. */
  readonly onlyByName?: boolean
}

/** Libraries that @confluentinc/kafka-javascript is linked with: its own build of them would download their sources. */
const confluentPackages = [
  'libzstd-dev',
  'libsasl2-dev',
  'libcurl4-openssl-dev',
  'liblz4-dev',
  'libssl-dev',
  'zlib1g-dev',
]

/** Dorsale's as it is published, its rivals at pinned versions from npm, built from source where they are native. */
export async function benchClients(
  processes: Processes,
  directory: string,
  print: (line: string) => void,
): Promise<readonly BenchClient[]> {
  const ours = join(directory, 'drivers')
  installBuild(directory)
  cpSync(drivers, ours, { recursive: true })
  const theirs = await kept('bench-clients', [join(drivers, 'package.json')], print, async partial => {
    await ensurePackages(processes, confluentPackages, print)
    cpSync(join(drivers, 'package.json'), join(partial, 'package.json'))
    const install = ['install', '--prefix', partial, '--silent', '--no-audit', '--no-fund']
    const environment = ['CKJS_LINKING=dynamic', `npm_config_nodedir=${nodeHeaders()}`]
    await processes.run('env', [...environment, 'npm', ...install], { deadlineMs: installMs })
  })
  const beside = join(theirs, 'drivers')
  mkdirSync(beside, { recursive: true })
  for (const file of filesOf(drivers)) cpSync(file, join(beside, file.slice(drivers.length)))
  return [
    { name: 'Dorsale', driver: join(ours, 'dorsale.mjs') },
    // No client, and it does nothing but await: what Node and the broker take alone.
    { name: 'floor', driver: join(ours, 'floor.mjs'), onlyByName: true },
    { name: 'kafkajs', driver: join(beside, 'kafkajs.mjs') },
    { name: '@platformatic/kafka', driver: join(beside, 'platformatic.mjs') },
    { name: '@confluentinc/kafka-javascript', driver: join(beside, 'confluent.mjs') },
  ]
}

/** Where the headers of this Node are: the package that brings it keeps them apart from the program. */
function nodeHeaders(): string {
  const prefix = dirname(dirname(process.execPath))
  const places = [prefix, join(prefix, 'node_modules', `node-${process.platform}-${process.arch}`)]
  const found = places.find(place => existsSync(join(place, 'include', 'node', 'node.h')))
  if (found === undefined) throw new Error(`the headers of Node are not in ${places.join(' nor in ')}`)
  return found
}
