import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CodecName, codecs } from '../compression/index.ts'
import { BatchHeader, batchHeaderSize } from './record-batch.ts'
import { buildBatch, RecordBatchBuilder } from './record-batch-builder.ts'

/** Small records, and two that fill more than a block of their own. */
const records = Array.from({ length: 2000 }, (_, index) => ({
  timestamp: index,
  value: Buffer.from(`${index},`.repeat(index === 700 ? 50_000 : index === 1300 ? 12_000 : 20)),
}))

for (const codec of Object.keys(codecs) as CodecName[]) {
  test(`a batch that is compressed while it fills is what it is when all of it is there: ${codec}`, () => {
    const plain = buildBatch(records)
    const whole = codecs[codec].compress(plain.subarray(batchHeaderSize))
    const built = new BatchHeader(buildBatch(records, { codec }))
    assert.ok(Buffer.from(whole).equals(built.bytes.subarray(batchHeaderSize)))
    assert.equal(built.recordCount, records.length)
  })

  test(`a closed batch says what it was before compression: ${codec}`, () => {
    const builder = new RecordBatchBuilder({ codec })
    let plainBytes = 0
    for (const record of records) {
      builder.append(record)
      assert.ok(builder.plainBytes > plainBytes + record.value.length)
      plainBytes = builder.plainBytes
    }
    assert.equal(plainBytes, buildBatch(records).length)
    for (let time = 0; time < 2; time++) {
      builder.close()
      assert.equal(builder.plainBytes, plainBytes)
    }
    assert.ok(Buffer.from(builder.build()).equals(buildBatch(records, { codec })))
  })
}
