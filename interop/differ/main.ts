/**
 * The differ: one stream of requests, written by hand and generated from the message tables, sent to Dorsale and to Apache Kafka with the
 * same properties; every difference in the responses, field by field. What may differ is in expected.ts, each with its reason; a new difference fails.
 *
 * With --acls both have an authorizer, and the requests are those of a guest whose rights change.
 *
 *   npm run differ -- [--acls] [--seed 1] [--generated 3] [--only Fetch,CreateTopics] [--port 20900] [--keep]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka, dorsale } from '../brokers.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { Processes } from '../processes.ts'
import { AskedBroker } from './asked-broker.ts'
import { comparable } from './comparable.ts'
import { differencesOf } from './differences.ts'
import { expectedDifferences, expectedOfAcls } from './expected.ts'
import { generatedSteps } from './generated.ts'
import { relay } from './relay.ts'
import { aclAdministrationSteps } from './scenarios/acl-administration.ts'
import { aclRightsSteps, administratorSteps, guestHost } from './scenarios/acl-rights.ts'
import { administrationSteps } from './scenarios/administration.ts'
import { clusterSteps } from './scenarios/cluster.ts'
import { coordinatedGroupSteps } from './scenarios/coordinated-groups.ts'
import { groupSteps } from './scenarios/groups.ts'
import { recordSteps } from './scenarios/records.ts'
import { shareSteps } from './scenarios/share.ts'
import { deletionSteps, topicSteps } from './scenarios/topics.ts'
import { apiNamed, type Loose, type Step } from './step.ts'
import { type StepDifferences, verdictOf } from './verdict.ts'

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** Requests for each version of each API. */
    generated: { type: 'string', default: '3' },
    only: { type: 'string' },
    acls: { type: 'boolean', default: false },
    port: { type: 'string', default: '20900' },
    keep: { type: 'boolean', default: false },
  },
})
/** Beside the single node's: nothing appears that was not asked for. */
const settings: Record<string, string> = {
  'auto.create.topics.enable': options.acls ? 'true' : 'false',
  'num.partitions': '2',
  ...(options.acls && {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'true',
    // The records are of 1970, and the run may last until retention looks at them.
    'log.retention.ms': '-1',
  }),
}

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const directory = mkdtempSync(join(tmpdir(), 'dorsale-differ-'))

const { steps, found, ended } = await compare()
processes.killAll()
const { unexpected, expectedCount, idle } = verdictOf(found, options.acls ? expectedOfAcls : expectedDifferences)
for (const line of unexpected) print(`differs  ${line}`)
// With a filter most rows have nothing to explain.
const idleRows = options.only === undefined ? idle : []
for (const { step, path } of idleRows) {
  const since = step.includes('generated') ? 'with this seed' : 'any more, the row may go'
  print(`idle     ${step} | ${path}: nothing differs there ${since}`)
}
print(`${expectedCount} differences are expected; ${steps} requests`)
const failed = unexpected.length + ended
if (!options.keep) rmSync(directory, { recursive: true, force: true })
print(`${steps} passed, ${failed} failed`)
process.exitCode = failed === 0 && steps > 0 ? 0 : 1

async function compare(): Promise<{ steps: number; found: StepDifferences[]; ended: number }> {
  const { server } = await ensurePrerequisites(processes, print)
  const port = Number(options.port)
  const place = (name: string, at: number) => {
    mkdirSync(join(directory, name))
    return { port: at, directory: join(directory, name), settings }
  }
  const brokers = [
    dorsale(processes, place('dorsale', port)),
    apacheKafka(processes, { ...place('kafka', port + 10), classPath: server }),
  ] as const
  const running = await Promise.all(brokers.map(broker => broker.start()))
  const relays = await Promise.all([port, port + 10].map(each => relay(each, guestHost)))
  const ours = new AskedBroker(port, relays[0]!.port)
  const theirs = new AskedBroker(port + 10, relays[1]!.port)

  const serves = await servedByBoth(ours, theirs)
  const chosen = (options.only ?? '').split(',').filter(name => name !== '')
  const isChosen = ({ api }: Step) => chosen.length === 0 || chosen.includes(api.name)
  const prepares = new Set<Step>((options.acls ? aclRightsSteps : topicSteps).filter(isPreparation))
  const written = [
    ...clusterSteps,
    ...topicSteps,
    ...recordSteps,
    ...groupSteps,
    ...coordinatedGroupSteps,
    ...administrationSteps,
    ...shareSteps,
  ]
  const generated = generatedSteps({
    seed: Number(options.seed),
    count: Number(options.generated),
    serves: (api, version) => serves({ api, version }),
  })
  const found: StepDifferences[] = []
  let steps = 0
  let ended = 0
  const silent = new Set<string>()
  const chosenSteps = options.acls
    ? [...administratorSteps, ...aclAdministrationSteps, ...aclRightsSteps]
    : [...written, ...generated, ...deletionSteps]
  for (const step of chosenSteps) {
    if (!isChosen(step) && !prepares.has(step)) continue
    if (!serves(step)) {
      silent.add(step.api.name)
      continue
    }
    const [our, their] = await Promise.all([ours.ask(step), theirs.ask(step)])
    steps++
    const differences =
      'response' in our && 'response' in their
        ? differencesOf(
            comparable(our.response, ours.port, ours.facts),
            comparable(their.response, theirs.port, theirs.facts),
          )
        : differencesOf(outcomeOf(our), outcomeOf(their))
    found.push({ step: `${step.api.name}: ${step.name}`, version: step.version, differences })
    if (!running.every(({ isAlive }) => isAlive)) {
      ended++
      print(`ended    a broker ended after ${step.api.name}: ${step.name}`)
      break
    }
  }
  if (silent.size > 0) print(`not served, and not compared: ${[...silent].sort().join(', ')}`)
  ours.close()
  theirs.close()
  for (const each of relays) each.close()
  return { steps, found, ended }
}

/** What others stand on: ids are learned, the guest's rights are granted. */
function isPreparation({ learn, sender }: Step): boolean {
  return learn !== undefined || (options.acls && sender === undefined)
}

function outcomeOf(answer: { response: Loose } | { ended: string }): Loose {
  return { outcome: 'ended' in answer ? answer.ended : 'a response' }
}

/** Which versions of which APIs both advertise. */
async function servedByBoth(ours: AskedBroker, theirs: AskedBroker) {
  const question = { name: 'served', api: apiNamed('ApiVersions'), version: 3, request: {} }
  const served = await Promise.all(
    [ours, theirs].map(async broker => {
      const answer = await broker.ask({
        ...question,
        request: { clientSoftwareName: 'differ', clientSoftwareVersion: '1' },
      })
      if (!('response' in answer)) throw new Error(`no answer to ApiVersions on port ${broker.port}: ${answer.ended}`)
      return new Map<number, Loose>(answer.response.apiKeys.map((row: Loose) => [row.apiKey, row]))
    }),
  )
  return ({ api, version }: Pick<Step, 'api' | 'version'>) =>
    served.every(rows => {
      const row = rows.get(api.key)
      return row !== undefined && version >= row.minVersion && version <= row.maxVersion
    })
}
