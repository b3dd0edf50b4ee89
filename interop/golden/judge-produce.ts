/**
 * Holds our validation of produced records against a real Kafka's, over random damage:
 *
 *     node interop/golden/judge-produce.ts <host:port> [<rounds> [<seed>]]
 *
 * The broker must be one that nobody else uses. Prints each batch over which the two disagree, but for what we refuse on purpose, and
 * ends with 1 if there was one.
 */
import { seededPrng } from '@dorsale/base'
import { BatchHeader, batchHeaderSize, validateProduceRecords } from '@dorsale/protocol'
import { damageBatch, sampleBatch } from '../../packages/protocol/src/testing/damaged-batch.ts'
import { produceRulesOf } from '../../packages/protocol/src/testing/produce-rules.ts'
import { captureTopics } from './produce-cases.ts'
import { RawBroker } from './raw-broker.ts'

const [address = '', rounds = '2000', seed = '1'] = process.argv.slice(2)
const apiVersion = 8
const topics = ['create-time', 'append-time', 'compacted', 'to-lz4', 'bounded-before', 'capped-records']
const broker = new RawBroker(address)
await broker.createTopics(Object.fromEntries(topics.map(topic => [topic, captureTopics[topic]!])))

const transactionalIdRefused = 53
const outOfOrderSequence = 45
const invalidProducerEpoch = 47
const unexpected = -1
const invalidRecord = 87
const invalidTimestamp = 32

/** Where another answer is meant; most are among the deviations in validate-produce.test.ts. */
function isMeant(kafka: number, ours: number, batch: Uint8Array): boolean {
  const header = new BatchHeader(batch)
  // The broker looks at transactions before the records, and at the producer's epoch and sequence behind them.
  if ([transactionalIdRefused, outOfOrderSequence, invalidProducerEpoch].includes(kafka)) return true
  if (header.isCompressed) {
    // Of two faults Kafka may come upon the other one first: it decompresses as it goes, and does not check the size of records.
    if (kafka !== 0 && ours !== 0) return true
    // Records whose size is wrong, and compressed bytes with a fault that Java's libraries let pass.
    if (kafka === 0) return ours === invalidRecord || ours === unexpected
  }
  // Unexpected exceptions of Kafka: over a varint, and where it compresses anew what it does not like to build.
  if (kafka === unexpected) return ours === invalidRecord || ours === 0
  // Timestamps beyond 2^53.
  return kafka === 0 && ours === invalidTimestamp
}

let meant = 0
let wrong = 0
const codes = new Map<number, number>()
for (let round = 0; round < Number(rounds); round++) {
  const prng = seededPrng(Number(seed), `judged batch ${round}`)
  const nowMs = Date.now()
  const batch = damageBatch(prng, sampleBatch(prng, nowMs))
  const topic = topics[round % topics.length]!
  const hex = Buffer.from(batch).toString('hex')
  const answer = await broker.produce(topic, apiVersion, batch)
  const verdict = validateProduceRecords(batch, produceRulesOf(captureTopics[topic]!), { nowMs, apiVersion })
  const ours = verdict.accepted ? 0 : verdict.errorCode
  const kafka = answer?.errorCode
  codes.set(ours, (codes.get(ours) ?? 0) + 1)
  if (kafka === ours) continue
  if (kafka !== undefined && batch.length > batchHeaderSize && isMeant(kafka, ours, batch)) {
    meant++
    continue
  }
  wrong++
  const reason = verdict.accepted ? 'accepted' : verdict.errorMessage
  process.stdout.write(`round ${round}, ${topic}: Kafka ${kafka}, ours ${ours} (${reason})\n  ${hex}\n`)
}
process.stdout.write(
  `${rounds} batches, ${wrong} wrong, ${meant} refused on purpose; ours by code: ${JSON.stringify([...codes])}\n`,
)
process.exitCode = wrong === 0 ? 0 : 1
