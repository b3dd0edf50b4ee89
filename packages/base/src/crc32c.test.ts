import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c, crc32cByTables } from './crc32c.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const pattern = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) >>> 3)

/** RFC 3720, B.4, and the usual check value. */
for (const [name, bytes, expected] of [
  ['nothing', new Uint8Array(0), 0],
  ['123456789', ascii('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 times ff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
] as const) {
  test(`crc32c of ${name}`, () => assert.equal(crc32c(bytes), expected))
}

test('the tables and whatever is faster agree at every length and start', () => {
  for (let length = 0; length < 1100; length += 1 + (length >> 5)) {
    for (const start of [0, 1, 7]) {
      assert.equal(
        crc32c(pattern, start, start + length),
        crc32cByTables(pattern, start, start + length, 0),
        `${length} bytes at ${start}`,
      )
    }
  }
})

test('a checksum over chunks is that of the whole', () => {
  const whole = crc32c(pattern)
  for (const cut of [0, 1, 15, 16, 100, 255, 256, 1500, 2999, 3000]) {
    assert.equal(crc32c(pattern, cut, pattern.length, crc32c(pattern, 0, cut)), whole, `cut at ${cut}`)
  }
})
