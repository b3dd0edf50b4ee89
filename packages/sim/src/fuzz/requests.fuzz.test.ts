/**
 * Requests of every API and version that the broker serves, plausible ones with random values in them, a part of them damaged on the way: each is answered,
 * parked for as long as it may be, or ends its connection; none is met by a bug, takes much memory, or keeps the broker from serving others and
 * from stopping in good order. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Prng, randomBelow, seededPrng, sleep } from '@dorsale/base'
import { damageBytes } from '@dorsale/base/testing'
import {
  type Api,
  advertisedVersions,
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  decodeMessage,
  encodeMessage,
  findCoordinatorRequest,
  findCoordinatorResponse,
  requestHeaderVersion,
  responseHeaderVersion,
} from '@dorsale/protocol'
import { sampleMessage } from '@dorsale/protocol/testing'
import { FrameClient } from '@dorsale/transport'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { brokerMachine, brokerPort, Driver } from '../broker/driver.ts'
import { Dictionary, plausibleLeaves } from '../testing/plausible.ts'
import type { Host } from '../world/process.ts'
import { World } from '../world/world.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 2500
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
/** A request that has no answer by then is parked; its connection is left to it. */
const patienceMs = 50
const parkedMax = 20
const damagedShare = 5
/** Beyond what the process of the test had at the start. */
const memoryMax = 200 * 1024 * 1024
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const settings = {
  'num.partitions': '2',
  'offsets.topic.num.partitions': '2',
  'transaction.state.log.num.partitions': '2',
  'group.min.session.timeout.ms': '1',
}

/** After these nothing else gets anywhere: the only broker is gone from the cluster. */
const final = new Set(['UnregisterBroker'])

const known = {
  name: ['records', 'compacted', 'text', 'nobody', 'cleanup.policy', 'retention.ms', 'range', 'consumer'],
  topic: ['records', 'compacted', 'nobody', '__consumer_offsets'],
  topicName: ['records', 'compacted', 'nobody'],
  topicNames: ['records', 'compacted', 'nobody'],
  resourceName: ['records', 'compacted', '1', '', 'group'],
  resourceType: [2, 4, 8, 16, 32],
  group: ['group', 'other'],
  groupId: ['group', 'other', 'text'],
  groups: ['group', 'other'],
  groupsNames: ['group', 'other'],
  key: ['group', 'text', 'retention.ms'],
  coordinatorKeys: ['group', 'text'],
  keyType: [0, 1, 2],
  transactionalId: ['text', 'other-text'],
  transactionalIds: ['text'],
  v3AndBelowTransactionalId: ['text'],
  memberId: [''],
  generationId: [-1, 0, 1],
  memberEpoch: [0, -1, -2, 1],
  protocolType: ['consumer'],
  protocolName: ['range'],
  producerId: [0n, 1n, 1000n],
  producerEpoch: [0, 1],
  partition: [0, 1],
  partitionIndex: [0, 1],
  index: [0, 1],
  partitions: [0, 1],
  partitionIndexes: [0, 1],
  partitionId: [0, 1],
  acks: [-1, 1],
  fetchOffset: [0, 1, 5],
  committedOffset: [0, 1],
  currentLeaderEpoch: [-1, 0],
  leaderEpoch: [-1, 0],
  timestamp: [-1, -2, 0],
  sessionId: [0],
  sessionEpoch: [-1, 0, 1],
  replicaId: [-1],
  brokerId: [1],
  numPartitions: [1, 2, -1],
  replicationFactor: [1, -1],
  brokerIds: [1],
  maxBytes: [1, 100_000],
  partitionMaxBytes: [1, 100_000],
}

test('whatever is asked is answered, refused, or ends the connection', { timeout: 300_000 }, async () => {
  const world = new World({ seed })
  const machine = world.machine(brokerMachine, { diskBytes: 200_000_000 })
  let isReady = false
  const broker = machine.spawn('broker', async host => {
    await runBroker(host, brokerConfig(settings))
    isReady = true
  })
  await world.runUntil('the broker is ready', () => isReady, { withinMs: 10_000 })
  const memoryAtStart = memoryInUse()

  let isDone = false
  let answered = 0
  world.machine('clients').spawn('clients', async host => {
    answered = await askAtRandom(host, () => {
      assert.ok(memoryInUse() - memoryAtStart < memoryMax, 'requests took much memory')
    })
    isDone = true
  })
  await world.runUntil('everything was asked', () => isDone, { withinMs: 100_000_000 })
  assert.ok(answered > rounds / 2, `only ${answered} of ${rounds} requests were answered`)

  broker.terminate()
  await world.runUntil('the broker has stopped', () => !broker.alive, { withinMs: 120_000 })
  assert.equal(broker.end?.code, 0)
})

/** Answers how many of the requests were answered. */
async function askAtRandom(host: Host, checkMemory: () => void): Promise<number> {
  const served = await servedApis(host)
  const dictionary = new Dictionary(known)
  const parked: Connection[] = []
  let connection = new Connection(host)
  let answered = 0
  for (let round = 0; round < rounds; round++) {
    if (round % 500 === 0) checkMemory()
    if (round % 50 === 0) {
      await restoreWorld(host)
    }
    const prng = seededPrng(seed, `request ${round}`)
    const api = served[randomBelow(prng, served.length)] as Api
    try {
      const outcome = await connection.ask(requestOf(api, dictionary, prng, host.clock.now()))
      if (outcome === 'answered') answered++
      if (outcome === 'parked') parked.push(connection)
      if (outcome !== 'answered') connection = new Connection(host)
      if (outcome === 'answered') dictionary.learn(connection.lastAnswer)
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}, ${api.name}: ${(error as Error).message}`, { cause: error })
    }
    if (parked.length > parkedMax) parked.shift()?.close()
  }
  for (const each of [...parked, connection]) each.close()
  return answered
}

/** What a bystander is told. */
async function servedApis(host: Host): Promise<Api[]> {
  const driver = new Driver(host, 'bystander')
  const { apiKeys } = await driver.call(apiVersionsRequest, apiVersionsResponse, {}, { version: 0 })
  driver.close()
  return apiKeys.map(({ apiKey }) => apis.get(apiKey) as Api).filter(({ name }) => !final.has(name))
}

/** What random requests have deleted is there again, so that the next ones get somewhere. A bystander's requests, all of which are answered. */
async function restoreWorld(host: Host): Promise<void> {
  const driver = new Driver(host, 'bystander')
  const topic = (name: string, policy: string) => ({
    name,
    numPartitions: 2,
    replicationFactor: 1,
    configs: [{ name: 'cleanup.policy', value: policy }],
  })
  const topics = [topic('records', 'delete'), topic('compacted', 'compact')]
  await driver.call(createTopicsRequest, createTopicsResponse, { topics, timeoutMs: 1000 }, { version: 7 })
  for (const [keyType, key] of [
    [0, 'group'],
    [1, 'text'],
  ] as const) {
    await driver.call(
      findCoordinatorRequest,
      findCoordinatorResponse,
      { keyType, coordinatorKeys: [key] },
      { version: 4 },
    )
  }
  driver.close()
}

interface RawRequest {
  api: Api
  version: number
  body: Uint8Array[]
  isDamaged: boolean
}

function requestOf(api: Api, dictionary: Dictionary, prng: Prng, nowMs: number): RawRequest {
  const { max } = advertisedVersions(api, { listener: 'broker' })
  const version = api.versionMin + randomBelow(prng, max - api.versionMin + 1)
  const message = sampleMessage(api.request, version, plausibleLeaves(dictionary, prng, nowMs))
  const body = encodeMessage(api.request, version, message)
  const isDamaged = randomBelow(prng, damagedShare) === 0
  return { api, version, body: isDamaged ? [damageBytes(Buffer.concat(body), prng)] : body, isDamaged }
}

/** One connection, on which one request is under way. */
class Connection {
  readonly #host: Host
  readonly #client: FrameClient
  #isClosed = false
  lastAnswer: unknown

  constructor(host: Host) {
    this.#host = host
    this.#client = new FrameClient({
      clock: host.clock,
      net: host.net,
      host: brokerMachine,
      port: brokerPort,
      clientId: 'fuzz',
      responseBytesMax: 100_000_000,
      inFlightMax: 1,
      onClose: () => {
        this.#isClosed = true
      },
    })
  }

  close(): void {
    this.#client.close()
  }

  async ask({ api, version, body }: RawRequest): Promise<'answered' | 'parked' | 'closed'> {
    let answer: Uint8Array | undefined
    const isSent = this.#client.send({
      apiKey: api.key,
      apiVersion: version,
      requestHeaderVersion: requestHeaderVersion(api.key, version),
      responseHeaderVersion: responseHeaderVersion(api.key, version),
      body,
      timeoutMs: 1_000_000,
      onReply: bytes => {
        answer = bytes
      },
      onError: () => {},
    })
    if (!isSent) return 'closed'
    for (let waitedMs = 0; waitedMs < patienceMs && answer === undefined && !this.#isClosed; waitedMs++) {
      await sleep(this.#host.clock, 1)
    }
    if (answer === undefined) return this.#isClosed ? 'closed' : 'parked'
    // Every answer is one of its version.
    this.lastAnswer = decodeMessage(api.response, version, answer)
    return 'answered'
  }
}

/** Without what nobody holds any more. */
function memoryInUse(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
