import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { subjectOf } from './distinguished-name.ts'

interface Subject {
  readonly name: string
  readonly certificate: string
}

const vectors = new URL('../vectors/subjects.json', import.meta.url)
const { subjects } = JSON.parse(readFileSync(vectors, 'utf8')) as { subjects: readonly Subject[] }

describe('the subject of a certificate is written as Java writes it', () => {
  for (const { name, certificate } of subjects) {
    test(name, () => assert.equal(subjectOf(Buffer.from(certificate, 'base64')), name))
  }

  test('what is cut anywhere is refused or read, and nothing else happens', () => {
    const whole = Buffer.from(subjects[0]!.certificate, 'base64')
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => subjectOf(whole.subarray(0, length)))
    }
  })
})
