/**
 * The real process under SIGKILL while a share group works: members acquire, accept, release and forget records, and the broker dies again and again.
 *
 *   npm run share-crash -- [--kills 20] [--members 3] [--records 20000] [--port 20500]
 *
 * What a commit has confirmed to be accepted may never come again; no record may be delivered more often than the group allows; and in the end each must have been accepted, but for those whose
 * confirmation got lost with a broker, which may have been.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createAdmin, createProducer, createShareConsumer, type ShareConsumer, type ShareRecord } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { dorsale } from '../brokers.ts'
import { realRun } from './run.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    members: { type: 'string', default: '3' },
    records: { type: 'string', default: '20000' },
    port: { type: 'string', default: '20500' },
  },
})

const topic = 'shared'
const deliveriesMax = 5
/** From readiness to death. */
const lifeMsMin = 200
const lifeMsMax = 2000
const patienceMs = 90_000
const world = nodeWorld()

/** What the members have heard. */
class ShareLedger {
  readonly #accepted = new Set<string>()
  /** Accepted, and then the broker was gone. */
  readonly #unsure = new Set<string>()
  deliveryCount = 0
  problem: string | undefined

  get settledCount(): number {
    return this.#accepted.size + this.#unsure.size
  }

  get unsureCount(): number {
    return this.#unsure.size
  }

  delivered(record: ShareRecord): void {
    const place = placeOf(record)
    this.deliveryCount++
    // It was not settled after all.
    this.#unsure.delete(place)
    if (this.#accepted.has(place)) this.problem ??= `${place} was accepted, and came again`
    if (record.deliveryCount > deliveriesMax) this.problem ??= `${place} came ${record.deliveryCount} times`
  }

  settled(records: readonly ShareRecord[], isConfirmed: boolean): void {
    for (const record of records) {
      if (isConfirmed) this.#accepted.add(placeOf(record))
      else this.#unsure.add(placeOf(record))
    }
  }
}

await realRun('share-crash', async (processes, directory) => {
  const port = Number(values.port)
  const recordCount = Number(values.records)
  const settings = { 'group.share.min.record.lock.duration.ms': '1000' }
  const broker = dorsale(processes, { port, directory, settings })
  let running = await broker.start()
  const client = { 'bootstrap.servers': `127.0.0.1:${port}` }
  await prepare(client)

  const ledger = new ShareLedger()
  const members = Array.from({ length: Number(values.members) }, () => member(client))
  const work = members.map(each => consume(each, ledger))
  const producing = produce(client, recordCount)
  for (let kill = 0; kill < Number(values.kills); kill++) {
    await delay(lifeMsMin + Math.random() * (lifeMsMax - lifeMsMin))
    await running.kill()
    running = await broker.start()
  }
  await producing
  for (const endMs = performance.now() + patienceMs; ledger.settledCount < recordCount; await delay(50)) {
    if (ledger.problem !== undefined) throw new Error(ledger.problem)
    if (performance.now() > endMs) throw new Error(`${recordCount - ledger.settledCount} records were not accepted`)
  }
  for (const each of members) each.stop()
  await Promise.all(work)
  await Promise.all(members.map(each => each.close()))
  if (ledger.problem !== undefined) throw new Error(ledger.problem)
  const outcome = await running.stop()
  if (outcome !== 0) throw new Error(`the last broker ended with ${outcome}`)
  const { deliveryCount, unsureCount } = ledger
  return `${values.kills} kills; ${recordCount} records accepted in ${deliveryCount} deliveries, ${unsureCount} of them without hearing so`
})

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}@${offset}`
}

type ClientSettings = { readonly 'bootstrap.servers': string }

async function prepare(settings: ClientSettings): Promise<void> {
  const admin = createAdmin({ world, settings })
  await admin.createTopics([{ name: topic, numPartitions: 2, replicationFactor: 1 }])
  const groupSettings = {
    'share.auto.offset.reset': 'earliest',
    'share.record.lock.duration.ms': '1000',
    'share.delivery.count.limit': String(deliveriesMax),
  }
  const ops = Object.entries(groupSettings).map(([name, value]) => ({ name, op: 'SET', value }) as const)
  await admin.incrementalAlterConfigs([{ type: 'GROUP', name: topic, ops }])
  await admin.close()
}

async function produce(settings: ClientSettings, count: number): Promise<void> {
  const producer = createProducer({ world, settings })
  for (let sent = 0; sent < count; sent += 100) {
    await producer.sendAll(
      Array.from({ length: Math.min(100, count - sent) }, (_, index) => ({ topic, value: String(sent + index) })),
    )
  }
  await producer.close()
}

function member(settings: ClientSettings): ShareConsumer {
  const consumer = createShareConsumer({
    world,
    settings: { ...settings, 'group.id': topic, 'share.acknowledgement.mode': 'explicit', 'max.poll.records': 100 },
  })
  consumer.subscribe([topic])
  return consumer
}

/** Accepts most records; releases some of those that have not come often yet. */
async function consume(consumer: ShareConsumer, ledger: ShareLedger): Promise<void> {
  for await (const chunk of consumer.chunks()) {
    const accepted: ShareRecord[] = []
    for (const record of chunk) {
      ledger.delivered(record)
      const isReleased = record.deliveryCount <= 2 && Math.random() < 0.1
      consumer.acknowledge(record, isReleased ? 'release' : 'accept')
      if (!isReleased) accepted.push(record)
    }
    const outcomes = await consumer.commit().catch(() => [])
    const confirmed = new Set(
      outcomes.flatMap(({ partition, offsets, error }) =>
        error === undefined ? offsets.map(offset => placeOf({ partition, offset })) : [],
      ),
    )
    ledger.settled(
      accepted.filter(record => confirmed.has(placeOf(record))),
      true,
    )
    ledger.settled(
      accepted.filter(record => !confirmed.has(placeOf(record))),
      false,
    )
  }
}
