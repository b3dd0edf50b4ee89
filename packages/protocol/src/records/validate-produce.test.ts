import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { writeInt64 } from '../bytes/index.ts'
import { produceRulesOf } from '../testing/produce-rules.ts'
import { BatchCursor } from './batch-cursor.ts'
import { isBatchIntact, sealBatch, stampBatch } from './batch-stamp.ts'
import { BatchHeader, batchField } from './record-batch.ts'
import { buildBatch } from './record-batch-builder.ts'
import { readRecords } from './record-reader.ts'
import { validateProduceRecords } from './validate-produce.ts'

interface Answer {
  name: string
  topic: string
  version: number
  sentMs: number
  records: string | null
  /** Kafka left the request without an answer. */
  closed?: true
  errorCode: number
  baseOffset: number
  logAppendTimeMs: number
  recordErrors: { batchIndex: number }[]
  stored: string | null
}

interface Vectors {
  topics: Record<string, Record<string, string>>
  answers: Answer[]
}

/** What a real Kafka answered to each of interop/golden/produce-cases.ts. */
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../vectors/records/produce.json', import.meta.url), 'utf8'),
)

/** Where our answer is another one on purpose. Every entry is needed: a test fails when Kafka and we agree. */
const deviations: readonly { names: RegExp; ours: number; why: string }[] = [
  {
    names: /^size (one too great|one too small|0|1000000), (gzip|snappy|lz4|zstd)$/,
    ours: 87,
    why: 'Kafka does not hold the fields of a compressed record against its size, and stores what no consumer can read',
  },
  {
    names: /^a size varint of six bytes, uncompressed$/,
    ours: 87,
    why: 'Kafka fails with an unexpected exception, and answers INVALID_RECORD to the same in a compressed batch',
  },
  {
    names: /^timestamp (-2\^60|2\^60, unbounded), /,
    ours: 32,
    why: 'timestamps beyond 2^53 are refused even where a topic has no bound',
  },
  {
    names: /^gzip and 3 bytes$/,
    ours: -1,
    why: 'Java ignores what follows a gzip member, zlib takes it for another member',
  },
]

/** Answers that are given before the records are looked at. */
const notOurs = new Set(['null records', 'transactional without a producer'])

/** Everything that a stored batch says, but for what compression decides. */
function meaning(bytes: Uint8Array) {
  const cursor = new BatchCursor(bytes)
  assert.ok(cursor.next())
  const { header } = cursor
  const { baseOffset, partitionLeaderEpoch, attributes, lastOffsetDelta, maxTimestamp, recordCount } = header
  const { producerId, producerEpoch, baseSequence } = header
  assert.ok(isBatchIntact(bytes, 0))
  const records = [...readRecords(header)].map(record => ({
    ...record,
    key: record.key && Buffer.from(record.key).toString('hex'),
    value: record.value && Buffer.from(record.value).toString('hex'),
    headers: record.headers.map(({ key, value }) => [key, value && Buffer.from(value).toString('hex')]),
  }))
  return {
    ...{ baseOffset, partitionLeaderEpoch, attributes, lastOffsetDelta, maxTimestamp, recordCount },
    ...{ producerId, producerEpoch, baseSequence, records },
  }
}

for (const answer of vectors.answers.filter(({ name }) => !notOurs.has(name))) {
  test(`produce ${answer.name} to ${answer.topic}`, () => {
    const sent = Uint8Array.from(Buffer.from(answer.records!, 'hex'))
    const nowMs = answer.logAppendTimeMs >= 0 ? answer.logAppendTimeMs : answer.sentMs
    const rules = produceRulesOf(vectors.topics[answer.topic]!)
    const verdict = validateProduceRecords(sent, rules, { nowMs, apiVersion: answer.version })

    const deviation = deviations.find(({ names }) => names.test(answer.name))
    if (deviation !== undefined) {
      assert.notEqual(answer.errorCode, deviation.ours, `no deviation any more: ${deviation.why}`)
      assert.equal(verdict.accepted ? 0 : verdict.errorCode, deviation.ours)
      return
    }
    assert.equal(
      verdict.accepted ? 0 : verdict.errorCode,
      answer.errorCode,
      verdict.accepted ? '' : verdict.errorMessage,
    )
    if (!verdict.accepted) {
      assert.deepEqual(
        verdict.recordErrors.map(({ batchIndex }) => batchIndex),
        answer.recordErrors.map(({ batchIndex }) => batchIndex),
      )
      assert.notEqual(verdict.errorMessage, '')
      return
    }
    const stored = Buffer.from(answer.stored!, 'hex')
    stampBatch(new BatchHeader(verdict.bytes), { baseOffset: answer.baseOffset, partitionLeaderEpoch: 0 })
    // Compression in another library gives other bytes of the same meaning, and we number what Kafka leaves misnumbered.
    const isRebuilt = verdict.bytes.buffer !== sent.buffer
    if (!isRebuilt) assert.equal(Buffer.from(verdict.bytes).toString('hex'), stored.toString('hex'))
    else if (!answer.name.startsWith('offset deltas')) assert.deepEqual(meaning(verdict.bytes), meaning(stored))
    const records = [...readRecords(new BatchHeader(verdict.bytes))]
    assert.deepEqual(
      records.map(({ offset }) => offset - answer.baseOffset),
      records.map((_, index) => index),
    )
    assert.equal(verdict.recordCount, records.length)
  })
}

// Found by the fuzzer: the builder that numbers records anew asserts that deltas are safe integers.
test('records with timestamps beyond any number are numbered on a topic of append time', () => {
  const batch = buildBatch([{ timestamp: 0 }, { timestamp: 1, offset: 5 }])
  const view = new DataView(batch.buffer, batch.byteOffset)
  view.setInt32(batchField.lastOffsetDelta, 1)
  writeInt64(view, batchField.baseTimestamp, Number.NEGATIVE_INFINITY)
  sealBatch(batch, 0)
  const rules = produceRulesOf({ 'message.timestamp.type': 'LogAppendTime' })
  const verdict = validateProduceRecords(batch, rules, { nowMs: 7, apiVersion: 9 })
  assert.ok(verdict.accepted)
  const records = [...readRecords(new BatchHeader(verdict.bytes))]
  assert.deepEqual(
    records.map(({ offset, timestamp }) => [offset, timestamp]),
    [
      [0, 7],
      [1, 7],
    ],
  )
})
