/**
 * Lets Kafka's own classes judge our codecs on random messages:
 *
 *     node interop/golden/judge.ts <directory with Kafka's jars> [messages per version] [seed]
 *
 * Ours to Kafka: what we encode, Kafka decodes, prints and encodes again; its JSON must say what our value says, and its bytes
 * must be ours. Kafka's to ours: what Kafka encodes from JSON we decode to the value we started from. A third of the messages
 * carry tagged fields that neither side knows. Our defaults are held against a fresh object of Kafka's. Of each message a copy with one
 * bit flipped is read by both: they refuse it alike or see the same in it, but for what `isStricter` names. Prints what differs and
 * ends with 1 if anything does.
 */
import assert from 'node:assert/strict'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import {
  allMessages,
  createMessage,
  DecodeError,
  decodeMessage,
  encodeMessageBytes,
  formatMessage,
  type MessageTable,
} from '@dorsale/protocol'
import { keepDigits } from '../../packages/protocol/src/codec/json.ts'
import { randomLeaves, sampleMessage, unknownTag } from '../../packages/protocol/src/testing/sample.ts'
import { Harness, HarnessError, jarDirectory } from './harness.ts'

const perVersion = Number(process.argv[3] ?? 50)
const seed = Number(process.argv[4] ?? 1)
const harness = new Harness(jarDirectory())
let judged = 0
let differing = 0

for (const table of allMessages) {
  for (let version = table.validVersions.min; version <= table.validVersions.max; version++) {
    const prng = seededPrng(seed, `${table.name} ${version}`)
    const trials = [judgeDefaults(table, version)]
    for (let trial = 0; trial < perVersion; trial++) {
      const value = sampleMessage(table, version, randomLeaves(prng))
      const flexible = version >= table.flexibleVersions.min && version <= table.flexibleVersions.max
      if (flexible && trial % 3 === 0) value.unknownTaggedFields = [unknownTag(prng)]
      trials.push(judge(table, version, value), judgeDamage(table, version, value, prng))
    }
    await Promise.all(trials)
  }
}
harness.close()
process.stdout.write(`${judged} messages judged, ${differing} differ (seed ${seed})\n`)
process.exitCode = differing === 0 ? 0 : 1

async function judgeDefaults(table: MessageTable, version: number) {
  await verdict(table, version, async () => {
    const kafka = await harness.fresh(table.name, version)
    const ours = createMessage(table)
    assert.equal(toHex(encodeMessageBytes(table, version, ours)), kafka.hex)
    assert.deepEqual(decodeMessage(table, version, Buffer.from(kafka.hex, 'hex')), ours)
  })
}

async function judge(table: MessageTable, version: number, value: ReturnType<typeof createMessage>) {
  await verdict(table, version, async () => {
    const hex = toHex(encodeMessageBytes(table, version, value))
    const printed = formatMessage(table, version, value, { records: 'size' })
    const kafka = await harness.decode(table.name, version, hex)
    assert.equal(kafka.hex, hex)
    assert.deepEqual(JSON.parse(kafka.json, keepDigits), JSON.parse(printed, keepDigits))
    assert.deepEqual(decodeMessage(table, version, Buffer.from(hex, 'hex')), value)

    // JSON has no place for unknown tags.
    const { unknownTaggedFields: _, ...known } = value
    const fromJson = await harness.encode(table.name, version, formatMessage(table, version, known))
    assert.deepEqual(decodeMessage(table, version, Buffer.from(fromJson.hex, 'hex')), known)
  })
}

async function judgeDamage(table: MessageTable, version: number, value: ReturnType<typeof createMessage>, prng: Prng) {
  await verdict(table, version, async () => {
    const bytes = Buffer.from(encodeMessageBytes(table, version, value))
    if (bytes.length === 0) return
    bytes[randomBelow(prng, bytes.length)]! ^= 1 << randomBelow(prng, 8)
    const kafka = harness.decode(table.name, version, toHex(bytes)).catch(refusal)
    const ours = decodeOrRefuse(table, version, bytes)
    if (ours instanceof DecodeError) {
      const kafkaRefuses = (await kafka) instanceof HarnessError
      assert.ok(kafkaRefuses || isStricter(ours.reason), `Kafka accepts ${toHex(bytes)}: ${ours.message}`)
      return
    }
    const theirs = await kafka
    assert.ok(!(theirs instanceof HarnessError), `Kafka refuses ${toHex(bytes)}: ${String(theirs)}`)
    const printed = formatMessage(table, version, ours, { records: 'size' })
    assert.deepEqual(saturated(JSON.parse(printed, keepDigits)), saturated(JSON.parse(theirs.json, keepDigits)))
  })
}

/**
 * Where we refuse and Kafka does not: the size of a tagged field that it knows, which it skips; a length of 2^31 or more in a varint,
 * which it takes for negative and so for null, dropping bits beyond the 32nd.
 */
function isStricter(reason: string): boolean {
  if (/^a sized part ends|^varint longer than 32 bits|bytes claimed/.test(reason)) return true
  const claimed = Number(/\d{10}/.exec(reason)?.[0])
  return claimed >= 2 ** 31 - 1
}

function refusal(error: unknown): HarnessError {
  if (error instanceof HarnessError) return error
  throw error
}

function decodeOrRefuse(table: MessageTable, version: number, bytes: Uint8Array) {
  try {
    return decodeMessage(table, version, bytes)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
}

/** JSON with every integer beyond the safe range at the end of its range, where our numbers put it. */
function saturated(json: unknown): unknown {
  if (typeof json === 'bigint') return json > 0n ? 2n ** 63n - 1n : -(2n ** 63n)
  if (Array.isArray(json)) return json.map(saturated)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, saturated(value)]))
}

async function verdict(table: MessageTable, version: number, trial: () => Promise<void>) {
  judged++
  try {
    await trial()
  } catch (error) {
    differing++
    process.stdout.write(`${table.name} v${version}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
