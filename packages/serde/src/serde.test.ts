import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  booleanSerde,
  bytesSerde,
  type Decoded,
  DeserializationError,
  decodePayload,
  doubleSerde,
  encodePayload,
  floatSerde,
  integerSerde,
  jsonSerde,
  listSerde,
  longSerde,
  type SerdeContext,
  SerializationError,
  type SyncSerde,
  serdeByClassName,
  shortSerde,
  strictStringSerde,
  stringSerde,
  uuidSerde,
  voidSerde,
} from './index.ts'

type Value = string | boolean | null | Value[]
interface Case {
  serde: string
  value: Value
  /** What Kafka wrote for the value. */
  hex?: string | null
  /** What Kafka was given to read. */
  read?: string
  refused?: string
}

const { cases } = JSON.parse(readFileSync(new URL('../vectors/kafka-serializers.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

const subjects: Record<string, { serde: SyncSerde<unknown, never>; of: (text: string | boolean) => unknown }> = {
  string: { serde: stringSerde, of: text => text },
  boolean: { serde: booleanSerde, of: value => value },
  short: { serde: shortSerde, of: Number },
  integer: { serde: integerSerde, of: Number },
  long: { serde: longSerde, of: BigInt },
  // Java prints the shortest text that is the same float; ours are doubles.
  float: { serde: floatSerde, of: text => Math.fround(Number(text)) },
  double: { serde: doubleSerde, of: Number },
  uuid: { serde: uuidSerde, of: text => text },
  void: { serde: voidSerde, of: text => text },
}

function subjectOf(name: string): { serde: SyncSerde<unknown, never>; of: (value: Value) => unknown } {
  const [, kind = ''] = /^(?:list of )?(.*)$/.exec(name) ?? []
  const { serde, of } = subjects[kind]!
  const ofEntry = (value: Value) => (value === null ? null : of(value as string))
  if (kind === name) return { serde, of: ofEntry }
  return { serde: listSerde(serde), of: value => (value === null ? null : (value as Value[]).map(ofEntry)) }
}

function context(headers: SerdeContext['headers'] = []): SerdeContext {
  return { topic: 'orders', isKey: false, headers }
}

test('writes and reads the bytes of the serializers of Kafka (R-03-031)', () => {
  for (const { serde: name, value, hex } of cases.filter(each => each.hex !== undefined)) {
    const { serde, of } = subjectOf(name)
    const bytes = encodePayload(serde, of(value) as never, context()) as Uint8Array | null
    const text = `${name} ${JSON.stringify(value)}`
    assert.equal(bytes && Buffer.from(bytes).toString('hex'), hex, text)
    assert.deepEqual(decodePayload(serde, bytes, context()), { ok: true, value: of(value) }, text)
  }
})

test('reads and refuses what the deserializers of Kafka read and refuse', () => {
  for (const { serde: name, value, read, refused } of cases.filter(each => each.read !== undefined)) {
    const { serde, of } = subjectOf(name)
    const bytes = Buffer.from(read!, 'hex')
    const decoded = decodePayload(serde, bytes, context()) as Decoded<unknown>
    if (refused === undefined) assert.deepEqual(decoded, { ok: true, value: of(value) }, `${name} ${read}`)
    else assert.equal(decoded.ok, false, `${name} ${read}`)
  }
})

test('a list whose count its bytes cannot hold is refused before room is made for it', () => {
  for (const hex of ['017fffffff', '01ffffffff', '00000000007fffffff', '007fffffff']) {
    assert.throws(() => listSerde(integerSerde).deserialize(Buffer.from(hex, 'hex'), context()), RangeError, hex)
  }
})

test('values that their type cannot hold are refused', () => {
  const refused: [SyncSerde<unknown, never>, unknown][] = [
    [shortSerde, 32_768],
    [shortSerde, 1.5],
    [integerSerde, 2 ** 31],
    [integerSerde, Number.NaN],
    [longSerde, 2 ** 53],
    [longSerde, 2n ** 63n],
    [stringSerde, 7],
    [uuidSerde, 'no uuid'],
    [jsonSerde(), () => 1],
    [voidSerde, 0],
  ]
  for (const [serde, value] of refused) {
    assert.throws(
      () => encodePayload(serde, value as never, context()),
      (error: unknown) =>
        error instanceof SerializationError &&
        error.code === 'DORSALE_SERIALIZATION' &&
        !error.retriable &&
        error.message.startsWith('the value for topic orders cannot be written: '),
      String(value),
    )
  }
})

test('an error keeps the bytes, and a tombstone is none (R-04-221)', () => {
  const bytes = Buffer.from('{"cut')
  const failed = decodePayload(jsonSerde(), bytes, context()) as Decoded<unknown>
  assert(!failed.ok && failed.error instanceof DeserializationError)
  assert.deepEqual(failed.error.bytes, bytes)
  assert.equal(failed.error.code, 'DORSALE_DESERIALIZATION')
  assert.match(failed.error.message, /^the value of 5 bytes in topic orders cannot be read: /)
  assert.deepEqual(decodePayload(jsonSerde(), null, context()), { ok: true, value: null })
})

test('JSON goes there and back; bytes that are no UTF-8 are no text', () => {
  const value = { id: 1, name: 'é', nested: [null, true] }
  const bytes = encodePayload(jsonSerde(), value, context()) as Uint8Array
  assert.equal(Buffer.from(bytes).toString(), JSON.stringify(value))
  assert.deepEqual(decodePayload(jsonSerde(), bytes, context()), { ok: true, value })
  const cut = Buffer.from([0x22, 0xc3, 0x22])
  assert.equal((decodePayload(jsonSerde(), cut, context()) as Decoded<unknown>).ok, false)
  assert.equal((decodePayload(strictStringSerde, cut, context()) as Decoded<unknown>).ok, false)
  assert.deepEqual(decodePayload(stringSerde, cut, context()), { ok: true, value: '"\uFFFD"' })
})

test('a serde may answer later, add headers, and fail late', async () => {
  const late = {
    async serialize(value: string, { headers }: SerdeContext) {
      headers.push({ key: 'schema', value: Buffer.from('7') })
      if (value === 'bad') throw new Error('no such schema')
      return Buffer.from(value)
    },
    async deserialize(bytes: Uint8Array, { headers }: SerdeContext) {
      if (headers.length === 0) throw new Error('no schema is named')
      return Buffer.from(bytes).toString()
    },
  }
  const where = context([])
  assert.deepEqual(await encodePayload(late, 'good', where), Buffer.from('good'))
  assert.deepEqual(await decodePayload(late, Buffer.from('good'), where), { ok: true, value: 'good' })
  await assert.rejects(Promise.resolve(encodePayload(late, 'bad', context())), SerializationError)
  const decoded = await decodePayload(late, Buffer.from('good'), context())
  assert(!decoded.ok && decoded.error.message.endsWith('no schema is named'))
})

test('classes of Kafka are found by their names', () => {
  assert.equal(serdeByClassName('org.apache.kafka.common.serialization.LongDeserializer'), longSerde)
  assert.equal(serdeByClassName('ByteArraySerializer'), bytesSerde)
  assert.equal(serdeByClassName('com.example.LongDeserializer'), undefined)
  assert.equal(serdeByClassName('constructorSerializer'), undefined)
})
