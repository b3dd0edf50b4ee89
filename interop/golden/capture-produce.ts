/**
 * Asks a real Kafka what it answers to each of `produceCases`, and writes the answers down as vectors:
 *
 *     node interop/golden/capture-produce.ts <host:port> <log directory of that broker>
 *
 * The broker must be one that nobody else uses. What it stored is read from its log, so the two run on one machine.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import {
  createMessage,
  createTopicsRequest,
  createTopicsResponse,
  decodeMessage,
  encodeMessageBytes,
  produceRequest,
  produceResponse,
  requestHeader,
} from '@dorsale/protocol'
import { captureTopics, type ProduceCase, produceCases } from './produce-cases.ts'

const [address = '', logDirectory = ''] = process.argv.slice(2)
const [host = '', port = ''] = address.split(':')

/** Kafka has been seen to leave a request without an answer. */
const silenceMsMax = 3000

/** One request on a connection of its own, since Kafka closes it on some; undefined if it did. */
function ask(apiKey: number, version: number, body: Uint8Array): Promise<Uint8Array | undefined> {
  const header = createMessage(requestHeader, {
    requestApiKey: apiKey,
    requestApiVersion: version,
    correlationId: 1,
    clientId: 'capture',
  })
  const frame = Buffer.concat([Buffer.alloc(4), encodeMessageBytes(requestHeader, 1, header), body])
  frame.writeInt32BE(frame.length - 4)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(frame))
    let received = Buffer.alloc(0)
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      resolve(Uint8Array.from(received.subarray(8)))
      socket.destroy()
    })
    socket.on('close', () => resolve(undefined))
    socket.setTimeout(silenceMsMax, () => socket.destroy())
    socket.on('error', reject)
  })
}

async function createTopics() {
  const topics = Object.entries(captureTopics).map(([name, configs]) => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }))
  const body = encodeMessageBytes(
    createTopicsRequest,
    4,
    createMessage(createTopicsRequest, { topics, timeoutMs: 10000 }),
  )
  const reply = decodeMessage(createTopicsResponse, 4, (await ask(19, 4, body))!)
  for (const topic of reply.topics)
    if (topic.errorCode !== 0) throw new Error(`${topic.name}: ${topic.errorCode} ${topic.errorMessage}`)
  await new Promise(resolve => setTimeout(resolve, 2000))
}

const logSizes = new Map<string, number>()

/** What the log of a topic, over all its segments, has grown by since the last call. */
function grown(topic: string): Uint8Array {
  const directory = `${logDirectory}/${topic}-0`
  const segments = readdirSync(directory).filter(name => name.endsWith('.log'))
  const bytes = Buffer.concat(segments.sort().map(name => readFileSync(`${directory}/${name}`)))
  const before = logSizes.get(topic) ?? 0
  logSizes.set(topic, bytes.length)
  return bytes.subarray(before)
}

async function capture({ name, topic, version, records }: ProduceCase) {
  const body = encodeMessageBytes(
    produceRequest,
    version,
    createMessage(produceRequest, {
      acks: -1,
      timeoutMs: 10000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    }),
  )
  const sentMs = Date.now()
  const sent = { name, topic, version, sentMs, records: records === null ? null : Buffer.from(records).toString('hex') }
  const reply = await ask(0, version, body)
  if (reply === undefined) return { ...sent, closed: true }
  const partition = decodeMessage(produceResponse, version, reply).responses[0]!.partitionResponses[0]!
  const stored = grown(topic)
  return {
    ...sent,
    errorCode: partition.errorCode,
    baseOffset: partition.baseOffset,
    logAppendTimeMs: partition.logAppendTimeMs,
    errorMessage: partition.errorMessage ?? null,
    recordErrors: (partition.recordErrors ?? []).map(error => ({
      batchIndex: error.batchIndex,
      message: error.batchIndexErrorMessage,
    })),
    stored: stored.length === 0 ? null : Buffer.from(stored).toString('hex'),
  }
}

await createTopics()
const answers = []
for (const produceCase of produceCases(Date.now())) answers.push(await capture(produceCase))
const lines = answers.map(answer => `    ${JSON.stringify(answer)}`)
const source = 'Apache Kafka 4.4.0, asked by interop/golden/capture-produce.ts'
writeFileSync(
  new URL('../../packages/protocol/vectors/records/produce.json', import.meta.url),
  `{\n  "source": "${source}",\n  "topics": ${JSON.stringify(captureTopics)},\n  "answers": [\n${lines.join(',\n')}\n  ]\n}\n`,
)
