/**
 * Damaged properties files: a configuration, or problems in sentences; never anything else thrown. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the
 * search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { damageBytes } from '@dorsale/base/testing'
import { loadBrokerConfig } from './broker-config.ts'
import { brokerTable } from './tables/index.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 200
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
const keys = Object.keys(brokerTable.rows)
const values = [
  '',
  '-1',
  '0',
  '9223372036854775808',
  '1e9',
  'true',
  'null',
  'a,b,,c',
  'PLAINTEXT://:9092',
  '//:',
  'CONTROLLER',
  '\\u0',
  '😀',
  'x'.repeat(300),
]

function sample(prng: Prng): string {
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    'controller.listener.names=CONTROLLER',
    'log.dirs=/data',
  ]
  lines.push('listeners=PLAINTEXT://:9092,CONTROLLER://:9093', 'controller.quorum.bootstrap.servers=localhost:9093')
  for (let line = randomBelow(prng, 8); line > 0; line--) {
    const key = keys[randomBelow(prng, keys.length)]
    lines.push(`${key}${[' ', '=', ':'][randomBelow(prng, 3)]}${values[randomBelow(prng, values.length)]}`)
  }
  return lines.join(['\n', '\r\n', '\\\n'][randomBelow(prng, 3)])
}

test('a damaged properties file is a configuration, or problems in sentences', () => {
  for (let round = 0; round < rounds; round++) {
    const prng = seededPrng(seed, `properties ${round}`)
    const text = Buffer.from(sample(prng))
    const file = randomBelow(prng, 2) === 0 ? text : damageBytes(text, prng)
    const loaded = loadBrokerConfig({ file, dataDirectory: '/data' })
    if ('config' in loaded) continue
    assert.ok(loaded.problems.length > 0)
    for (const { message } of loaded.problems) assert.match(message, /\S/, `seed ${seed}, round ${round}`)
  }
})
