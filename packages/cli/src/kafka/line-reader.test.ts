import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineReader } from './line-reader.ts'

type Properties = Record<string, string>

test('a line becomes a record, by the properties of the reader', () => {
  const both = { 'parse.key': 'true', 'parse.headers': 'true' }
  const cases: [properties: Properties, line: string, record: object][] = [
    [{}, 'a\tb', { key: null, value: 'a\tb' }],
    [{}, '', { key: null, value: '' }],
    [{ 'parse.key': 'true' }, 'k\tv\tw', { key: 'k', value: 'v\tw' }],
    [{ 'parse.key': ' TRUE ', 'key.separator': '::' }, 'k::v', { key: 'k', value: 'v' }],
    [
      both,
      'h1:a,h2:b\tk\tv',
      {
        headers: [
          { key: 'h1', value: 'a' },
          { key: 'h2', value: 'b' },
        ],
        key: 'k',
        value: 'v',
      },
    ],
    [{ 'parse.headers': 'true' }, 'h:\tv', { headers: [{ key: 'h', value: '' }], key: null, value: 'v' }],
    [
      { ...both, 'null.marker': 'NULL' },
      'h:NULL\tNULL\tNULL',
      { headers: [{ key: 'h', value: null }], key: null, value: null },
    ],
    [{ ...both, 'null.marker': 'NULL' }, 'NULL\tk\tv', { key: 'k', value: 'v' }],
    [{ 'parse.key': 'true', 'ignore.error': 'true' }, 'no key', { key: null, value: 'no key' }],
    [
      { 'parse.headers': 'true', 'ignore.error': 'true' },
      'flag\tv',
      { headers: [{ key: 'flag', value: null }], key: null, value: 'v' },
    ],
  ]
  for (const [properties, line, record] of cases)
    assert.deepEqual(lineReader('t', properties)(line, 1), { topic: 't', ...record }, line)
})

test('lines and properties that do not fit are refused in the words of the tool', () => {
  const lines: [properties: Properties, line: string, message: RegExp][] = [
    [{ 'parse.key': 'true' }, 'nokey', /^No key separator found on line number 7: 'nokey'$/],
    [{ 'parse.headers': 'true' }, 'x', /^No headers delimiter found on line number 7: 'x'$/],
    [{ 'parse.headers': 'true' }, 'a\tv', /^No header key separator found in pair 'a' on line number 7$/],
    [{ 'parse.headers': 'true' }, '\tv', /^No header key separator found in pair '' on line number 7$/],
    [
      { 'parse.headers': 'true', 'null.marker': 'N' },
      'N:1\tv',
      /Header keys should not be equal to the null marker 'N'/,
    ],
  ]
  for (const [properties, line, message] of lines)
    assert.throws(() => lineReader('t', properties)(line, 7), { message }, line)
  assert.throws(
    () => lineReader('t', { 'headers.separator': ':' }),
    /headers.separator and headers.key.separator may not be equal/,
  )
  assert.throws(() => lineReader('t', { 'null.marker': '\t' }), /null.marker and key.separator may not be equal/)
})
