/**
 * Clients that others wrote, in Python, Go and JavaScript, against Dorsale: what each is to do is in suite.ts.
 *
 *   npm run interop:foreign -- [--against kafka] [--only franz-go,kafkajs] [--file <text file>] [--port 20720] [--keep]
 *
 * `--against kafka` puts Apache Kafka in Dorsale's place: what fails there is wrong with the suite, or with the client.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka, dorsale } from '../brokers.ts'
import { ownProcesses, print, runChecks } from '../check-run.ts'
import { Checks, readPassingList } from '../checks.ts'
import { Kcat } from '../clients.ts'
import { findRealFile } from '../numbered-file.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { ForeignDriver } from './foreign-driver.ts'
import { foreignClients } from './install.ts'
import { foreignSuite, settings } from './suite.ts'

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'dorsale' },
    only: { type: 'string' },
    file: { type: 'string' },
    port: { type: 'string', default: '20720' },
    keep: { type: 'boolean', default: false },
  },
})
const sampleLines = 2000
const fileLines = 100_000

const processes = ownProcesses()

const chosen = foreignClients.filter(({ name }) => options.only === undefined || options.only.split(',').includes(name))
const directory = mkdtempSync(join(tmpdir(), 'dorsale-foreign-'))
const all = readPassingList(new URL('passing.json', import.meta.url))
const checks = new Checks(
  all.filter(check => chosen.some(({ name }) => check.startsWith(`${name}: `))),
  print,
)
if (chosen.length === 0) throw new Error(`--only ${options.only} names no client`)
await runChecks({ checks, processes, directory, keeps: options.keep, body: run })

async function run(): Promise<void> {
  const reference = await ensurePrerequisites(processes, print)
  const port = Number(options.port)
  const place = { port, directory, settings }
  const broker =
    options.against === 'kafka'
      ? apacheKafka(processes, { ...place, classPath: reference.server })
      : dorsale(processes, place)
  const bootstrap = `127.0.0.1:${port}`
  const whole = await findRealFile(processes, options.file)
  const file = whole.head(fileLines)
  const sample = whole.head(sampleLines)
  file.writeKeyed(join(directory, 'file.keyed'))
  sample.writeKeyed(join(directory, 'sample.keyed'))
  const stage = { checks, broker, kcat: new Kcat(processes, bootstrap), sample, file, directory }
  const commands = []
  for (const client of chosen) {
    commands.push({ name: client.name, command: await client.install({ processes, print }) })
  }
  print(`${broker.name} on ${bootstrap}`)
  let running = await broker.start()
  for (const { name, command } of commands) {
    const driver = new ForeignDriver({ processes, command, bootstrap, directory })
    running = await foreignSuite(stage, { name, driver, running })
  }
  await running.stop()
}
