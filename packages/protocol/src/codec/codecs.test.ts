import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import { brokerRegistrationChangeRecord } from '../messages/broker-registration-change-record.ts'
import { fetchRequest } from '../messages/fetch-request.ts'
import { fetchResponse } from '../messages/fetch-response.ts'
import { heartbeatRequest } from '../messages/heartbeat-request.ts'
import { metadataRequest } from '../messages/metadata-request.ts'
import { produceRequest } from '../messages/produce-request.ts'
import { requestHeader } from '../messages/request-header.ts'
import { array, f, int32, type MessageTable, message, nullable, string, struct } from '../table/index.ts'
import type { Codec } from './codec.ts'
import { createMessage, decodeMessage, encodeMessage, encodeMessageBytes, readMessage } from './codecs.ts'
import { compile } from './compile.ts'
import { compileCompleter, complete } from './complete.ts'
import { EncodeError } from './encode-error.ts'
import { interpret } from './interpret.ts'

/** Runs a check with both codecs of a message. */
function both(table: MessageTable, version: number, check: (codec: Codec) => void) {
  for (const make of [compile, interpret]) check(make(table, version))
}

function encodeWith(codec: Codec, value: unknown): string {
  const writer = new ByteWriter()
  codec.encode(writer, value)
  return Buffer.from(writer.finishBytes()).toString('hex')
}

function refuses(table: MessageTable, version: number, hex: string, path: string, offset: number, reason: RegExp) {
  both(table, version, codec => {
    assert.throws(
      () => codec.decode(new ByteReader(Buffer.from(hex, 'hex'))),
      (error: unknown) => {
        assert.ok(error instanceof DecodeError)
        assert.match(error.reason, reason)
        assert.deepEqual(
          [error.messageName, error.version, error.path, error.offset],
          [table.name, version, path, offset],
        )
        return true
      },
    )
  })
}

describe('bytes that a human wrote', () => {
  test('a heartbeat, flexible and not', () => {
    const value = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
    for (const [version, hex] of [
      [0, '000167000000010001' + '6d'],
      [3, '000167000000010001' + '6dffff'],
      [4, '026700000001026d0000'],
    ] as const) {
      both(heartbeatRequest, version, codec => {
        assert.equal(encodeWith(codec, value), hex)
        assert.deepEqual(codec.decode(new ByteReader(Buffer.from(hex, 'hex'))), value)
      })
    }
  })
  test('the client id of a flexible request header is classic', () => {
    both(requestHeader, 2, codec => {
      const value = { requestApiKey: 3, requestApiVersion: 12, correlationId: 7, clientId: 'ab' }
      assert.equal(encodeWith(codec, value), '0003000c00000007' + '00026162' + '00')
    })
  })
})

describe('decoding names what stopped it', () => {
  test('at the field, however deep', () => {
    refuses(metadataRequest, 0, '00000002' + '000161' + '0005', 'topics[1].name', 9, /5 bytes needed, 0 left/)
    refuses(heartbeatRequest, 4, '0267', 'generationId', 2, /4 bytes needed/)
    refuses(heartbeatRequest, 4, '00', 'groupId', 1, /null for a string/)
  })
  test('a count that the bytes cannot hold is refused before anything is allocated', () => {
    refuses(metadataRequest, 0, '7fffffff' + '0000', 'topics', 4, /2147483647 elements/)
    refuses(metadataRequest, 9, 'ffffffff0f' + '0000', 'topics', 5, /4294967294 elements/)
  })
  test('more structures than a message of its size may have', () => {
    const many = 600_000
    const count = new ByteWriter()
    count.uvarint(many + 1)
    // FetchRequest v12: the shortest topic is three bytes.
    const head = Buffer.from(`ffffffff${'00000000'.repeat(3)}00${'00000000'.repeat(2)}`, 'hex')
    const topics = Buffer.concat([head, count.finishBytes(), Buffer.alloc(many * 3, Buffer.from('010100', 'hex'))])
    refuses(fetchRequest, 12, topics.toString('hex'), 'topics', head.length + 3, /more structures than a message of/)
    // HeartbeatRequest v4: unknown tags of no length. So far into a message the field is no longer looked for.
    const tags = new ByteWriter()
    tags.uvarint(many)
    const unknown = Buffer.alloc(many * 3, Buffer.from('c80100', 'hex'))
    const beat = Buffer.concat([Buffer.from('026700000001026d00', 'hex'), tags.finishBytes(), unknown])
    assert.throws(
      () => decodeMessage(heartbeatRequest, 4, beat),
      (error: unknown) => {
        assert.ok(error instanceof DecodeError)
        assert.match(error.message, /^more structures than .* \(HeartbeatRequest v4, offset 1500015\)$/)
        return true
      },
    )
  })
  test('a tagged field whose size is not the size of its content', () => {
    // FetchRequest v15: replicaState (tag 1) claims one byte more than it has.
    const value = createMessage(fetchRequest, { replicaState: { replicaId: 1, replicaEpoch: 2 } })
    const hex = Buffer.from(encodeMessageBytes(fetchRequest, 15, value)).toString('hex')
    const at = hex.indexOf('010d00000001')
    assert.ok(at > 0)
    const longer = `${hex.slice(0, at)}010e00000001${hex.slice(at + 12)}00`
    refuses(fetchRequest, 15, longer, 'replicaState', longer.length / 2 - 1, /a sized part ends at/)
    const far = `${hex.slice(0, at)}017f00000001${hex.slice(at + 12)}`
    refuses(fetchRequest, 15, far, 'replicaState', at / 2 + 2, /127 bytes claimed/)
  })
})

describe('encoding refuses what a version cannot carry', () => {
  test('a value at a version without the field, unless it may be dropped', () => {
    both(heartbeatRequest, 2, codec => {
      const value = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: 'static' }
      assert.throws(
        () => encodeWith(codec, value),
        (error: unknown) => {
          assert.ok(error instanceof EncodeError)
          assert.equal(error.code, 'DORSALE_ENCODE')
          assert.deepEqual(
            [error.messageName, error.version, error.path],
            ['HeartbeatRequest', 2, 'HeartbeatRequest.groupInstanceId'],
          )
          return true
        },
      )
    })
    // Ignorable: dropped.
    const value = createMessage(fetchResponse, { errorCode: 3 })
    assert.equal(decodeMessage(fetchResponse, 4, encodeMessageBytes(fetchResponse, 4, value)).errorCode, 0)
  })
  test('null where the version has none', () => {
    both(metadataRequest, 0, codec => {
      assert.throws(() => encodeWith(codec, { ...createMessage(metadataRequest), topics: null }), EncodeError)
    })
    both(metadataRequest, 1, codec => {
      assert.equal(encodeWith(codec, { ...createMessage(metadataRequest), topics: null }), 'ffffffff')
    })
  })
  test('a version that does not exist is a bug of the caller', () => {
    assert.throws(() => decodeMessage(produceRequest, 2, new Uint8Array(0)), /ProduceRequest has no version 2/)
    assert.throws(() => encodeMessage(produceRequest, 99, createMessage(produceRequest)), { name: 'AssertionError' })
  })
})

describe('tagged fields', () => {
  const versionOne = message({
    name: 'Growing',
    type: 'data',
    validVersions: '0',
    flexibleVersions: '0+',
    fields: { a: f(int32, '0+'), c: f(int32, '0+', { tag: 5 }) },
  })
  const inner = struct('Inner', { x: f(int32, '0+'), y: f(array(string), '0+') })
  const versionTwo = message({
    name: 'Growing',
    type: 'data',
    validVersions: '0',
    flexibleVersions: '0+',
    fields: {
      a: f(int32, '0+'),
      b: f(nullable(inner), '0+', { default: null, tag: 2 }),
      c: f(int32, '0+', { tag: 5 }),
      d: f(string, '0+', { tag: 9 }),
    },
  })
  const full = { a: 1, b: { x: 2, y: ['three'] }, c: 4, d: 'five' }

  test('that an older table does not know survive a round trip through it', () => {
    for (const value of [full, { ...full, b: null }, { ...full, d: '' }, { ...full, c: 0 }]) {
      const bytes = encodeMessageBytes(versionTwo, 0, value)
      both(versionOne, 0, codec => {
        const old = codec.decode(new ByteReader(bytes))
        assert.equal(encodeWith(codec, old), Buffer.from(bytes).toString('hex'))
      })
      assert.deepEqual(decodeMessage(versionTwo, 0, bytes), value)
    }
  })
  test('the property is there only when there is something in it', () => {
    const bytes = encodeMessageBytes(versionTwo, 0, full)
    assert.deepEqual(decodeMessage(versionOne, 0, bytes), {
      a: 1,
      c: 4,
      unknownTaggedFields: [
        { tag: 2, data: Buffer.from('010000000202067468726565' + '00', 'hex') },
        { tag: 9, data: Buffer.from('0566697665', 'hex') },
      ].map(({ tag, data }) => ({ tag, data: new Uint8Array(data) })),
    })
    assert.ok(!('unknownTaggedFields' in decodeMessage(versionTwo, 0, bytes)))
  })
})

describe('unknown tags', () => {
  const table = message({
    name: 'Tagged',
    type: 'data',
    validVersions: '0',
    flexibleVersions: '0+',
    fields: { known: f(int32, '0+', { tag: 5 }) },
  })
  test('out of order are accepted, as by Kafka, and written in order', () => {
    both(table, 0, codec => {
      const value = codec.decode(new ByteReader(Buffer.from('03' + '0901aa' + '050400000007' + '0201bb', 'hex')))
      assert.equal(encodeWith(codec, value), '03' + '0201bb' + '050400000007' + '0901aa')
    })
  })
  test('that the table knows at a later version are refused, as by Kafka', () => {
    // BrokerRegistrationChangeRecord got tag 1 (log directories) in v1.
    const hex = '00000000' + '0000000000000001' + '01' + '01' + '01' + '01'
    refuses(brokerRegistrationChangeRecord, 0, hex, '', 15, /tag 1 does not exist at this version/)
  })
  test('that a caller makes up must be in order, and unknown', () => {
    const tag = (number: number) => ({ tag: number, data: new Uint8Array(0) })
    both(table, 0, codec => {
      for (const unknownTaggedFields of [[tag(9), tag(8)], [tag(5)]]) {
        assert.throws(() => encodeWith(codec, { known: 1, unknownTaggedFields }), { name: 'AssertionError' })
      }
    })
  })
})

describe('createMessage', () => {
  test('fills in defaults at any depth', () => {
    const value = createMessage(fetchRequest, { topics: [{ topic: 't', partitions: [{ partition: 3 }] }] })
    assert.equal(value.clusterId, null)
    assert.equal(value.replicaId, -1)
    assert.equal(value.maxBytes, 0x7fffffff)
    assert.equal(value.topics[0]!.partitions[0]!.currentLeaderEpoch, -1)
    assert.equal(value.topics[0]!.topicId, 'AAAAAAAAAAAAAAAAAAAAAA')
    assert.deepEqual(value.forgottenTopicsData, [])
  })
  test('gives each message its own arrays', () => {
    assert.notEqual(createMessage(fetchRequest).topics, createMessage(fetchRequest).topics)
  })
  test('compiled as interpreted', () => {
    const parts = [
      {},
      { topics: [{}, { partitions: [{ partition: 3 }] }] },
      { replicaState: { replicaId: 4 }, clusterId: 'c' },
      { topics: [], unknownTaggedFields: [{ tag: 99, data: new Uint8Array(1) }] },
    ]
    const compiled = compileCompleter(fetchRequest.body)
    for (const part of parts) assert.deepEqual(compiled(part), complete(fetchRequest.body, part))
    const nulls = { topics: null, nonsense: 1 }
    assert.deepEqual(compileCompleter(metadataRequest.body)(nulls), complete(metadataRequest.body, nulls))
  })
})

test('records pass through without a copy, and decode as views', () => {
  const records = new Uint8Array(10_000).fill(1)
  const value = createMessage(produceRequest, {
    acks: -1,
    topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
  })
  const chunks = encodeMessage(produceRequest, 9, value)
  assert.equal(chunks[1], records)
  const bytes = Buffer.concat(chunks)
  const back = decodeMessage(produceRequest, 9, bytes).topicData[0]!.partitionData[0]!.records
  assert.equal(back!.buffer, bytes.buffer)
  assert.deepEqual(back, records)
})

test('readMessage leaves the reader after the message', () => {
  const reader = new ByteReader(Buffer.from('026700000001026d0000' + 'ff', 'hex'))
  assert.equal(readMessage(heartbeatRequest, 4, reader).groupId, 'g')
  assert.equal(reader.remaining, 1)
})

test('where the process forbids code from strings, the tables are interpreted', () => {
  const script = `
    import { createMessage, decodeMessage, encodeMessageBytes } from '${import.meta.resolve('./codecs.ts')}'
    import { heartbeatRequest } from '${import.meta.resolve('../messages/heartbeat-request.ts')}'
    const bytes = encodeMessageBytes(heartbeatRequest, 4, createMessage(heartbeatRequest, { groupId: 'g' }))
    process.stdout.write(decodeMessage(heartbeatRequest, 4, bytes).groupId)
  `
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script]
  assert.equal(execFileSync(process.execPath, flags, { encoding: 'utf8' }), 'g')
})
