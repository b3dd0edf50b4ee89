import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { captureConfig, vectorFiles } from './capture.ts'

const jars = process.env.DORSALE_KAFKA_JARS

test('the vectors say what the jars say', {
  skip: jars === undefined && 'DORSALE_KAFKA_JARS names no directory of Kafka’s server jars',
}, () => {
  for (const [name, captured] of Object.entries(captureConfig(jars as string))) {
    const path = vectorFiles[name as keyof typeof vectorFiles]
    const committed = JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
    assert.deepEqual(committed, captured, `${path}: run tools/config/capture.ts and read the difference`)
  }
})
