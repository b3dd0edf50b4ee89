/**
 * Damaged records of the metadata log: a record or a `DorsaleError`. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError, seededPrng } from '@dorsale/base'
import { damageBytes } from '@dorsale/base/testing'
import { allMessages } from '../messages/all.ts'
import { randomLeaves, sampleMessage } from '../testing/sample.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecordTables,
} from './metadata-record.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 20
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)

test('a damaged metadata record is a record or a typed error', () => {
  let decoded = 0
  for (const table of allMessages.filter(({ name }) => name in metadataRecordTables)) {
    for (let round = 0; round < rounds; round++) {
      const prng = seededPrng(seed, `${table.name} ${round}`)
      const value = sampleMessage(table, table.validVersions.max, randomLeaves(prng))
      const bytes = encodeMetadataRecord({
        type: table.name,
        version: table.validVersions.max,
        value,
      } as MetadataRecord)
      try {
        decodeMetadataRecord(damageBytes(bytes, prng))
        decoded++
      } catch (error) {
        assert.ok(error instanceof DorsaleError, `${table.name}, seed ${seed}, round ${round}: ${error}`)
      }
    }
  }
  assert.ok(decoded > 0)
})
