import { type Prng, randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  buildBatch,
  endTxnRequest,
  endTxnResponse,
  errorCodes,
  errorOf,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { Driver, type TopicHandle } from '../broker/driver.ts'
import { expectNetworkTrouble, findTopic } from '../broker/producer.ts'
import type { HistoryEvent } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { OpenRecord, OpenTransactions } from './open-transactions.ts'

export interface TransactorPlan {
  /** Its transactional id too. */
  name: string
  topics: readonly string[]
  /** 2: partitions join by being written to, and each transaction has its own epoch (KIP-890). */
  protocol: 1 | 2
  transactions: number
  timeoutMs: number
  everyMs: number
}

interface Identity {
  producerId: bigint
  producerEpoch: number
}

/** A transaction under way. */
interface Open {
  transaction: string
  beganMs: number
  /** Where its records went, as far as that was acknowledged. */
  records: OpenRecord[]
  mayCommit: boolean
}

/** The last versions of the first protocol, and the first ones of the second. */
const versions = { addPartitions: 3, produce: { 1: 11, 2: 12 }, endTxn: { 1: 4, 2: 5 } } as const

const retriable = new Set<number>([
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
  errorCodes.NOT_COORDINATOR,
  errorCodes.CONCURRENT_TRANSACTIONS,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
  errorCodes.NOT_ENOUGH_REPLICAS,
  errorCodes.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
])
/** What one is told whose identity is not, or no longer, that of the transactional id. */
const fenced = new Set<number>([
  errorCodes.PRODUCER_FENCED,
  errorCodes.INVALID_PRODUCER_EPOCH,
  errorCodes.INVALID_PRODUCER_ID_MAPPING,
])
/** What a late request may be told: that, or that there is no such transaction. */
const refusals = new Set<number>([...fenced, errorCodes.INVALID_TXN_STATE, errorCodes.TRANSACTION_ABORTABLE])

/** An answer that ends this life of the producer: its transaction was aborted over its head, or cannot be written to. */
class Fenced extends Error {}

/**
 * Transactions by hand, in either protocol: each life begins with InitProducerId, which fences the one before, and does a few transactions. While one is
 * open, what an earlier identity may have had under way comes late: its EndTxn, its batch. Both must be refused and change nothing.
 */
export class Transactor {
  readonly plan: TransactorPlan
  done = false
  readonly #world: World
  readonly #history: HistoryEvent[]
  readonly #openTransactions: OpenTransactions
  #topics: TopicHandle[] = []
  #count = 0
  #open: Open | undefined
  /** Identities that were superseded. */
  readonly #past: Identity[] = []
  readonly #sequences = new Map<string, number>()

  constructor(world: World, plan: TransactorPlan, history: HistoryEvent[], openTransactions: OpenTransactions) {
    this.plan = plan
    this.#world = world
    this.#history = history
    this.#openTransactions = openTransactions
  }

  async run(host: Host): Promise<void> {
    for (const topic of this.plan.topics) this.#topics.push(await findTopic(host, this.plan.name, topic))
    while (this.#count < this.plan.transactions) {
      const driver = new Driver(host, this.plan.name)
      try {
        await this.#live(host, driver)
      } catch (error) {
        if (!(error instanceof Fenced)) expectNetworkTrouble(this.#world, this.plan.name, error)
      }
      this.#settle(this.#open?.mayCommit ? 'unknown' : 'aborted')
      driver.close()
      await sleep(host.clock, 20 + randomUnit(host.prng) * 100)
    }
    this.done = true
  }

  /** One life: from InitProducerId to trouble, or until it has done enough. */
  async #live(host: Host, driver: Driver): Promise<void> {
    let identity = await this.#init(host, driver)
    const transactions = 1 + randomBelow(host.prng, 3)
    for (let index = 0; index < transactions && this.#count < this.plan.transactions; index++) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const next = await this.#transact(host, driver, identity)
      if (next.producerId !== identity.producerId || next.producerEpoch !== identity.producerEpoch)
        this.#past.push(identity)
      identity = next
    }
    this.#past.push(identity)
  }

  async #init(host: Host, driver: Driver): Promise<Identity> {
    for (;;) {
      const request = { transactionalId: this.plan.name, transactionTimeoutMs: this.plan.timeoutMs }
      const response = await driver.call(initProducerIdRequest, initProducerIdResponse, request, { version: 4 })
      const { errorCode, producerId, producerEpoch } = response
      if (errorCode === 0) return { producerId, producerEpoch }
      this.#expectRetriable('InitProducerId', errorCode)
      await sleep(host.clock, 20)
    }
  }

  /** Answers the identity of the next one. */
  async #transact(host: Host, driver: Driver, identity: Identity): Promise<Identity> {
    const open: Open = {
      transaction: `${this.plan.name}.${this.#count++}`,
      beganMs: this.#world.nowMs,
      records: [],
      mayCommit: false,
    }
    this.#open = open
    const places = this.#places(host.prng)
    if (this.plan.protocol === 1) await this.#addPartitions(host, driver, identity, places)
    for (const [index, place] of places.entries()) {
      await this.#produce(host, driver, identity, place, `${open.transaction}.${index}`)
      if (this.#past.length > 0 && randomBelow(host.prng, 3) === 0) await this.#comeLate(host, driver, place)
    }
    await sleep(host.clock, randomUnit(host.prng) * this.plan.everyMs)
    const committed = randomBelow(host.prng, 3) > 0
    open.mayCommit = committed
    const next = await this.#end(host, driver, identity, committed)
    this.#settle(committed ? 'committed' : 'aborted')
    return next
  }

  /** One to three different partitions. */
  #places(prng: Prng): Place[] {
    const all = this.#topics.flatMap(topic =>
      Array.from({ length: topic.partitionCount }, (_, partition) => ({ topic, partition })),
    )
    const count = 1 + randomBelow(prng, Math.min(3, all.length))
    return Array.from({ length: count }, () => all.splice(randomBelow(prng, all.length), 1)[0] as Place)
  }

  async #addPartitions(host: Host, driver: Driver, identity: Identity, places: readonly Place[]): Promise<void> {
    const byTopic = Map.groupBy(places, ({ topic }) => topic.name)
    const request = {
      v3AndBelowTransactionalId: this.plan.name,
      v3AndBelowProducerId: identity.producerId,
      v3AndBelowProducerEpoch: identity.producerEpoch,
      v3AndBelowTopics: [...byTopic].map(([name, each]) => ({
        name,
        partitions: each.map(({ partition }) => partition),
      })),
    }
    for (;;) {
      const version = versions.addPartitions
      const response = await driver.call(addPartitionsToTxnRequest, addPartitionsToTxnResponse, request, { version })
      const codes = response.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
        resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
      )
      const errorCode = codes.find(code => code !== 0 && code !== errorCodes.OPERATION_NOT_ATTEMPTED)
      if (errorCode === undefined) return
      this.#expectMine('AddPartitionsToTxn', errorCode)
      await sleep(host.clock, 20)
    }
  }

  async #produce(host: Host, driver: Driver, identity: Identity, place: Place, value: string): Promise<void> {
    const open = this.#open as Open
    const partition = nameOf(place)
    const key = `${identity.producerId} ${identity.producerEpoch} ${partition}`
    const baseSequence = this.#sequences.get(key) ?? 0
    this.#sequences.set(key, baseSequence + 1)
    const note = this.#noteSend(value, partition, open.transaction)
    for (;;) {
      const answer = await this.#send(driver, place, value, { ...identity, baseSequence }, host.clock.now())
      const { errorCode, baseOffset: offset } = answer
      if (errorCode === 0 || errorCode === errorCodes.DUPLICATE_SEQUENCE_NUMBER) {
        note('ok', errorCode === 0 && offset >= 0 ? offset : undefined)
        if (errorCode === 0 && offset >= 0) {
          const untilMs = open.beganMs + this.plan.timeoutMs
          open.records.push(this.#openTransactions.add({ partition, offset, untilMs }))
        }
        return
      }
      this.#expectMine(`Produce of ${value}`, errorCode)
      await sleep(host.clock, 20)
    }
  }

  /** Noted before it leaves: an answer may never come, and the record be there all the same. */
  #noteSend(value: string, partition: string, transaction: string) {
    const index = this.#history.length
    const note = (outcome: 'ok' | 'unknown', offset?: number): void => {
      this.#history[index] = { kind: 'send', process: transaction, partition, value, outcome, offset, transaction }
    }
    note('unknown')
    return note
  }

  async #send(
    driver: Driver,
    { topic, partition }: Place,
    value: string,
    identity: Identity & { baseSequence: number },
    timestamp: number,
  ) {
    const records = buildBatch([{ timestamp, value: Buffer.from(value) }], { ...identity, transactional: true })
    const topicData = [{ name: topic.name, topicId: topic.id, partitionData: [{ index: partition, records }] }]
    const request = { transactionalId: this.plan.name, acks: -1, timeoutMs: 2000, topicData }
    const version = versions.produce[this.plan.protocol]
    const response = await driver.call(produceRequest, produceResponse, request, { version })
    const [answer] = response.responses.flatMap(({ partitionResponses }) => partitionResponses)
    if (answer === undefined) throw new Error('a produce response without the partition')
    return answer
  }

  async #end(host: Host, driver: Driver, identity: Identity, committed: boolean): Promise<Identity> {
    this.#openTransactions.decide((this.#open as Open).records)
    for (;;) {
      const { errorCode, ...next } = await this.#tellEnd(driver, identity, committed)
      if (errorCode === 0) return this.plan.protocol === 2 ? next : identity
      this.#expectMine('EndTxn', errorCode)
      await sleep(host.clock, 20)
    }
  }

  async #tellEnd(driver: Driver, identity: Identity, committed: boolean) {
    const request = { transactionalId: this.plan.name, ...identity, committed }
    const version = versions.endTxn[this.plan.protocol]
    return driver.call(endTxnRequest, endTxnResponse, request, { version })
  }

  /** An earlier identity's EndTxn or batch arrives while the transaction is open. */
  async #comeLate(host: Host, driver: Driver, place: Place): Promise<void> {
    const past = this.#past[randomBelow(host.prng, this.#past.length)] as Identity
    const open = this.#open as Open
    const what = `of epoch ${past.producerEpoch}, while ${open.transaction} is open`
    if (randomBelow(host.prng, 2) === 0) {
      const { errorCode } = await this.#tellEnd(driver, past, true)
      this.#expectRefused(`an EndTxn ${what}`, errorCode)
      return
    }
    const transaction = `${this.plan.name}.${this.#count++}`
    const value = `${transaction}.late`
    this.#noteSend(value, nameOf(place), transaction)
    this.#history.push({ kind: 'transaction', transaction, outcome: 'aborted' })
    const answer = await this.#send(driver, place, value, { ...past, baseSequence: 0 }, host.clock.now())
    this.#expectRefused(`a batch ${what}`, answer.errorCode)
  }

  #expectRefused(what: string, errorCode: number): void {
    if (refusals.has(errorCode) || retriable.has(errorCode)) return
    if (errorCode === 0) this.#world.fail(`a late request was let in: ${what}`)
    else this.#world.fail(`a late request was answered otherwise: ${what}: ${errorOf(errorCode).name}`)
  }

  /** An answer to the current identity: it may have to wait, and is refused only when its time is over. */
  #expectMine(what: string, errorCode: number): void {
    if (retriable.has(errorCode)) return
    const isOver = this.#world.nowMs >= (this.#open as Open).beganMs + this.plan.timeoutMs
    if (refusals.has(errorCode) && (isOver || this.#mayBeAborted)) throw new Fenced(what)
    this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
    throw new Fenced(what)
  }

  /** A clock that jumps ends transactions before their time. */
  get #mayBeAborted(): boolean {
    return this.#world.machines.some(({ wallOffsetMs }) => wallOffsetMs !== 0)
  }

  #expectRetriable(what: string, errorCode: number): void {
    if (!retriable.has(errorCode))
      this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
  }

  /** What became of the open transaction, in the history. */
  #settle(outcome: 'committed' | 'aborted' | 'unknown'): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    this.#openTransactions.decide(open.records)
    this.#history.push({ kind: 'transaction', transaction: open.transaction, outcome })
    this.#world.trace.note(this.#world.nowMs, `${outcome} ${open.transaction}`)
  }
}

interface Place {
  topic: TopicHandle
  partition: number
}

function nameOf({ topic, partition }: Place): string {
  return `${topic.name}-${partition}`
}
