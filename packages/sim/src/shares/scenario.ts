import { Admin, createTopic } from '../broker/admin.ts'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { Consumer } from '../broker/consumer.ts'
import { brokerMachine } from '../broker/driver.ts'
import { expectFewHandles } from '../broker/handles.ts'
import { type Durability, durationMs } from '../broker/plan.ts'
import { Producer } from '../broker/producer.ts'
import { keepAlive } from '../client/keep-alive.ts'
import { judge } from '../history/analyses.ts'
import type { HistoryEvent, Read } from '../history/history.ts'
import type { Scenario } from '../scenario.ts'
import { OpenTransactions } from '../transactions/open-transactions.ts'
import { Transactor } from '../transactions/transactor.ts'
import { type FaultScope, healAll } from '../world/faults.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Deliveries } from './deliveries.ts'
import { LockTuner } from './lock-tuner.ts'
import {
  feedersMachine,
  heartbeatMsMax,
  lockMs,
  longLockMs,
  planShares,
  type SharesPlan,
  sessionMsMax,
  shareGroupId,
  shareTopic,
  smallerSharesPlans,
  timeoutCheckMs,
} from './plan.ts'
import { makeTransactionsTopic, setGroupSettings } from './preparations.ts'
import { ShareGhost } from './share-ghost.ts'
import { ShareMember } from './share-member.ts'
import { Transactional } from './transactional.ts'
import { listenedTo } from './wire.ts'

export interface SharesScenarioOptions {
  durability: Durability
  /** Wraps what the broker is given: the seam for mistakes planted on purpose. */
  plant?: (host: Host) => Host
  /** Narrows the faults. */
  focus?: Partial<FaultScope>
}

/** Locks, sessions and transactions that were under way when the world healed are over by then, and what they held has been delivered again. */
const settleMsMax = 30_000
const patienceMs = 60_000
/** A broker that is not stopped looks at a lock so soon after its end; one that is, when it goes on. */
const timerMsMax = 300
const stopMsMax = durationMs / 4 + timerMsMax

/**
 * A share group of the project's own share consumers, which come, go, die, are stopped and are cut off, over a broker that dies too. What must hold is written down in
 * `Deliveries`; besides, records are handed out as they were produced, those of aborted transactions not where the group reads what is committed, and
 * once the world is well again each record is settled, or has been delivered as often as it may be.
 */
export function sharesScenario({ durability, plant, focus }: SharesScenarioOptions): Scenario<SharesPlan> {
  return {
    name: `share-${durability}`,
    plan: seed => planShares(seed, durability, focus),
    run: (world, plan) => runSharesPlan(world, plan, plant),
    smaller: smallerSharesPlans,
  }
}

async function runSharesPlan(world: World, plan: SharesPlan, plant: SharesScenarioOptions['plant']): Promise<void> {
  const machine = world.machine(brokerMachine, { diskBytes: 50_000_000 })
  const feeders = world.machine(feedersMachine)
  const config = configOf(plan)
  const remembersLocks = plan.faults.every(({ kind }) => kind !== 'disk')
  const lateMsMax = plan.faults.some(({ kind }) => kind === 'stop') ? stopMsMax : timerMsMax
  const locks = new LockTuner(world, {
    name: 'locks',
    groupId: shareGroupId,
    lockMs,
    valuesMs: plan.tunesLocks ? [lockMs, longLockMs] : [],
    everyMs: 1000,
  })
  const deliveries = new Deliveries(world, {
    countMax: plan.deliveryCountMax,
    locksBetween: (fromMs, untilMs) => locks.between(fromMs, untilMs),
    sessionMs: sessionMsMax,
    remembersLocks,
    lateMsMax,
  })
  const service = machine.keepRunning('broker', host => {
    deliveries.begins()
    return runBroker(listenedTo(plant?.(host) ?? host, deliveries), config)
  })
  expectFewHandles(world, machine)

  const admin = new Admin(world, {
    name: 'side',
    changes: 0,
    growths: plan.growths,
    growing: shareTopic,
    everyMs: 1000,
  })
  await prepare(world, plan, admin)
  feeders.spawn('admin', host => admin.run(host))

  const history: HistoryEvent[] = []
  const ofTransactions: HistoryEvent[] = []
  const logRolls = Number(plan.topicConfigs['internal.segment.bytes']) < 1_000_000
  const producers = plan.producers.map(each => new Producer(world, each, history, { logRolls }))
  const open = new OpenTransactions(() => true)
  const transactors = plan.transactors.map(each => new Transactor(world, each, ofTransactions, open))
  const ghosts = plan.isHaunted ? [new ShareGhost(world, { name: 'ghost', everyMs: 100 }, deliveries)] : []
  for (const each of [...producers, ...transactors, ...ghosts, locks])
    feeders.spawn(each.plan.name, host => each.run(host))
  const values = new Map<string, string>()
  const members = plan.members.map(each => new ShareMember(world, each, { deliveries, values }))
  for (const each of members) comeAndGo(world, each)

  await world.run({ forMs: durationMs })
  healAll(world)
  for (const each of members) each.isSettling = true
  const areDone = (): boolean => admin.done && [...producers, ...transactors].every(({ done }) => done)
  await world.runUntil('producers and administrators are done', areDone, { withinMs: patienceMs })
  for (const each of [...ghosts, locks]) each.stopped = true
  const areGone = (leaving: readonly ShareMember[]): boolean => leaving.every(({ isThere }) => !isThere)
  const leaving = members.filter(({ isLeaving }) => isLeaving)
  await world.runUntil('those who leave have left', () => areGone(leaving), { withinMs: settleMsMax })
  if (plan.lastDeath === 'power-loss') machine.crash()
  else for (const process of machine.processes) process.kill()

  const reads = await readToEnd(world, history)
  const transactional = new Transactional(ofTransactions)
  let unsettled = plan.isReadCommitted ? reads.filter(({ value }) => transactional.isVisible(value)) : reads
  const settledAtMs = world.nowMs + settleMsMax
  const areSettled = (): boolean => {
    unsettled = unsettled.filter(read => !deliveries.isSettled(partitionOf(read), read.offset))
    return unsettled.length === 0
  }
  await world.runUntil('the records are looked at', () => areSettled() || world.nowMs >= settledAtMs, {
    withinMs: settleMsMax + 1000,
  })
  const [first] = unsettled
  if (first !== undefined) {
    const what = `${first.value} of ${deliveries.describe(partitionOf(first), first.offset)}`
    world.fail(`never settled: ${what}, and ${unsettled.length - 1} more`)
  }
  // Whatever is still on its way to somebody who should not have it.
  await world.run({ forMs: sessionMsMax + longLockMs })
  for (const each of members) each.leave()
  await world.runUntil('the members have left', () => areGone(members), { withinMs: settleMsMax })
  service.stop()

  compareValues(world, { reads, values, transactional: plan.isReadCommitted ? transactional : undefined })
  const [finding] = judge(withoutTransactions(history, transactional), { readToEnd: true, lastReader: 'reader' })
  if (finding !== undefined) world.fail(`${finding.kind}: ${finding.text}`)
  await world.run({ forMs: 0 })
}

function configOf(plan: SharesPlan) {
  return brokerConfig({
    'log.flush.offset.checkpoint.interval.ms': '700',
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    'offsets.topic.num.partitions': '2',
    'transaction.state.log.num.partitions': '2',
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': String(timeoutCheckMs),
    'share.coordinator.state.topic.num.partitions': '2',
    'share.coordinator.snapshot.update.records.per.snapshot': String(plan.updatesPerSnapshot),
    'group.share.initialize.retry.interval.ms': '500',
    'group.share.assignment.interval.ms': '0',
    'group.share.min.session.timeout.ms': '100',
    'group.share.session.timeout.ms': String(sessionMsMax),
    'group.share.min.heartbeat.interval.ms': '100',
    'group.share.heartbeat.interval.ms': String(heartbeatMsMax),
    'group.share.min.record.lock.duration.ms': String(lockMs),
    ...(plan.durability === 'machine' ? { 'log.flush.interval.messages': '1' } : {}),
  })
}

/** Makes the topic, and gives the group its settings before anybody is in it. */
async function prepare(world: World, plan: SharesPlan, admin: Admin): Promise<void> {
  const { partitionCount, topicConfigs: configs, isReadCommitted, deliveryCountMax } = plan
  let isReady = false
  world.machine(feedersMachine).spawn('prepare', async host => {
    await createTopic(world, host, { name: shareTopic, partitionCount, configs }, admin)
    await setGroupSettings(host, shareGroupId, {
      'share.auto.offset.reset': 'earliest',
      'share.isolation.level': isReadCommitted ? 'read_committed' : 'read_uncommitted',
      'share.record.lock.duration.ms': String(lockMs),
      'share.delivery.count.limit': String(deliveryCountMax),
    })
    for (const { name } of plan.transactors) await makeTransactionsTopic(host, name)
    isReady = true
  })
  await world.runUntil('the topic and the group are ready', () => isReady, { withinMs: durationMs + patienceMs })
}

/** A member lives on a machine of its own, from when it comes until it goes; when it dies in between, it comes back. */
function comeAndGo(world: World, member: ShareMember): void {
  const machine = world.machine(member.plan.name)
  expectFewHandles(world, machine)
  const { comesAtMs, leavesAtMs } = member.plan
  world.schedule(comesAtMs, undefined, `${member.plan.name} comes`, () => {
    keepAlive(world, machine, member, () => !member.isLeaving)
  })
  if (leavesAtMs !== undefined) {
    world.schedule(leavesAtMs, undefined, `${member.plan.name} is to leave`, () => member.leave())
  }
}

/** Every record, as one who reads everything finds them. */
async function readToEnd(world: World, history: HistoryEvent[]): Promise<Read[]> {
  const from = history.length
  const plan = { name: 'reader', topic: shareTopic, toEnd: true, seeks: false, watchesTopic: false, isCompacted: false }
  const reader = new Consumer(world, plan, history)
  world.machine(feedersMachine).spawn('reader', host => reader.run(host))
  await world.runUntil('everything is read back', () => reader.done, { withinMs: patienceMs })
  return history.slice(from).flatMap(event => (event.kind === 'poll' && event.process === 'reader' ? event.reads : []))
}

/** What members were handed is what lies in the log; `transactional`: none of it was aborted. */
function compareValues(
  world: World,
  {
    reads,
    values,
    transactional,
  }: { reads: readonly Read[]; values: ReadonlyMap<string, string>; transactional: Transactional | undefined },
): void {
  const stored = new Map(reads.map(read => [`${partitionOf(read)}@${read.offset}`, read.value]))
  for (const [place, value] of values) {
    if (stored.get(place) !== value) world.fail(`not what was produced: ${value} at ${place}, not ${stored.get(place)}`)
    if (transactional?.isAborted(value)) world.fail(`an aborted record was handed out: ${value} at ${place}`)
  }
}

/** The analyses of the log are of those who write without transactions. */
function withoutTransactions(history: readonly HistoryEvent[], transactional: Transactional): HistoryEvent[] {
  return history.map(event =>
    event.kind === 'poll' ? { ...event, reads: event.reads.filter(({ value }) => !transactional.has(value)) } : event,
  )
}

function partitionOf({ partition }: Read): number {
  return Number(partition.slice(partition.lastIndexOf('-') + 1))
}
