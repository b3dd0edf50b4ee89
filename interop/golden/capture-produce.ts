/**
 * Asks a real Kafka what it answers to each of `produceCases`, and writes the answers down as vectors:
 *
 *     node interop/golden/capture-produce.ts <host:port> <log directory of that broker>
 *
 * The broker must be one that nobody else uses. What it stored is read from its log, so the two run on one machine.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { captureTopics, type ProduceCase, produceCases } from './produce-cases.ts'
import { RawBroker } from './raw-broker.ts'

const [address = '', logDirectory = ''] = process.argv.slice(2)
const broker = new RawBroker(address)
const logSizes = new Map<string, number>()

/** What the log of a topic, over all its segments, has grown by since the last call. */
function grown(topic: string): Uint8Array {
  const directory = join(logDirectory, `${topic}-0`)
  const segments = readdirSync(directory).filter(name => name.endsWith('.log'))
  const bytes = Buffer.concat(segments.sort().map(name => readFileSync(join(directory, name))))
  const before = logSizes.get(topic) ?? 0
  logSizes.set(topic, bytes.length)
  return bytes.subarray(before)
}

async function capture({ name, topic, version, records }: ProduceCase) {
  const sentMs = Date.now()
  const sent = { name, topic, version, sentMs, records: records === null ? null : Buffer.from(records).toString('hex') }
  const answer = await broker.produce(topic, version, records)
  if (answer === undefined) return { ...sent, closed: true }
  const { errorCode, baseOffset, logAppendTimeMs, recordErrors } = answer
  const stored = grown(topic)
  return {
    ...sent,
    ...{ errorCode, baseOffset, logAppendTimeMs },
    recordErrors: recordErrors.map(({ batchIndex }) => ({ batchIndex })),
    stored: stored.length === 0 ? null : Buffer.from(stored).toString('hex'),
  }
}

await broker.createTopics(captureTopics)
const lines: string[] = []
for (const produceCase of produceCases(Date.now())) lines.push(JSON.stringify(await capture(produceCase)))
writeFileSync(
  join(import.meta.dirname, '../../packages/protocol/vectors/records/produce.json'),
  `{\n"source": "Apache Kafka 4.4.0, asked by interop/golden/capture-produce.ts",\n"topics": ${JSON.stringify(captureTopics)},\n"answers": [\n${lines.join(',\n')}\n]\n}\n`,
)
