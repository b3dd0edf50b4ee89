import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng } from '@dorsale/base'
import { DecodeError } from '../bytes/index.ts'
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord, metadataRecord } from './metadata-record.ts'

// Values of records in the metadata log of a real Kafka 4.4.0.
const golden: [string, MetadataRecord][] = [
  ['01140000', metadataRecord('NoOpRecord', 0, {})],
  [
    '010c00116d657461646174612e76657273696f6e002100',
    metadataRecord('FeatureLevelRecord', 0, { name: 'metadata.version', featureLevel: 33 }),
  ],
  [
    '0104000401146d696e2e696e73796e632e7265706c69636173023100',
    metadataRecord('ConfigRecord', 0, {
      resourceType: 4,
      resourceName: '',
      name: 'min.insync.replicas',
      value: '1',
    }),
  ],
]

test('records are framed as Kafka frames them', () => {
  for (const [hex, record] of golden) {
    assert.equal(Buffer.from(encodeMetadataRecord(record)).toString('hex'), hex)
    assert.deepEqual(decodeMetadataRecord(Buffer.from(hex, 'hex')), record)
  }
})

const refused: [string, string, RegExp][] = [
  ['nothing', '', /./],
  ['another frame', '02140000', /frame version 2/],
  ['an unknown record', '01630000', /api key 99/],
  ['an unknown version', '01140900', /no version 9/],
  ['bytes behind', '0114000000', /1 bytes after the record/],
  ['cut', '010c00116d6574', /./],
]

for (const [name, hex, message] of refused) {
  test(`refused: ${name}`, () =>
    assert.throws(
      () => decodeMetadataRecord(Buffer.from(hex, 'hex')),
      (error: Error) => error instanceof DecodeError && message.test(error.message),
    ))
}

test('damaged records give a record or a DecodeError, whatever is damaged', () => {
  const prng = seededPrng(1, 'metadata records')
  const whole = encodeMetadataRecord(
    metadataRecord('RegisterBrokerRecord', 4, {
      brokerId: 1,
      brokerEpoch: 13,
      endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
      features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 33 }],
      logDirs: ['SdEXTuTyQZSVKRgciwLcmg'],
      cordonedLogDirs: [],
    }),
  )
  const attempt = (bytes: Uint8Array): void => {
    try {
      decodeMetadataRecord(bytes)
    } catch (error) {
      assert.ok(error instanceof DecodeError, String(error))
    }
  }
  for (let length = 0; length < whole.length; length++) attempt(whole.subarray(0, length))
  for (let round = 0; round < 5000; round++) {
    const damaged = whole.slice()
    for (let flips = 1 + randomBelow(prng, 3); flips > 0; flips--) {
      damaged[randomBelow(prng, damaged.length)]! ^= 1 << randomBelow(prng, 8)
    }
    attempt(damaged)
  }
})
