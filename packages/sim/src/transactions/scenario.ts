import { sleep } from '@dorsale/base'
import { errorCodes, updateFeaturesRequest, updateFeaturesResponse } from '@dorsale/protocol'
import { createTopic } from '../broker/admin.ts'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { Consumer } from '../broker/consumer.ts'
import { brokerMachine, Driver } from '../broker/driver.ts'
import { expectFewHandles } from '../broker/handles.ts'
import { type Durability, durationMs } from '../broker/plan.ts'
import { Producer } from '../broker/producer.ts'
import { keepAlive } from '../client/keep-alive.ts'
import { CommitWatch } from '../groups/commit-watch.ts'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent, Read } from '../history/history.ts'
import { MemoryWatch } from '../memory/memory-watch.ts'
import type { Scenario } from '../scenario.ts'
import { type FaultScope, healAll } from '../world/faults.ts'
import type { Machine } from '../world/machine.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Copier } from './copier.ts'
import { expectImage } from './image.ts'
import { IsolationReader } from './isolation-reader.ts'
import { Markers } from './markers.ts'
import { OpenTransactions } from './open-transactions.ts'
import {
  feedersMachine,
  groups,
  inputTopic,
  lastTopic,
  outputTopics,
  planTransactions,
  smallerTransactionsPlans,
  type TransactionsPlan,
  timeoutCheckMs,
  timeoutMsMax,
} from './plan.ts'
import { Transactor } from './transactor.ts'

export interface TransactionsScenarioOptions {
  durability: Durability
  /** Wraps what the broker is given: the seam for mistakes planted on purpose. */
  plant?: (host: Host) => Host
  /** Narrows the faults. */
  focus?: Partial<FaultScope>
}

/** A transaction that nobody ends is aborted by then, with room for a broker that starts and markers that are written again. */
const decidedMsMax = timeoutMsMax + timeoutCheckMs + 10_000
const patienceMs = 60_000

/**
 * Copiers that read, process and write in transactions of the project's own client, and transactions by hand in either protocol, over a broker that dies. What must
 * hold: to those who read what is committed a transaction is all or nothing, over partitions and offsets; the outputs are an exact image of the input; what was
 * aborted is never read; the last stable offset does not fall, nor run past an open transaction; late requests of an earlier epoch are refused; and
 * nothing hangs once the timeout is over.
 */
export function transactionsScenario({
  durability,
  plant,
  focus,
}: TransactionsScenarioOptions): Scenario<TransactionsPlan> {
  return {
    name: `transactions-${durability}`,
    plan: seed => planTransactions(seed, durability, focus),
    run: (world, plan) => runTransactionsPlan(world, plan, plant),
    smaller: smallerTransactionsPlans,
  }
}

async function runTransactionsPlan(
  world: World,
  plan: TransactionsPlan,
  plant: TransactionsScenarioOptions['plant'],
): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const feeders = world.machine(feedersMachine)
  const config = brokerConfig({
    'log.flush.offset.checkpoint.interval.ms': '700',
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    'offsets.topic.num.partitions': '2',
    'transaction.state.log.num.partitions': '2',
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': String(timeoutCheckMs),
    'group.min.session.timeout.ms': '100',
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
  })
  const memory = new MemoryWatch(world)
  const service = machine.keepRunning('broker', host =>
    runBroker(plant?.(host) ?? host, config, memory.ofBroker(machine)),
  )
  expectFewHandles(world, machine, { openFilesMax: 200 })

  const history: HistoryEvent[] = []
  const openTransactions = new OpenTransactions(() => machine.wallOffsetMs === 0)
  // A coordinator that takes over writes the markers again of which it finds no note: twice in the beginning of each life, since the leader's epoch changes when the
  // broker is let in, and after each failed append. Transactions that share an epoch cannot be told apart.
  const isNumbered = plan.version === 2 && plan.transactors.every(({ protocol }) => protocol === 2)
  const isCounted = isNumbered && plan.faults.every(({ kind }) => kind !== 'disk')
  const markers = new Markers(
    world,
    isNumbered,
    isCounted ? () => 1 + 2 * machine.endCount : () => Number.POSITIVE_INFINITY,
  )
  const known = { history, openTransactions, markers }
  const hasSecond = plan.copiers.some(({ consumer }) => consumer['group.id'] === groups.second)
  const outputs = hasSecond ? [...outputTopics, lastTopic] : outputTopics
  await prepare(world, plan, [inputTopic, ...outputs])

  const feeder = new Producer(world, plan.feeder, history, {
    logRolls: Number(plan.topicConfigs['internal.segment.bytes']) < 1_000_000,
  })
  const transactors = plan.transactors.map(each => new Transactor(world, each, history, openTransactions))
  const reader = new IsolationReader(world, { name: 'watcher', topics: outputs, toEnd: false }, known)
  const mayComeLate = plan.version === 1 && plan.faults.some(({ kind }) => kind === 'partition')
  const watches = [
    new CommitWatch(world, { name: 'watch', groupId: groups.first, topics: [inputTopic], everyMs: 150, mayComeLate }),
    ...(hasSecond
      ? [
          new CommitWatch(world, {
            name: 'watch-2',
            groupId: groups.second,
            topics: [outputTopics[1] as string],
            everyMs: 150,
            mayComeLate,
          }),
        ]
      : []),
  ]
  for (const each of [feeder, ...transactors, reader, ...watches]) feeders.spawn(each.plan.name, host => each.run(host))
  const copiers = plan.copiers.map(each => new Copier(world, each, history))
  for (const each of copiers) {
    const own = world.machine(each.plan.name)
    expectFewHandles(world, own)
    keepAlive(world, own, each, () => !each.isStopped)
  }

  await world.run({ forMs: durationMs })
  healAll(world)
  letClockCatchUp(machine, plan)
  for (const each of copiers) each.isSettling = true
  const isFed = (): boolean => feeder.done && transactors.every(({ done }) => done)
  await world.runUntil('the feeder and the transactors are done', isFed, { withinMs: patienceMs })
  // Two of one transactional id would fence each other for ever.
  const ids = new Set<string>()
  for (const each of copiers) {
    const id = String(each.plan.producer['transactional.id'])
    if (ids.has(id)) each.isStopped = true
    ids.add(id)
  }
  if (plan.finishes) {
    await untilCopied(world, known, { watch: watches[0] as CommitWatch, topic: inputTopic })
    if (hasSecond)
      await untilCopied(world, known, { watch: watches[1] as CommitWatch, topic: outputTopics[1] as string })
  }
  for (const each of copiers) {
    each.isStopped = true
    for (const process of world.machine(each.plan.name).processes) process.kill()
  }
  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()

  const last = await readToEnd(world, known, outputs)
  const input = await readInput(world, history)
  const read = new Map([...input, ...last])
  for (const watch of watches) {
    await watch.settle()
    const [topic = inputTopic] = watch.plan.topics
    expectImage(world, {
      input: ofTopics(read, [topic]),
      committed: watch.seen,
      outputs: read,
      outputTopics: topic === inputTopic ? outputTopics : [lastTopic],
    })
    watch.stopped = true
  }
  reader.stopped = true
  service.stop()

  const [finding] = judge(history, { readToEnd: true, lastReader: 'reader' })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

/** A transaction that began before the clock was set back times out when the clock has caught up, in Kafka too: nobody waits here for hours. */
function letClockCatchUp(machine: Machine, { faults }: TransactionsPlan): void {
  let offsetMs = 0
  let latestMs = 0
  for (const fault of faults) {
    if (fault.kind === 'clock-jump') offsetMs += fault.byMs
    latestMs = Math.max(latestMs, offsetMs)
  }
  if (latestMs > machine.wallOffsetMs) machine.jumpClock(latestMs - machine.wallOffsetMs)
}

type Known = ConstructorParameters<typeof IsolationReader>[2]

/** Makes the topics, and has the cluster finalize the level of `transaction.version` that the plan says. */
async function prepare(world: World, plan: TransactionsPlan, topics: readonly string[]): Promise<void> {
  let isReady = false
  world.machine(feedersMachine).spawn('admin', async host => {
    const { partitionCount, topicConfigs: configs } = plan
    for (const name of topics) await createTopic(world, host, { name, partitionCount, configs })
    if (plan.version === 1) await lowerVersion(host)
    isReady = true
  })
  await world.runUntil('the topics are created', () => isReady, { withinMs: durationMs + patienceMs })
}

async function lowerVersion(host: Host): Promise<void> {
  for (;;) {
    const driver = new Driver(host, 'admin')
    const featureUpdates = [{ feature: 'transaction.version', maxVersionLevel: 1, upgradeType: 2 }]
    const response = await driver
      .call(updateFeaturesRequest, updateFeaturesResponse, { featureUpdates }, { version: 2 })
      .catch(() => undefined)
    driver.close()
    if (response?.errorCode === errorCodes.NONE) return
    await sleep(host.clock, 100)
  }
}

/** Until the group has committed behind the last record of each partition. */
async function untilCopied(
  world: World,
  known: Known,
  { watch, topic }: { watch: CommitWatch; topic: string },
): Promise<void> {
  const reads = topic === inputTopic ? await readInput(world, known.history) : await readToEnd(world, known, [topic])
  const isCopied = (): boolean =>
    [...reads].every(([partition, each]) => (watch.seen.get(partition) ?? 0) > (each.at(-1)?.offset ?? -1))
  await world.runUntil(`everything of ${topic} is copied`, isCopied, { withinMs: patienceMs })
}

/** What is committed, which is everything once nothing is open. */
async function readToEnd(world: World, known: Known, topics: readonly string[]): Promise<Map<string, Read[]>> {
  known.history.push({ kind: 'seek', process: 'reader' })
  const reader = new IsolationReader(world, { name: 'reader', topics, toEnd: true }, known)
  world.machine(feedersMachine).spawn('reader', host => reader.run(host))
  const deadline = world.nowMs + decidedMsMax
  await world.runUntil('every transaction is decided', () => reader.done || world.nowMs >= deadline, {
    withinMs: decidedMsMax + 1000,
  })
  if (!reader.done) world.fail(`hanging transaction: ${reader.lagging.join(', ')} after ${decidedMsMax} ms`)
  return reader.read
}

async function readInput(world: World, history: HistoryEvent[]): Promise<Map<string, Read[]>> {
  const from = history.length
  history.push({ kind: 'seek', process: 'reader' })
  const plan = { name: 'reader', topic: inputTopic, toEnd: true, seeks: false, watchesTopic: false, isCompacted: false }
  const reader = new Consumer(world, plan, history)
  world.machine(feedersMachine).spawn('reader', host => reader.run(host))
  await world.runUntil('the input is read back', () => reader.done, { withinMs: patienceMs })
  const reads = history
    .slice(from)
    .flatMap(event => (event.kind === 'poll' && event.process === 'reader' ? event.reads : []))
  return Map.groupBy(
    reads.filter(({ partition }) => partition.startsWith(`${inputTopic}-`)),
    ({ partition }) => partition,
  )
}

function ofTopics(read: ReadonlyMap<string, Read[]>, topics: readonly string[]): Map<string, Read[]> {
  return new Map([...read].filter(([partition]) => topics.includes(partition.slice(0, partition.lastIndexOf('-')))))
}
