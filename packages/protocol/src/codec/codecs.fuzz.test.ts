/**
 * Damaged bytes of every message: what comes back is a value or a DecodeError, soon, and compiled and interpreted codecs agree
 * on which. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { damageBytes } from '@dorsale/base/testing'
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import { allMessages } from '../messages/all.ts'
import type { MessageTable } from '../table/message.ts'
import { randomLeaves, sampleMessage, unknownTag } from '../testing/sample.ts'
import type { Codec } from './codec.ts'
import { codecOf, decodeMessage, encodeMessageBytes } from './codecs.ts'
import { interpret } from './interpret.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 2)
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)

function forEachVersion(stream: string, run: (table: MessageTable, version: number, prng: Prng) => void) {
  for (const table of allMessages) {
    for (let version = table.validVersions.min; version <= table.validVersions.max; version++) {
      run(table, version, seededPrng(seed, `${stream} ${table.name} ${version}`))
    }
  }
}

/** A random message's bytes; half of the flexible ones carry an unknown tag. */
function randomBytes(table: MessageTable, version: number, prng: Prng): Uint8Array {
  const value = sampleMessage(table, version, randomLeaves(prng))
  const { min, max } = table.flexibleVersions
  if (version >= min && version <= max && randomBelow(prng, 2) === 0) value.unknownTaggedFields = [unknownTag(prng)]
  return encodeMessageBytes(table, version, value)
}

type Outcome = { value: unknown } | { error: string }

function outcome(codec: Codec, bytes: Uint8Array): Outcome {
  const reader = new ByteReader(bytes)
  try {
    return { value: codec.decode(reader) }
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.message }
    throw error
  }
}

test('random messages survive a round trip, compiled and interpreted alike', () => {
  forEachVersion('round trip', (table, version, prng) => {
    const compiled = codecOf(table, version)
    const oracle = interpret(table, version)
    for (let round = 0; round < rounds; round++) {
      const bytes = randomBytes(table, version, prng)
      const value = decodeMessage(table, version, bytes)
      assert.deepEqual(oracle.decode(new ByteReader(bytes)), value)
      for (const codec of [compiled, oracle]) {
        const writer = new ByteWriter(1)
        codec.encode(writer, value)
        assert.deepEqual(Buffer.from(writer.finishBytes()), Buffer.from(bytes), `${table.name} v${version}`)
      }
    }
  })
})

test('damaged messages give a value or a DecodeError, compiled and interpreted alike', () => {
  forEachVersion('damage', (table, version, prng) => {
    const compiled = codecOf(table, version)
    const oracle = interpret(table, version)
    for (let round = 0; round < rounds * 4; round++) {
      const bytes = damageBytes(randomBytes(table, version, prng), prng)
      assert.deepEqual(outcome(compiled, bytes), outcome(oracle, bytes), `${table.name} v${version}`)
    }
  })
})

test('noise gives a value or a DecodeError', () => {
  forEachVersion('noise', (table, version, prng) => {
    const codec = codecOf(table, version)
    for (let round = 0; round < rounds * 2; round++) outcome(codec, prng.bytes(randomBelow(prng, 200)))
  })
})

test('claims of huge counts and lengths allocate nothing for them', () => {
  // Windows of a small message claim two billion of whatever they are the count of.
  const heapBefore = process.memoryUsage().arrayBuffers
  const started = performance.now()
  let refused = 0
  forEachVersion('claims', (table, version, prng) => {
    const bytes = randomBytes(table, version, prng).subarray(0, 300)
    const codec = codecOf(table, version)
    for (const claim of ['7fffffff', 'ffffffff07']) {
      for (let at = randomBelow(prng, 12); at < bytes.length; at += 12) {
        const claiming = Buffer.from(bytes)
        Buffer.from(claim, 'hex').copy(claiming, at)
        if ('error' in outcome(codec, claiming)) refused++
      }
    }
  })
  assert.ok(refused > 1000, 'most claims are refused')
  assert.ok(process.memoryUsage().arrayBuffers - heapBefore < 64 * 1024 * 1024)
  assert.ok(performance.now() - started < 20_000)
})
