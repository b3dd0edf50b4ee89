/**
 * Frames of a log-in in any order, whole, damaged and cut: nothing throws, nothing stays, and nobody is served as somebody without that one's password. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED`
 * make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { saslWorld } from '../../testing/sasl-world.ts'

interface Exchange {
  readonly played: readonly ({ readonly waitMs: number } | { readonly sent: string })[]
}

const vectors = new URL('../vectors/sasl-exchanges.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: readonly Exchange[] }
const conversations = cases.map(({ played }) =>
  played.flatMap(step => ('sent' in step && step.sent !== '' ? [Buffer.from(step.sent, 'hex')] : [])),
)
/** What lets somebody in: alice's password is in none of the others, and tokens of the vectors are long worth nothing. */
const secret = Buffer.from('wonder land')
const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 400
const firstSeed = Number(process.env.DORSALE_FUZZ_SEED ?? 0)
const framesPerRun = 12

function damaged(prng: Prng, frame: Buffer): Buffer {
  const bytes = Buffer.from(frame)
  // The size stays, or nothing behind it would be looked at.
  for (let times = randomBelow(prng, 3); times > 0 && bytes.length > 4; times--) {
    bytes[4 + randomBelow(prng, bytes.length - 4)] = randomBelow(prng, 256)
  }
  return bytes
}

describe('a log-in that makes no sense', () => {
  for (const knowsPassword of [false, true]) {
    test(`ends, and lets ${knowsPassword ? 'alice alone' : 'nobody'} in`, async () => {
      let servedCount = 0
      for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
        const prng = seededPrng(seed)
        const usable = conversations.filter(each => knowsPassword || !each.some(frame => frame.includes(secret)))
        const frames = usable.flat()
        // The beginning of something that makes sense, with strange words in between.
        const begun = usable[randomBelow(prng, usable.length)]!.values()
        const { clock, net, served, complaints, server } = await saslWorld({ nowMs: 4e12, sessionMs: 1000 })
        const client = net.client()
        for (let index = 0; index < framesPerRun && !client.closed; index++) {
          const next = randomBelow(prng, 4) === 0 ? undefined : begun.next().value
          const frame = next ?? frames[randomBelow(prng, frames.length)]!
          const bytes = randomBelow(prng, 6) === 0 ? damaged(prng, frame) : frame
          const cut = randomBelow(prng, bytes.length + 1)
          client.send(bytes.subarray(0, cut))
          if (!client.closed) client.send(bytes.subarray(cut))
          clock.turn()
          if (randomBelow(prng, 3) === 0) clock.advance(randomBelow(prng, 2000))
        }
        clock.advance(100)
        servedCount += served.length
        for (const name of served) assert.ok(knowsPassword && name === 'User:alice', `seed ${seed} served ${name}`)
        assert.deepEqual(
          complaints.filter(line => /bug|threw/.test(line)),
          [],
          `seed ${seed}`,
        )
        if (!client.closed) client.close()
        assert.deepEqual([server.connectionCount, server.heldBytes], [0, 0], `seed ${seed}`)
      }
      assert.equal(servedCount > 0, knowsPassword, 'the search comes in where it can')
    })
  }
})
