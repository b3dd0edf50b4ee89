/**
 * The interop smoke: the main job on real input, seen by clients and tools that are not ours.
 *
 * A real file goes, through kcat and through Kafka's console producer, into topics of six partitions; the broker gets SIGKILL in the
 * middle and comes back; the producer goes on; what kcat and the console consumer read is the file, line for line. Then the broker
 * stops, kafka-dump-log reads every file that it left, and the newest Apache Kafka starts on them, serves the same records and obeys the same ACLs.
 *
 *   npm run interop -- [--against kafka] [--file <text file>] [--port 20650] [--keep]
 *
 * `--against kafka` puts Apache Kafka in Dorsale's place: what fails there is wrong with the smoke.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka, type BrokerUnderTest, dorsale, type RunningBroker, smallSegments } from './brokers.ts'
import { ownProcesses, print, runChecks } from './check-run.ts'
import { Checks, readPassingList } from './checks.ts'
import { compressions, KafkaTools, Kcat } from './clients.ts'
import { dumpEveryFile, topicBytes } from './data-directory.ts'
import { LineLedger } from './line-ledger.ts'
import { findRealFile, type NumberedFile } from './numbered-file.ts'
import { ensurePrerequisites, type Reference } from './prerequisites.ts'
import { type Running, until, within } from './processes.ts'

const partitions = 6
/** ACLs are kept and obeyed; what none concerns is open to all clients of the smoke. */
const authorizer = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
}
const producerMs = 180_000
/** Lines for the checks that need many records, and not the whole file. */
const sampleLines = 20_000

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'dorsale' },
    file: { type: 'string' },
    // Below the range of outgoing ports, so that nothing takes it while the broker is dead.
    port: { type: 'string', default: '20650' },
    keep: { type: 'boolean', default: false },
  },
})

const processes = ownProcesses()

const directory = mkdtempSync(join(tmpdir(), 'dorsale-interop-'))
const checks = new Checks(readPassingList(new URL('passing.json', import.meta.url)), print)
await runChecks({ checks, processes, directory, keeps: options.keep, body: smoke })

async function smoke(): Promise<void> {
  const reference = await ensurePrerequisites(processes, print)
  const port = Number(options.port)
  const place = { port, directory, settings: { ...smallSegments, ...authorizer } }
  const asKafka = { ...place, classPath: reference.server }
  const broker = options.against === 'kafka' ? apacheKafka(processes, asKafka) : dorsale(processes, place)
  const bootstrap = `127.0.0.1:${port}`
  const kcat = new Kcat(processes, bootstrap)
  const tools = new KafkaTools(processes, { bootstrap, classPath: reference.tools })
  const file = await findRealFile(processes, options.file)
  print(`${broker.name} on ${bootstrap}; ${file.lineCount} lines, ${file.byteCount} bytes of ${file.source}`)
  const world = { broker, kcat, tools, file, reference }

  const first = await startBroker(broker)
  if (first === undefined) return
  await administer(world)
  const second = await mainJob(world, { running: first, topic: 'file-kcat', producer: kcat })
  const third = await mainJob(world, { running: second, topic: 'file-console', producer: tools })
  await compressed(world)
  await groups(world)
  await measuringTools(world)
  await details(world)
  await guard(world)
  await stopAndReopen(world, { running: third, place })
}

interface World {
  broker: BrokerUnderTest
  kcat: Kcat
  tools: KafkaTools
  file: NumberedFile
  reference: Reference
}

async function startBroker(broker: BrokerUnderTest): Promise<RunningBroker | undefined> {
  let running: RunningBroker | undefined
  await checks.run('start: ready', async () => {
    running = await broker.start()
    return `${Math.round(running.readyMs)} ms`
  })
  return running
}

async function administer({ kcat, tools }: World): Promise<void> {
  await checks.run('kcat: metadata names the broker', async () => {
    const metadata = JSON.parse(await kcat.run(['-L', '-J']))
    const [{ name = '' } = {}] = metadata.brokers
    if (metadata.brokers.length !== 1 || name !== `127.0.0.1:${options.port}`) throw new Error(JSON.stringify(metadata))
    return undefined
  })
  await checks.run('kafka-topics: creates topics of six partitions', async () => {
    for (const topic of ['file-kcat', 'file-console', 'doomed']) {
      await tools.topics([
        '--create',
        '--topic',
        topic,
        '--partitions',
        String(partitions),
        '--replication-factor',
        '1',
      ])
    }
    const metadata = JSON.parse(await kcat.run(['-L', '-J', '-t', 'file-kcat']))
    const count = metadata.topics[0].partitions.length
    if (count !== partitions) throw new Error(`${count} partitions`)
    return undefined
  })
  await checks.run('kafka-topics: describes, and adds partitions', async () => {
    const count = async () => {
      const answer = await tools.topics(['--describe', '--topic', 'doomed'])
      return /PartitionCount: (\d+)/.exec(answer)?.[1]
    }
    const before = await count()
    await tools.topics(['--alter', '--topic', 'doomed', '--partitions', '8'])
    const after = await count()
    if (before !== String(partitions) || after !== '8') throw new Error(`${before} partitions, then ${after}`)
    return undefined
  })
  await checks.run('kafka-topics: lists and deletes', async () => {
    await tools.topics(['--delete', '--topic', 'doomed'])
    const names = (await tools.topics(['--list'])).trim().split('\n')
    if (names.join() !== 'file-console,file-kcat') throw new Error(`topics are ${names.join()}`)
    return undefined
  })
}

/** The file through one producer, with a SIGKILL in the middle, and back through both consumers. Answers the broker now running. */
async function mainJob(
  { broker, kcat, tools, file }: World,
  job: { running: RunningBroker; topic: string; producer: Kcat | KafkaTools },
): Promise<RunningBroker> {
  const { topic } = job
  const name = job.producer === kcat ? 'kcat' : 'console producer'
  let running = job.running
  await checks.run(`${name}: the file, through a SIGKILL`, async () => {
    const keyedFile = join(directory, 'file.keyed')
    file.writeKeyed(keyedFile)
    const producer = job.producer.startProducer({ topic, keyedFile, logFile: join(directory, `${topic}.producer.log`) })
    await until('a third of the file in the log', producerMs, () => {
      if (producer.outcome !== undefined) throw new Error(`the producer ended too early, with ${producer.outcome}`)
      return topicBytes(broker.logDirectory, topic) > file.byteCount / 3
    })
    await running.kill()
    const written = topicBytes(broker.logDirectory, topic)
    if (producer.outcome !== undefined) throw new Error('the producer was done before the broker was killed')
    running = await broker.start()
    await finished(name, producer)
    return `killed at ${Math.round((100 * written) / topicBytes(broker.logDirectory, topic))} %, back in ${Math.round(running.readyMs)} ms`
  })
  // Every further check would wait for its deadline.
  if (!running.isAlive) throw new Error(`${broker.name} is gone`)
  await checks.run(`kafka-get-offsets: as many records as lines, from ${name}`, async () => {
    const ends = await tools.endOffsets(topic)
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0)
    if (ends.size !== partitions || total !== file.lineCount) throw new Error(`${total} in ${ends.size} partitions`)
    return undefined
  })
  await checks.run(`kcat: reads what ${name} wrote, line for line`, () => kcat.consumeAll(topic, new LineLedger(file)))
  await checks.run(`console consumer: reads what ${name} wrote, line for line`, () =>
    tools.consumeAll(topic, new LineLedger(file)),
  )
  return running
}

/** Each codec from each producer, on topics that the first record creates. */
async function compressed({ kcat, tools, file }: World): Promise<void> {
  const sample = file.head(sampleLines)
  const keyedFile = join(directory, 'sample.keyed')
  sample.writeKeyed(keyedFile)
  for (const [name, producer, prefix] of [
    ['kcat', kcat, 'kcat'],
    ['console producer', tools, 'console'],
  ] as const) {
    for (const compression of compressions) {
      if (compression === 'none') continue
      const topic = `${prefix}-${compression}`
      await checks.run(`${name}: ${compression}, and back through both consumers`, async () => {
        const logFile = join(directory, `${topic}.producer.log`)
        await finished(name, producer.startProducer({ topic, keyedFile, logFile, compression }))
        await kcat.consumeAll(topic, new LineLedger(sample))
        return tools.consumeAll(topic, new LineLedger(sample))
      })
    }
  }
}

/** What was compressed above, read again in groups, which commit. */
async function groups({ kcat, tools, file }: World): Promise<void> {
  const sample = file.head(sampleLines)
  const topic = 'kcat-lz4'
  await checks.run('kcat: reads in a group, line for line', () =>
    kcat.consumeGroup({ topic, group: 'by-kcat' }, new LineLedger(sample)),
  )
  await checks.run('console consumer: reads in a group, line for line', () =>
    tools.consumeGroup({ topic, group: 'by-console', count: sampleLines }, new LineLedger(sample)),
  )
  await checks.run('kafka-consumer-groups: nothing is left to read', async () => {
    for (const group of ['by-kcat', 'by-console']) {
      const lag = await tools.groupLag(group)
      if (lag !== 0) throw new Error(`${group} has not read ${lag} records`)
    }
    return undefined
  })
}

/** Kafka's tools that measure and that verify: each by its own count. */
async function measuringTools({ tools }: World): Promise<void> {
  const records = sampleLines
  await checks.run('kafka-producer-perf-test: every record sent', async () => {
    const { count, note } = await tools.producerPerformance({ topic: 'perf', records, size: 200 })
    const ends = await tools.endOffsets('perf')
    const written = [...ends.values()].reduce((sum, end) => sum + end, 0)
    if (count !== records || written !== records) throw new Error(`${written} records are there: ${note}`)
    return note
  })
  await checks.run('kafka-consumer-perf-test: every record read, in a group', async () => {
    const { count, note } = await tools.consumerPerformance({ topic: 'perf', records })
    if (count !== records) throw new Error(note)
    return note
  })
  const topic = 'verified'
  await checks.run('kafka-verifiable-producer: every record acknowledged', async () => {
    const events = await tools.verifiableProducer({ topic, records })
    const values = events.filter(({ name }) => name === 'producer_send_success').map(({ value }) => Number(value))
    const summary = events.find(({ name }) => name === 'tool_data')
    const isWhole = new Set(values).size === records && Math.max(...values) === records - 1
    if (!isWhole || summary?.sent !== records || summary.acked !== records) throw new Error(JSON.stringify(summary))
    return undefined
  })
  await checks.run('kafka-verifiable-consumer: every record read, and committed', async () => {
    const group = 'verifying'
    const events = await tools.verifiableConsumer({ topic, group, records })
    const read = events.filter(({ name }) => name === 'records_consumed').map(({ count }) => Number(count))
    const total = read.reduce((sum, count) => sum + count, 0)
    const refused = events.filter(({ name, success }) => name === 'offsets_committed' && success !== true)
    const lag = await tools.groupLag(group)
    if (total !== records || refused.length > 0 || lag !== 0) {
      throw new Error(`${total} read, ${lag} not committed, ${refused.length} commits refused`)
    }
    return undefined
  })
}

/** Small things that a developer does by hand in the first hour. */
async function details({ kcat, file }: World): Promise<void> {
  const topic = 'details'
  const keyedFile = join(directory, 'details.keyed')
  file.head(100).writeKeyed(keyedFile)
  const consume = (...args: string[]) => kcat.run(['-C', '-t', topic, '-p', '0', '-e', '-q', ...args])
  for (const acks of ['0', '1', 'all']) {
    await checks.run(`kcat: acks=${acks}`, async () => {
      const produce = ['-P', '-t', `${topic}-acks-${acks}`, '-p', '0', '-K', ':', '-X', `acks=${acks}`]
      await kcat.run(produce, { stdinFile: keyedFile })
      // Nobody acknowledges acks=0, so the records are waited for.
      await until('100 records', 10_000, async () => {
        const read = ['-C', '-t', `${topic}-acks-${acks}`, '-p', '0', '-e', '-q', '-f', '%o\\n']
        return (await kcat.run(read)).trim().split('\n').length === 100
      })
      return undefined
    })
  }
  await checks.run('kcat: headers, null key and the last records', async () => {
    await kcat.run(['-P', '-t', topic, '-p', '0', '-H', 'trace=7', '-H', 'empty='], { stdinFile: keyedFile })
    const answer = await consume('-o', '-1', '-f', '%o|%K|%h|%s\\n')
    const line = file.line(99).toString()
    if (answer !== `99|-1|trace=7,empty=|99:${line}\n`) throw new Error(answer)
    return undefined
  })
  await checks.run('kcat: offsets by timestamp', async () => {
    const stamps = (await consume('-o', 'beginning', '-f', '%T\\n')).trim().split('\n').map(Number)
    const last = Math.max(...stamps)
    const asked = async (at: number) => (await kcat.run(['-Q', '-t', `${topic}:0:${at}`])).trim()
    const answers = [await asked(0), await asked(last), await asked(last + 1)]
    // Nothing is as late as the third: Kafka answers -1.
    const due = [0, stamps.indexOf(last), -1].map(offset => `${topic} [0] offset ${offset}`)
    if (answers.join() !== due.join()) throw new Error(`${answers.join()} instead of ${due.join()}`)
    return undefined
  })
}

/** Who may do what with two topics that nothing else uses; the other brokers on the directory are to find the same. */
async function guard({ kcat, tools }: World): Promise<void> {
  await checks.run('kafka-acls: what is guarded is closed to others', async () => {
    const topic = ['--topic', 'guarded']
    await tools.topics(['--create', ...topic, '--partitions', '1', '--replication-factor', '1'])
    await tools.acls(['--add', '--allow-principal', 'User:alice', '--operation', 'Read', ...topic])
    await tools.acls([
      '--add',
      '--deny-principal',
      'User:*',
      '--deny-host',
      '10.0.0.1',
      '--topic',
      'guard',
      '--resource-pattern-type',
      'prefixed',
    ])
    await isClosed(kcat)
    return undefined
  })
}

async function isClosed(kcat: Kcat): Promise<void> {
  const answer = await kcat.run(['-L', '-t', 'guarded']).catch(String)
  if (!answer.includes('Topic authorization failed')) throw new Error(answer)
}

async function listedAcls(tools: KafkaTools): Promise<string> {
  return (await tools.acls(['--list'])).split('\n').sort().join('\n')
}

async function stopAndReopen(
  { broker, kcat, tools, file, reference }: World,
  last: { running: RunningBroker; place: { port: number; directory: string } },
): Promise<void> {
  const { logDirectory } = broker
  const acls = await listedAcls(tools)
  const servesTheAcls = async () => {
    const listed = await listedAcls(tools)
    if (listed !== acls) throw new Error(`the ACLs were ${acls}, and are ${listed}`)
    await isClosed(kcat)
  }
  const servesTheFile = async () => {
    for (const topic of ['file-kcat', 'file-console']) await kcat.consumeAll(topic, new LineLedger(file))
  }
  await checks.run('stop: SIGTERM ends it cleanly', async () => {
    const outcome = await last.running.stop()
    // The JVM reports the signal that it obeyed; Dorsale owes 0.
    if (outcome !== 0 && !(options.against === 'kafka' && outcome === 143)) throw new Error(`it ended with ${outcome}`)
    return undefined
  })
  await checks.run('kafka-dump-log: every file, nothing amiss', () =>
    dumpEveryFile(processes, { classPath: reference.tools, logDirectory }),
  )

  const successor = apacheKafka(processes, { ...last.place, classPath: reference.server, logDirectory })
  await checks.run(`Apache Kafka: starts on the directory and serves the same records`, async () => {
    await served(successor, async () => {
      await servesTheFile()
      await servesTheAcls()
      await kcat.run(['-P', '-t', 'details', '-p', '0'], { stdinFile: join(directory, 'details.keyed') })
    })
    return `Kafka ${reference.version}`
  })
  await checks.run('start: on the directory that Apache Kafka has left', async () => {
    await served(broker, async () => {
      await servesTheFile()
      await servesTheAcls()
      const offsets = await kcat.run(['-C', '-t', 'details', '-p', '0', '-e', '-q', '-f', '%o\\n'])
      const count = offsets.trim().split('\n').length
      if (count !== 200) throw new Error(`${count} records where Kafka left 200`)
    })
    return undefined
  })
}

/** Starts a broker for the length of a check; whatever the check says, the port is free afterwards. */
async function served(broker: BrokerUnderTest, check: () => Promise<void>): Promise<void> {
  const running = await broker.start()
  try {
    await check()
    await running.stop()
  } finally {
    await running.kill()
  }
}

async function finished(name: string, producer: Running): Promise<void> {
  const outcome = await within(`${name}'s end`, producerMs, producer.ended)
  if (outcome !== 0) throw new Error(`${name} ended with ${outcome}`)
}
