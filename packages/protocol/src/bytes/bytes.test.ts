import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter, uvarintSize } from './byte-writer.ts'
import { DecodeError } from './decode-error.ts'

type Method<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T]

/** Writes the value, compares the bytes, reads them back, and reads every cut of them. */
function check(
  writer: Method<ByteWriter>,
  reader: Method<ByteReader>,
  value: unknown,
  hex: string,
  args: unknown[] = [],
) {
  const out = new ByteWriter(1)
  ;(out[writer] as (value: unknown) => void).call(out, value)
  assert.equal(Buffer.from(out.finishBytes()).toString('hex'), hex, `${writer}(${String(value)})`)
  const bytes = Buffer.from(hex, 'hex')
  const read = (input: Uint8Array) => {
    const from = new ByteReader(input)
    const result = (from[reader] as (...args: unknown[]) => unknown).apply(from, args)
    assert.equal(from.remaining, 0)
    return result
  }
  const back = read(bytes)
  assert.deepEqual(back instanceof Uint8Array ? [...back] : back, value instanceof Uint8Array ? [...value] : value)
  for (let cut = 0; cut < bytes.length; cut++) {
    assert.throws(() => read(bytes.subarray(0, cut)), DecodeError, `${reader} of ${cut} bytes of ${hex}`)
  }
}

function refuses(reader: Method<ByteReader>, hex: string, reason: RegExp, args: unknown[] = []) {
  const from = new ByteReader(Buffer.from(hex, 'hex'))
  assert.throws(
    () => (from[reader] as (...args: unknown[]) => unknown).apply(from, args),
    (error: unknown) => error instanceof DecodeError && reason.test(error.reason) && error.offset !== undefined,
  )
}

describe('fixed-width numbers', () => {
  test('at zero and at both ends', () => {
    check('bool', 'bool', true, '01')
    check('int8', 'int8', -128, '80')
    check('int8', 'int8', 127, '7f')
    check('int16', 'int16', -32768, '8000')
    check('uint16', 'uint16', 65535, 'ffff')
    check('int32', 'int32', -2147483648, '80000000')
    check('int32', 'int32', 2147483647, '7fffffff')
    check('uint32', 'uint32', 4294967295, 'ffffffff')
    check('float64', 'float64', -0.5, 'bfe0000000000000')
    check('exactInt64', 'exactInt64', -1n, 'ffffffffffffffff')
    check('exactInt64', 'exactInt64', 2n ** 63n - 1n, '7fffffffffffffff')
  })
  test('an int64 beyond the safe range is an infinity, and an infinity is the end of the range', () => {
    check('int64', 'int64', 0, '0000000000000000')
    check('int64', 'int64', -1, 'ffffffffffffffff')
    check('int64', 'int64', Number.MAX_SAFE_INTEGER, '001fffffffffffff')
    check('int64', 'int64', Number.MIN_SAFE_INTEGER, 'ffe0000000000001')
    check('int64', 'int64', Number.POSITIVE_INFINITY, '7fffffffffffffff')
    check('int64', 'int64', Number.NEGATIVE_INFINITY, '8000000000000000')
    for (const [hex, value] of [
      ['0020000000000000', Number.POSITIVE_INFINITY],
      ['ffe0000000000000', Number.NEGATIVE_INFINITY],
      ['ffdfffffffffffff', Number.NEGATIVE_INFINITY],
    ] as const) {
      assert.equal(new ByteReader(Buffer.from(hex, 'hex')).int64(), value)
    }
  })
  test('a value that does not fit is a bug of the caller', () => {
    for (const [method, value] of [
      ['int8', 128],
      ['int16', -32769],
      ['uint16', -1],
      ['int32', 2 ** 31],
      ['int32', undefined],
      ['int32', 0.5],
      ['uint32', -1],
      ['int64', Number.NaN],
      ['int64', 2 ** 53],
      ['exactInt64', 2n ** 63n],
    ] as const) {
      const out = new ByteWriter()
      assert.throws(() => (out[method] as (value: unknown) => void)(value), { name: 'AssertionError' })
    }
  })
})

describe('varints', () => {
  test('take as many bytes as Kafka gives them', () => {
    check('uvarint', 'uvarint', 0, '00')
    check('uvarint', 'uvarint', 127, '7f')
    check('uvarint', 'uvarint', 128, '8001')
    check('uvarint', 'uvarint', 16384, '808001')
    check('uvarint', 'uvarint', 4294967295, 'ffffffff0f')
    check('varint', 'varint', -1, '01')
    check('varint', 'varint', 300, 'd804')
    check('varint', 'varint', 2147483647, 'feffffff0f')
    check('varint', 'varint', -2147483648, 'ffffffff0f')
    check('varlong', 'varlong', -1, '01')
    check('varlong', 'varlong', 2 ** 31, '8080808010')
    check('varlong', 'varlong', Number.MAX_SAFE_INTEGER, 'feffffffffffff1f')
    check('varlong', 'varlong', Number.MIN_SAFE_INTEGER, 'fdffffffffffff1f')
    check('varlong', 'varlong', Number.POSITIVE_INFINITY, 'feffffffffffffffff01')
    check('varlong', 'varlong', Number.NEGATIVE_INFINITY, 'ffffffffffffffffff01')
    check('exactVarlong', 'exactVarlong', 2n ** 63n - 1n, 'feffffffffffffffff01')
    check('exactVarlong', 'exactVarlong', -(2n ** 63n), 'ffffffffffffffffff01')
    assert.deepEqual([0, 127, 128, 2 ** 14, 2 ** 21, 2 ** 28].map(uvarintSize), [1, 1, 2, 3, 4, 5])
  })
  test('a varint that does not end is refused', () => {
    refuses('uvarint', 'ffffffff10', /longer than 32 bits/)
    refuses('uvarint', 'ffffffffff01', /longer than 32 bits/)
    refuses('varlong', 'ffffffffffffffffff02', /longer than 64 bits/)
    refuses('exactVarlong', 'ffffffffffffffffff02', /longer than 64 bits/)
  })
})

describe('text and bytes', () => {
  test('in the classic and the compact form, null included', () => {
    check('string', 'string', '', '0000')
    check('string', 'string', 'topic', '0005746f706963')
    check('nullableString', 'nullableString', null, 'ffff')
    check('compactString', 'compactString', '', '01')
    check('compactString', 'compactString', 'topic', '06746f706963')
    check('compactString', 'compactString', 'né€𐍈', '0b6ec3a9e282acf0908d88')
    check('compactNullableString', 'compactNullableString', null, '00')
    check('compactString', 'compactString', 'x'.repeat(200), `c901${'78'.repeat(200)}`)
    check('string', 'string', 'é'.repeat(40), `0050${'c3a9'.repeat(40)}`)
    check('bytes', 'bytes', Uint8Array.of(1, 2), '000000020102')
    check('nullableBytes', 'nullableBytes', null, 'ffffffff')
    check('compactBytes', 'compactBytes', Uint8Array.of(1, 2), '030102')
    check('compactNullableBytes', 'compactNullableBytes', null, '00')
    check('uuid', 'uuid', 'AAAAAAAAAAAAAAAAAAAAAQ', '00000000000000000000000000000001')
  })
  test('lengths are checked before anything is taken', () => {
    refuses('string', 'ffff', /null for a string/)
    refuses('compactString', '00', /null for a string/)
    refuses('bytes', '7fffffff', /2147483647 bytes needed, 0 left/)
    refuses('compactBytes', 'ffffffff0f', /4294967294 bytes needed/)
    refuses('compactString', 'ffffffff0f', /string of 4294967294 bytes/)
    refuses('count', '7fffffff', /2147483647 elements/, [1])
    refuses('count', 'ffffffff', /null for an array/, [1])
    refuses('compactCount', 'ffffffff0f', /4294967294 elements/, [1])
    refuses('compactCount', '0300', /2 elements of at least 1 bytes claimed, 1 bytes left/, [1])
  })
  test('a string longer than Kafka allows is a bug of the caller', () => {
    assert.throws(() => new ByteWriter().compactString('x'.repeat(0x8000)), { name: 'AssertionError' })
    assert.throws(() => new ByteWriter().uuid('short'), { name: 'AssertionError' })
  })
})

describe('a writer', () => {
  test('hands large records through without a copy', () => {
    const records = new Uint8Array(5000).fill(7)
    const out = new ByteWriter(4)
    out.int32(1)
    out.compactNullableRecords(records)
    out.string('after')
    const chunks = out.finish()
    assert.equal(chunks[1], records)
    assert.equal(Buffer.concat(chunks).toString('hex'), `00000001${'8927'}${'07'.repeat(5000)}${'00056166746572'}`)
    assert.equal(out.size, 4 + 2 + 5000 + 7)
  })
  test('moves a sized part when its size takes more than a byte', () => {
    for (const size of [0, 1, 127, 128, 16383, 16384, 70000]) {
      const out = new ByteWriter(1)
      out.int8(9)
      const start = out.beginSized()
      out.raw(new Uint8Array(size).fill(5))
      out.endSized(start)
      out.int8(9)
      const from = new ByteReader(out.finishBytes())
      assert.equal(from.int8(), 9)
      assert.equal(from.uvarint(), size)
      assert.ok(from.view(size).every(byte => byte === 5))
      assert.equal(from.int8(), 9)
      assert.equal(from.remaining, 0)
    }
  })
})
