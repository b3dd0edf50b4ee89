/**
 * Who may come in: our clients and foreign ones at listeners of each kind, with every mechanism, against Apache Kafka and against Dorsale.
 *
 *   npm run interop:secured -- [--against dorsale|kafka|all] [--port 20840] [--keep]
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka, dorsale } from '../brokers.ts'
import { ownProcesses, print, runChecks } from '../check-run.ts'
import { Checks, readPassingList } from '../checks.ts'
import { ensurePrerequisites, type Reference } from '../prerequisites.ts'
import { makeCertificates, type SecuredBrokerName, securedBroker, securedChecks } from './secured.ts'
import { foreignSecuredChecks } from './secured-foreign.ts'

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'all' },
    port: { type: 'string', default: '20840' },
    keep: { type: 'boolean', default: false },
  },
})
const brokerNames: Readonly<Record<string, SecuredBrokerName>> = { kafka: 'Apache Kafka', dorsale: 'Dorsale' }
const chosen = options.against === 'all' ? Object.keys(brokerNames) : [options.against]
const processes = ownProcesses()
const directory = mkdtempSync(join(tmpdir(), 'dorsale-secured-'))
const passing = readPassingList(new URL('secured-passing.json', import.meta.url))
const checks = new Checks(
  passing.filter(check => chosen.some(name => check.startsWith(`${brokerNames[name]}: `))),
  print,
)

await runChecks({
  checks,
  processes,
  directory,
  keeps: options.keep,
  async body() {
    const reference = await ensurePrerequisites(processes, print)
    for (const name of chosen) await behave(name, reference)
  },
})

async function behave(name: string, reference: Reference): Promise<void> {
  const isKafka = name === 'kafka'
  const place = {
    port: Number(options.port),
    directory: join(directory, name),
    broker: isKafka ? 'Apache Kafka' : 'Dorsale',
  } as const
  mkdirSync(place.directory)
  await makeCertificates(processes, place.directory)
  const settings = securedBroker(place)
  const broker = isKafka
    ? apacheKafka(processes, { ...place, classPath: reference.server, settings })
    : dorsale(processes, { ...place, settings })
  const running = await broker.start()
  for (const check of [...securedChecks, ...foreignSecuredChecks(processes, reference)]) {
    if (check.only !== undefined && check.only !== place.broker) continue
    await checks.run(`${broker.name}: ${check.name}`, async () => {
      await check.run(place)
      return undefined
    })
  }
  await running.stop()
}
