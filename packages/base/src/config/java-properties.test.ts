import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PropertiesError, parseJavaProperties } from './java-properties.ts'

/** What `java.util.Properties.load` makes of each file, which was made of the format's own characters; recaptured by tools/config/capture.ts. */
interface Vector {
  readonly file: string
  readonly properties?: Readonly<Record<string, string>>
  readonly malformed?: true
}

const vectors: Vector[] = JSON.parse(readFileSync(new URL('vectors/java-properties.json', import.meta.url), 'utf8'))

test('every file is read as Java reads it', () => {
  for (const { file, properties, malformed } of vectors) {
    const read = () => Object.fromEntries([...parseJavaProperties(Buffer.from(file, 'latin1'))].sort())
    if (malformed) assert.throws(read, PropertiesError, JSON.stringify(file))
    else assert.deepEqual(read(), properties, JSON.stringify(file))
  }
})

test('an error names the line where the entry begins', () => {
  assert.throws(() => parseJavaProperties('a=1\n\n# note\nb = \\\n \\u00zz\n'), {
    code: 'DORSALE_PROPERTIES',
    line: 4,
    message: 'line 4: malformed \\uxxxx encoding',
  })
})

test('bytes are Latin-1, as Java takes them', () => {
  assert.equal(parseJavaProperties(Buffer.from('k=é', 'utf8')).get('k'), 'Ã©')
  assert.equal(parseJavaProperties('k=é').get('k'), 'é')
})

test('a repeated key keeps its place and takes the last value', () => {
  assert.deepEqual(
    [...parseJavaProperties('a=1\nb=2\na=3')],
    [
      ['a', '3'],
      ['b', '2'],
    ],
  )
})
