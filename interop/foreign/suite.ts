/** What each foreign client is to do: every codec, a SIGKILL of the broker in its middle, a group that loses members, administration. */
import { join } from 'node:path'
import type { BrokerUnderTest, RunningBroker } from '../brokers.ts'
import type { Checks } from '../checks.ts'
import { compressions, type Kcat } from '../clients.ts'
import { topicBytes } from '../data-directory.ts'
import { LineLedger } from '../line-ledger.ts'
import type { NumberedFile } from '../numbered-file.ts'
import { until, within } from '../processes.ts'
import type { ForeignDriver } from './foreign-driver.ts'
import { GroupMember } from './group-member.ts'

const producerMs = 120_000
const groupMs = 60_000
const sessionMs = 6000
const partitions = 6

export interface Stage {
  readonly checks: Checks
  readonly broker: BrokerUnderTest
  readonly kcat: Kcat
  /** For the codecs and the groups: small. For the SIGKILL: large enough that the broker dies in the middle. */
  readonly sample: NumberedFile
  readonly file: NumberedFile
  readonly directory: string
}

/** Runs one client's checks; answers the broker that runs now. */
export async function foreignSuite(
  { checks, broker, kcat, sample, file, directory }: Stage,
  { name, driver, running }: { name: string; driver: ForeignDriver; running: RunningBroker },
): Promise<RunningBroker> {
  const prefix = name.replaceAll(/[^a-z]/g, '')
  const sampleFile = join(directory, 'sample.keyed')
  const wholeFile = join(directory, 'file.keyed')

  for (const codec of compressions) {
    await checks.run(`${name}: ${codec}, and back through it and kcat`, async () => {
      const topic = `${prefix}-${codec}`
      const producer = driver.startProducer({ topic, file: sampleFile, codec })
      await endsWell(name, producer.ended)
      await kcat.consumeAll(topic, new LineLedger(sample))
      return driver.consume({ topic, count: sample.lineCount }, new LineLedger(sample))
    })
  }

  let now = running
  await checks.run(`${name}: the file, through a SIGKILL of the broker`, async () => {
    const topic = `${prefix}-file`
    const producer = driver.startProducer({ topic, file: wholeFile, codec: 'none' })
    await until('a quarter of the file in the log', producerMs, () => {
      if (producer.outcome !== undefined) throw new Error(`the producer ended too early, with ${producer.outcome}`)
      return topicBytes(broker.logDirectory, topic) > file.byteCount / 4
    })
    await now.kill()
    const isInTheMiddle = producer.outcome === undefined
    now = await broker.start()
    if (!isInTheMiddle) throw new Error('the producer was done before the broker was killed')
    await endsWell(name, producer.ended)
    return kcat.consumeAll(topic, new LineLedger(file))
  })
  if (!now.isAlive) now = await broker.start()

  const group = `${prefix}-group`
  await checks.run(
    `${name}: a group shares, loses a member that leaves and one that is killed, and misses nothing`,
    () => groupLosesMembers({ kcat, driver, sample, sampleFile, topic: `${prefix}-shared`, group }),
  )
  await checks.run(`${name}: administration`, async () => {
    const facts = await driver.admin(`${prefix}-admin`)
    const due = { partitions: 3, retention: '60000', altered: '70000', grown: 5, deleted: true }
    for (const [fact, value] of Object.entries(due)) {
      const said = facts[fact as keyof typeof due]
      if (said !== undefined && said !== value) throw new Error(`${fact} is ${said} where ${value} was due`)
    }
    if (facts.groups !== undefined && !facts.groups.includes(group)) throw new Error(`groups are ${facts.groups}`)
    return Object.keys(facts).join(', ')
  })
  return now
}

async function groupLosesMembers(job: {
  kcat: Kcat
  driver: ForeignDriver
  sample: NumberedFile
  sampleFile: string
  topic: string
  group: string
}): Promise<string> {
  const { kcat, driver, sample, sampleFile, topic, group } = job
  const members: GroupMember[] = []
  const join = () => {
    const member = new GroupMember(onStdout => driver.startMember({ topic, group, sessionMs }, onStdout))
    members.push(member)
    return member
  }
  const shared = (what: string, ...those: GroupMember[]) =>
    until(what, groupMs, () => {
      const gone = those.find(({ outcome }) => outcome !== undefined)
      if (gone !== undefined) throw new Error(`a member ended with ${gone.outcome}`)
      const all = those.flatMap(({ assigned }) => assigned).sort()
      return those.every(({ assigned }) => assigned.length > 0) && all.join() === '0,1,2,3,4,5'
    })
  const send = () => kcat.run(['-P', '-t', topic, '-K', ':', '-l', sampleFile], { deadlineMs: 60_000 })
  try {
    await send()
    const first = join()
    await shared('the first member has all', first)
    const second = join()
    await shared('two members share', first, second)
    await send()
    if ((await within('the leave', groupMs, second.leave())) !== 0) throw new Error(`it left with ${second.outcome}`)
    await shared('the first has all again, at once', first)
    const third = join()
    await shared('two members share again', first, third)
    await third.kill()
    await shared('the first has all after the session of the killed', first)
    await send()
    const seen = new Uint32Array(sample.lineCount)
    // Each line was sent three times: at least once is what a group promises.
    await until('every record', groupMs, () => {
      seen.fill(0)
      for (const { lines } of members) for (const line of lines) seen[line] = (seen[line] ?? 0) + 1
      return seen.every(times => times >= 3)
    })
    if ((await within('the last leave', groupMs, first.leave())) !== 0) throw new Error(`it left with ${first.outcome}`)
    const again = seen.reduce((sum, times) => sum + times, 0) - 3 * sample.lineCount
    return `${again} of ${3 * sample.lineCount} records read twice`
  } finally {
    for (const member of members) if (member.outcome === undefined) await member.kill()
  }
}

async function endsWell(name: string, ended: Promise<number | string>): Promise<void> {
  const outcome = await within(`${name}'s end`, producerMs, ended)
  if (outcome !== 0) throw new Error(`it ended with ${outcome}: see driver.log`)
}

/** Partitions of every topic that a record creates. */
export const settings = { 'num.partitions': String(partitions), 'log.segment.bytes': '2097152' }
