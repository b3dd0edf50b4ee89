/**
 * The batches that `capture-produce.ts` sends to a real Kafka to learn its answer: sound ones of every kind, and one wrong thing
 * at a time, each under a checksum that is right unless the checksum is the point.
 */
import {
  ByteWriter,
  batchAttribute,
  batchField,
  buildBatch,
  type CodecName,
  codecs,
  logOverhead,
  type RecordBatchOptions,
  type RecordInput,
  sealBatch,
  writeInt64,
} from '@dorsale/protocol'
import { xxhash32 } from '../../packages/protocol/src/compression/xxhash32.ts'

/** The topics of the capture, with what is not default about them. */
export const captureTopics: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'create-time': {},
  'append-time': { 'message.timestamp.type': 'LogAppendTime' },
  'append-gzip': { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'gzip' },
  compacted: { 'cleanup.policy': 'compact' },
  'to-gzip': { 'compression.type': 'gzip' },
  'to-snappy': { 'compression.type': 'snappy' },
  'to-lz4': { 'compression.type': 'lz4' },
  'to-zstd': { 'compression.type': 'zstd' },
  'to-uncompressed': { 'compression.type': 'uncompressed' },
  small: { 'max.message.bytes': '1000' },
  'small-uncompressed': { 'max.message.bytes': '1000', 'compression.type': 'uncompressed' },
  'bounded-before': { 'message.timestamp.before.max.ms': '60000' },
  'bounded-after': { 'message.timestamp.after.max.ms': '60000' },
  'unbounded-after': { 'message.timestamp.after.max.ms': '9223372036854775807' },
  'capped-records': { 'max.decompressed.message.bytes': '100' },
}

export interface ProduceCase {
  name: string
  topic: string
  /** Version of the Produce request. */
  version: number
  records: Uint8Array | null
}

/** What a record of a case claims; everything defaults to the truth. */
interface RawRecord {
  size?: number
  timestampDelta?: number
  exactTimestampDelta?: bigint
  offsetDelta?: number
  keyLength?: number
  key?: Uint8Array | null
  valueLength?: number
  value?: Uint8Array | null
  headerCount?: number
  headers?: readonly { keyLength?: number; key: string; valueLength?: number; value: Uint8Array | null }[]
  attributes?: number
  /** More bytes inside the record, counted in its size. */
  inside?: Uint8Array
}

const text = (value: string) => Buffer.from(value)

function rawRecord(index: number, raw: RawRecord): Uint8Array {
  const body = new ByteWriter()
  body.int8(raw.attributes ?? 0)
  if (raw.exactTimestampDelta !== undefined) body.exactVarlong(raw.exactTimestampDelta)
  else body.varlong(raw.timestampDelta ?? index)
  body.varint(raw.offsetDelta ?? index)
  const key = raw.key === undefined ? text(`key-${index}`) : raw.key
  body.varint(raw.keyLength ?? key?.length ?? -1)
  if (key !== null) body.raw(key)
  const value = raw.value === undefined ? text(`value-${index}`) : raw.value
  body.varint(raw.valueLength ?? value?.length ?? -1)
  if (value !== null) body.raw(value)
  body.varint(raw.headerCount ?? raw.headers?.length ?? 0)
  for (const header of raw.headers ?? []) {
    body.varint(header.keyLength ?? header.key.length)
    body.raw(text(header.key))
    body.varint(header.valueLength ?? header.value?.length ?? -1)
    if (header.value !== null) body.raw(header.value)
  }
  if (raw.inside !== undefined) body.raw(raw.inside)
  const bytes = body.finishBytes()
  const record = new ByteWriter()
  record.varint(raw.size ?? bytes.length)
  record.raw(bytes)
  return record.finishBytes()
}

const three: readonly RawRecord[] = [{}, {}, {}]

/** A batch around the given record section: compressed if asked for. */
function around(section: Uint8Array, count: number, now: number, codec?: CodecName): Uint8Array {
  const block = codec === undefined ? section : codecs[codec].compress(section)
  return aroundBlock(block, count, now, codec === undefined ? 0 : codecs[codec].id)
}

function aroundBlock(block: Uint8Array, count: number, now: number, codecId: number): Uint8Array {
  const empty = buildBatch([
    { timestamp: now },
    ...Array.from({ length: count - 1 }, (_, i) => ({ timestamp: now + i + 1 })),
  ])
  const batch = Buffer.concat([empty.subarray(0, batchField.records), block])
  batch.writeInt32BE(batch.length - logOverhead, batchField.batchLength)
  batch.writeInt16BE(codecId, batchField.attributes)
  sealBatch(batch, 0)
  return batch
}

function raw(records: readonly RawRecord[], now: number, codec?: CodecName, after?: Uint8Array): Uint8Array {
  const section = Buffer.concat([
    ...records.map((record, index) => rawRecord(index, record)),
    after ?? new Uint8Array(0),
  ])
  return around(section, records.length, now, codec)
}

/** A sound batch with one field of its header changed. */
function changed(batch: Uint8Array, change: (view: DataView) => void, seal = true): Uint8Array {
  const copy = Uint8Array.from(batch)
  change(new DataView(copy.buffer))
  if (seal) sealBatch(copy, 0)
  return copy
}

function sound(now: number, options: RecordBatchOptions = {}, count = 3): Uint8Array {
  const records: RecordInput[] = Array.from({ length: count }, (_, index) => ({
    timestamp: now + index,
    key: text(`key-${index}`),
    value: text(`value-${index}`),
    headers:
      index === 1
        ? [
            { key: 'trace', value: text('1') },
            { key: 'empty', value: null },
          ]
        : [],
  }))
  return buildBatch(records, options)
}

const codecNames: readonly CodecName[] = ['gzip', 'snappy', 'lz4', 'zstd']

/** Every case, around the given wall clock. */
export function produceCases(now: number): ProduceCase[] {
  const cases: ProduceCase[] = []
  const add = (name: string, records: Uint8Array | null, topic = 'create-time', version = 8) =>
    cases.push({ name, topic, version, records })
  const good = sound(now)

  add('sound, uncompressed', good)
  add('sound, produce version 3', good, 'create-time', 3)
  for (const codec of codecNames) add(`sound, ${codec}`, sound(now, { codec }))
  for (const codec of codecNames) add(`sound, ${codec}, 400 records`, sound(now, { codec }, 400))
  add('sound, zstd, produce version 6', sound(now, { codec: 'zstd' }), 'create-time', 6)
  add('sound, null keys and values', raw([{ key: null, value: null }, { key: null }, { value: null }], now))
  add('sound, raw snappy', aroundBlock(rawSnappy(now), 3, now, 2))

  // How many batches
  add('null records', null)
  add('no bytes', new Uint8Array(0))
  add('two batches', Buffer.concat([good, good]))
  add('a batch and 5 bytes', Buffer.concat([good, Buffer.alloc(5, 1)]))
  add('a batch and 20 zeros', Buffer.concat([good, Buffer.alloc(20)]))
  add('a batch and 20 bytes of ff', Buffer.concat([good, Buffer.alloc(20, 0xff)]))
  add('a batch and 20 bytes of 01', Buffer.concat([good, Buffer.alloc(20, 1)]))
  add('a batch and half a batch', Buffer.concat([good, good.subarray(0, 70)]))
  add('half a batch', good.subarray(0, good.length - 10))
  add('ten bytes', good.subarray(0, 10))
  add('sixteen bytes', good.subarray(0, 16))
  add('only a header, cut', good.subarray(0, 61))

  // Header fields
  for (const magic of [-1, 0, 1, 3])
    add(
      `magic ${magic}`,
      changed(good, view => view.setInt8(batchField.magic, magic), false),
    )
  for (const length of [-1, 0, 13, 14, 48, 49]) {
    add(
      `batch length ${length}`,
      changed(good, view => view.setInt32(batchField.batchLength, length), false),
    )
  }
  add(
    'batch length one more than there is',
    changed(good, view => view.setInt32(8, good.length - 11), false),
  )
  add(
    'batch length one less than there is',
    changed(good, view => view.setInt32(8, good.length - 13), false),
  )
  add(
    'batch length one less, sealed',
    changed(good, view => view.setInt32(8, good.length - 13)),
  )
  add(
    'wrong checksum',
    changed(good, view => view.setUint32(batchField.crc, 0xdeadbeef), false),
  )
  add(
    'base offset 5',
    changed(good, view => writeInt64(view, 0, 5)),
  )
  add(
    'leader epoch 7',
    changed(good, view => view.setInt32(batchField.partitionLeaderEpoch, 7)),
  )
  for (const codecId of [5, 6, 7])
    add(
      `codec ${codecId}`,
      changed(good, view => view.setInt16(batchField.attributes, codecId)),
    )
  add(
    'codec 4 over plain records',
    changed(good, view => view.setInt16(batchField.attributes, 4)),
  )
  for (const codec of codecNames) {
    add(
      `codec ${codec} over plain records`,
      changed(good, view => view.setInt16(batchField.attributes, codecs[codec].id)),
    )
    add(
      `plain over ${codec} records`,
      changed(sound(now, { codec }), view => view.setInt16(batchField.attributes, 0)),
    )
  }
  add(
    'unknown attribute bits',
    changed(good, view => view.setInt16(batchField.attributes, 0x7f80)),
  )
  add(
    'delete horizon bit',
    changed(good, view => view.setInt16(batchField.attributes, batchAttribute.deleteHorizon)),
  )
  for (const topic of ['create-time', 'append-time']) {
    add(
      `control batch, ${topic}`,
      changed(good, view => view.setInt16(batchField.attributes, batchAttribute.control)),
      topic,
    )
    add(
      `append time bit, ${topic}`,
      changed(good, view => view.setInt16(batchField.attributes, batchAttribute.logAppendTime)),
      topic,
    )
    add(
      `append time bit, gzip, ${topic}`,
      changed(sound(now, { codec: 'gzip' }), view => view.setInt16(21, 1 | 8)),
      topic,
    )
    add(
      `append time bit, no max timestamp, ${topic}`,
      changed(good, view => {
        view.setInt16(batchField.attributes, batchAttribute.logAppendTime)
        writeInt64(view, batchField.maxTimestamp, -1)
      }),
      topic,
    )
    add(`sound, uncompressed, ${topic}`, good, topic)
    add(`sound, lz4, ${topic}`, sound(now, { codec: 'lz4' }), topic)
  }
  add('sound, uncompressed, to append time with gzip', good, 'append-gzip')
  add('sound, gzip, to append time with gzip', sound(now, { codec: 'gzip' }), 'append-gzip')
  add(
    'transactional without a producer',
    changed(good, view => view.setInt16(batchField.attributes, batchAttribute.transactional)),
  )
  add('producer id without a sequence', sound(now, { producerId: 4000, producerEpoch: 0 }))
  add('negative producer id with a sequence', sound(now, { producerId: -5, producerEpoch: 0, baseSequence: 0 }))
  add('sequence without a producer id', sound(now, { baseSequence: 7 }))
  add('idempotent', sound(now, { producerId: 4001, producerEpoch: 0, baseSequence: 0 }))
  add('idempotent, gzip', sound(now, { producerId: 4002, producerEpoch: 0, baseSequence: 0, codec: 'gzip' }))

  // Counts and offsets
  const counted = (count: number, lastDelta: number) => (view: DataView) => {
    view.setInt32(batchField.recordCount, count)
    view.setInt32(batchField.lastOffsetDelta, lastDelta)
  }
  for (const codec of [undefined, ...codecNames]) {
    const batch = sound(now, { codec })
    const named = codec ?? 'uncompressed'
    add(`count 0, ${named}`, changed(batch, counted(0, 2)))
    add(`count 0, last offset delta -1, ${named}`, changed(batch, counted(0, -1)))
    add(`count -1, ${named}`, changed(batch, counted(-1, 2)))
    add(`last offset delta -5, ${named}`, changed(batch, counted(3, -5)))
    add(`last offset delta 1, ${named}`, changed(batch, counted(3, 1)))
    add(`last offset delta 5, ${named}`, changed(batch, counted(3, 5)))
    add(`one record too few claimed, ${named}`, changed(batch, counted(2, 1)))
    add(`one record too many claimed, ${named}`, changed(batch, counted(4, 3)))
    add(`2^31 - 1 records claimed, ${named}`, changed(batch, counted(0x7fffffff, 0x7ffffffe)))
    add(
      `max timestamp too small, ${named}`,
      changed(batch, view => writeInt64(view, batchField.maxTimestamp, now - 5)),
    )
    add(
      `max timestamp too great, ${named}`,
      changed(batch, view => writeInt64(view, batchField.maxTimestamp, now + 5000)),
    )
    add(
      `max timestamp -1, ${named}`,
      changed(batch, view => writeInt64(view, batchField.maxTimestamp, -1)),
    )
    add(`offset deltas 0 5 9, ${named}`, raw([{}, { offsetDelta: 5 }, { offsetDelta: 9 }], now, codec))
    add(`offset deltas 2 1 0, ${named}`, raw([{ offsetDelta: 2 }, {}, { offsetDelta: 0 }], now, codec))
    add(`offset deltas 1 2 3, ${named}`, raw([{ offsetDelta: 1 }, { offsetDelta: 2 }, { offsetDelta: 3 }], now, codec))
    add(
      `offset deltas -1 0 1, ${named}`,
      raw([{ offsetDelta: -1 }, { offsetDelta: 0 }, { offsetDelta: 1 }], now, codec),
    )
    add(`record attributes ff, ${named}`, raw([{ attributes: -1 }, {}, {}], now, codec))
  }

  // Timestamps
  for (const codec of [undefined, 'gzip'] as const) {
    const named = codec ?? 'uncompressed'
    const day = 24 * 3600 * 1000
    const stamped = (deltas: readonly number[]) =>
      raw(
        deltas.map(timestampDelta => ({ timestampDelta })),
        now,
        codec,
      )
    add(`second record a day ahead, ${named}`, stamped([0, day, 2]))
    add(`second and third a day ahead, ${named}`, stamped([0, day, day]))
    add(`half an hour ahead, ${named}`, stamped([0, day / 48, 1]))
    add(`half an hour ahead, bounded, ${named}`, stamped([0, day / 48, 1]), 'bounded-after')
    add(`a day ahead, unbounded, ${named}`, stamped([0, day, 1]), 'unbounded-after')
    add(`a year behind, ${named}`, stamped([0, -365 * day, 1]))
    add(`a year behind, bounded, ${named}`, stamped([0, -365 * day, 1]), 'bounded-before')
    add(`a year behind, append time, ${named}`, stamped([0, -365 * day, 1]), 'append-time')
    add(`a day ahead, append time, ${named}`, stamped([0, day, 1]), 'append-time')
    add(`no timestamp in one record, ${named}`, stamped([0, -now - 1, 1]))
    add(`no timestamp in one record, bounded, ${named}`, stamped([0, -now - 1, 1]), 'bounded-before')
    add(`timestamp -2 in one record, ${named}`, stamped([0, -now - 2, 1]))
    add(`timestamp -2 in one record, bounded, ${named}`, stamped([0, -now - 2, 1]), 'bounded-before')
    add(`no timestamps, ${named}`, buildBatch([{ key: text('k') }, { key: text('k') }], { codec }))
    add(`timestamp 2^60, ${named}`, raw([{ exactTimestampDelta: 1n << 60n }], now, codec))
    add(`timestamp 2^60, unbounded, ${named}`, raw([{ exactTimestampDelta: 1n << 60n }], now, codec), 'unbounded-after')
    add(`timestamp -2^60, ${named}`, raw([{ exactTimestampDelta: -(1n << 60n) }], now, codec))
    add(
      `base timestamp Long.MAX, ${named}`,
      changed(sound(now, { codec }), view => writeInt64(view, batchField.baseTimestamp, Number.POSITIVE_INFINITY)),
    )
    add(
      `base timestamp Long.MIN, ${named}`,
      changed(sound(now, { codec }), view => writeInt64(view, batchField.baseTimestamp, Number.NEGATIVE_INFINITY)),
    )

    // Keys
    add(`no key on a compacted topic, ${named}`, raw([{}, { key: null }, { key: null }], now, codec), 'compacted')
    add(`no key and a bad timestamp, ${named}`, raw([{ timestampDelta: day }, { key: null }], now, codec), 'compacted')
    add(`an empty key on a compacted topic, ${named}`, raw([{ key: text('') }], now, codec), 'compacted')
    add(`no value on a compacted topic, ${named}`, raw([{ value: null }], now, codec), 'compacted')
  }

  // The shape of records
  for (const codec of [undefined, ...codecNames]) {
    const named = codec ?? 'uncompressed'
    const shape = (name: string, record: RawRecord) => add(`${name}, ${named}`, raw([{}, record, {}], now, codec))
    const plainSize = rawRecord(1, {}).length - 1
    shape('size one too great', { size: plainSize + 1 })
    shape('size one too small', { size: plainSize - 1 })
    shape('size 0', { size: 0 })
    shape('size -1', { size: -1 })
    shape('size -100', { size: -100 })
    shape('size 1000000', { size: 1_000_000 })
    shape('size 2^31 - 1', { size: 0x7fffffff })
    shape('key longer than the record', { keyLength: 100 })
    shape('key of 2^31 - 1 bytes', { keyLength: 0x7fffffff })
    shape('key length -5', { keyLength: -5, key: null })
    shape('key length -2^31', { keyLength: -0x80000000, key: null })
    shape('value longer than the record', { valueLength: 100 })
    shape('value of 2^31 - 1 bytes', { valueLength: 0x7fffffff })
    shape('value length -5', { valueLength: -5, value: null })
    shape('value shorter than its bytes', { valueLength: 2 })
    shape('bytes behind the headers', { inside: text('xyz') })
    shape('one zero behind the headers', { inside: Buffer.alloc(1) })
    shape('header count -1', { headerCount: -1 })
    shape('header count 5, none there', { headerCount: 5 })
    shape('header count 2^31 - 1', { headerCount: 0x7fffffff })
    shape('header key length -1', { headers: [{ keyLength: -1, key: '', value: null }] })
    shape('header key too long', { headers: [{ keyLength: 90, key: 'k', value: null }] })
    shape('header value too long', { headers: [{ key: 'k', valueLength: 90, value: text('v') }] })
    shape('header value length -5', { headers: [{ key: 'k', valueLength: -5, value: null }] })
    shape('empty header key', { headers: [{ key: '', value: text('v') }] })
    shape('header count one too few', { headerCount: 0, headers: [{ key: 'k', value: null }] })
    add(`bytes behind the last record, ${named}`, raw(three, now, codec, text('xyz')))
    add(`a zero behind the last record, ${named}`, raw(three, now, codec, Buffer.alloc(1)))
    add(`a size varint of six bytes, ${named}`, around(Buffer.alloc(40, 0x80), 1, now, codec))
    add(`a size varint cut short, ${named}`, around(Buffer.alloc(2, 0x80), 1, now, codec))
    const longDelta = Buffer.concat([Buffer.from([60, 0]), Buffer.alloc(12, 0x80), Buffer.alloc(17)])
    add(`a timestamp varlong of twelve bytes, ${named}`, around(longDelta, 1, now, codec))
    add(`an empty record section, ${named}`, around(new Uint8Array(0), 1, now, codec))
  }

  // Compressed bytes
  const section = Buffer.concat(three.map((record, index) => rawRecord(index, record)))
  for (const codec of codecNames) {
    const { id, compress } = codecs[codec]
    const block = compress(section)
    add(`${codec} cut in the middle`, aroundBlock(block.subarray(0, block.length >> 1), 3, now, id))
    add(`${codec} without its last byte`, aroundBlock(block.subarray(0, -1), 3, now, id))
    add(`${codec} and 3 bytes`, aroundBlock(Buffer.concat([block, text('xyz')]), 3, now, id))
    add(
      `${codec} twice`,
      aroundBlock(Buffer.concat([compress(section.subarray(0, 20)), compress(section.subarray(20))]), 3, now, id),
    )
    add(`${codec} of no bytes at all`, aroundBlock(new Uint8Array(0), 3, now, id))
    add(`${codec} of garbage`, aroundBlock(Buffer.alloc(50, 0x5a), 3, now, id))
    const flipped = Uint8Array.from(block)
    flipped[flipped.length - 10]! ^= 0xff
    add(`${codec} with a byte flipped`, aroundBlock(flipped, 3, now, id))
  }
  for (const [name, frame] of lz4Frames(section)) add(`lz4 ${name}`, aroundBlock(frame, 3, now, 3))
  add('raw snappy that claims 2 GB', aroundBlock(Buffer.from('ffffffff07000000', 'hex'), 3, now, 2))
  add('raw snappy that claims one byte more', aroundBlock(lyingSnappy(section, 1), 3, now, 2))
  add('raw snappy that claims one byte less', aroundBlock(lyingSnappy(section, -1), 3, now, 2))

  // What the topic compresses with
  for (const target of ['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed']) {
    for (const codec of [undefined, ...codecNames]) {
      add(`${codec ?? 'uncompressed'} to ${target}`, sound(now, { codec }, 50), `to-${target}`)
    }
    add(`idempotent to ${target}`, sound(now, { producerId: 4003, producerEpoch: 0, baseSequence: 0 }), `to-${target}`)
    add(`offset deltas 0 5 9 to ${target}`, raw([{}, { offsetDelta: 5 }, { offsetDelta: 9 }], now), `to-${target}`)
  }

  // Sizes
  const sized = (bytes: number, codec?: CodecName) => {
    const value = Buffer.alloc(bytes)
    return buildBatch([{ timestamp: now, key: text('k'), value }], { codec })
  }
  const overhead = sized(900).length - 900
  add('1000 bytes where 1000 are allowed', sized(1000 - overhead), 'small')
  add('1001 bytes where 1000 are allowed', sized(1001 - overhead), 'small')
  add(
    '1001 bytes and a wrong checksum',
    changed(sized(1001 - overhead), view => view.setUint32(17, 1), false),
    'small',
  )
  add('gzip, small until the topic uncompresses it', sized(3000, 'gzip'), 'small-uncompressed')
  add('a plain record of 200 bytes, 100 allowed', sized(200), 'capped-records')
  for (const codec of codecNames)
    add(`a ${codec} record of 200 bytes, 100 allowed`, sized(200, codec), 'capped-records')
  return cases
}

/** Raw snappy of three sound records: one literal. */
function rawSnappy(now: number): Uint8Array {
  void now
  return lyingSnappy(Buffer.concat(three.map((record, index) => rawRecord(index, record))), 0)
}

function lyingSnappy(section: Uint8Array, lie: number): Uint8Array {
  const block = new ByteWriter()
  block.uvarint(section.length + lie)
  block.raw(Uint8Array.of(60 << 2, section.length - 1))
  block.raw(section)
  return block.finishBytes()
}

/** lz4 frames with stored blocks and every kind of flag. */
function lz4Frames(section: Uint8Array): [name: string, frame: Uint8Array][] {
  const frame = (options: {
    flags: number
    descriptor?: number
    size?: bigint
    headerChecksum?: number
    blockChecksum?: number
    contentChecksum?: number
    end?: boolean
    blockBytes?: number
  }) => {
    const writer = new ByteWriter()
    writer.raw(Buffer.from('04224d18', 'hex'))
    const descriptor = Buffer.alloc(options.size === undefined ? 2 : 10)
    descriptor[0] = options.flags
    descriptor[1] = options.descriptor ?? 0x40
    if (options.size !== undefined) descriptor.writeBigInt64LE(options.size, 2)
    writer.raw(descriptor)
    writer.raw(Uint8Array.of(options.headerChecksum ?? (xxhash32(descriptor) >>> 8) & 0xff))
    const size = Buffer.alloc(4)
    size.writeUInt32LE((0x80000000 | (options.blockBytes ?? section.length)) >>> 0)
    writer.raw(size)
    writer.raw(section)
    const checksum = (value: number) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(value)
      return bytes
    }
    if ((options.flags & 0x10) !== 0) writer.raw(checksum(options.blockChecksum ?? xxhash32(section)))
    if (options.end !== false) writer.raw(Buffer.alloc(4))
    if ((options.flags & 0x04) !== 0) writer.raw(checksum(options.contentChecksum ?? xxhash32(section)))
    return writer.finishBytes()
  }
  return [
    ['stored block', frame({ flags: 0x60 })],
    ['content size', frame({ flags: 0x68, size: BigInt(section.length) })],
    ['wrong content size', frame({ flags: 0x68, size: 1n })],
    ['block checksum', frame({ flags: 0x70 })],
    ['wrong block checksum', frame({ flags: 0x70, blockChecksum: 1 })],
    ['content checksum', frame({ flags: 0x64 })],
    ['wrong content checksum', frame({ flags: 0x64, contentChecksum: 1 })],
    ['wrong header checksum', frame({ flags: 0x60, headerChecksum: 1 })],
    ['dependent blocks', frame({ flags: 0x40 })],
    ['version 0', frame({ flags: 0x20 })],
    ['reserved flag', frame({ flags: 0x62 })],
    ['dictionary flag', frame({ flags: 0x61 })],
    ['block maximum 3', frame({ flags: 0x60, descriptor: 0x30 })],
    ['block maximum 7', frame({ flags: 0x60, descriptor: 0x70 })],
    ['reserved descriptor bit', frame({ flags: 0x60, descriptor: 0xc0 })],
    ['no end mark', frame({ flags: 0x60, end: false })],
    ['block beyond the maximum', frame({ flags: 0x60, blockBytes: 70_000 })],
    ['block beyond the bytes', frame({ flags: 0x60, blockBytes: 60_000 })],
  ]
}
