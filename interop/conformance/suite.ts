/** librdkafka's own test suite: built from the source that npm's package of Confluent's client carries, with Debian's libraries. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureCommands, ensurePackages } from '../prerequisites.ts'
import type { Processes } from '../processes.ts'

const client = '@confluentinc/kafka-javascript'
const clientVersion = '1.10.1'
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url))
const buildMs = 600_000
/** Headers of what librdkafka stands on. */
const developmentPackages = [
  'libzstd-dev',
  'libsasl2-dev',
  'libcurl4-openssl-dev',
  'liblz4-dev',
  'libssl-dev',
  'zlib1g-dev',
  'rapidjson-dev',
]

/** Where the suite is, built; answers the folder with `test-runner`. */
export async function ensureSuite(processes: Processes, print: (line: string) => void): Promise<string> {
  const folder = join(cache, `librdkafka-tests-${clientVersion}`)
  const tests = join(folder, 'package/deps/librdkafka/tests')
  if (existsSync(folder)) return tests
  await ensureCommands(processes, [{ command: 'g++', debianPackage: 'build-essential' }], print)
  await ensurePackages(processes, developmentPackages, print)
  print(`fetching ${client} ${clientVersion} and building its librdkafka with its tests`)
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const pack = ['pack', '--silent', '--pack-destination', partial, `${client}@${clientVersion}`]
  const { stdout } = await processes.run('npm', pack, { deadlineMs: buildMs })
  await processes.run('tar', ['-xzf', join(partial, stdout.trim()), '-C', partial], { deadlineMs: buildMs })
  const source = join(partial, 'package/deps/librdkafka')
  // The package leaves out the examples, which a plain `make` would build.
  await processes.run('sh', ['-c', `cd ${source} && ./configure && make -j2 libs`], { deadlineMs: buildMs })
  await processes.run('make', ['-C', join(source, 'tests'), '-j2', 'build'], { deadlineMs: buildMs })
  renameSync(partial, folder)
  return tests
}

/** Names of the tests that need a broker: `0005_order`. */
export function brokerTests(tests: string): string[] {
  const source = readFileSync(join(tests, 'test.c'), 'utf8')
  const rows = [...source.matchAll(/^ {4}_TEST\((\d\w+),\s*([^,)]*)/gm)]
  return rows.flatMap(([, name = '', flags = '']) => (/TEST_F_(LOCAL|MANUAL)/.test(flags) ? [] : [name]))
}
