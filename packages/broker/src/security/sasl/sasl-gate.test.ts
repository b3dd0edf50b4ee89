/** What Apache Kafka 4.4.0 said at listeners that ask for SASL, byte for byte, to clients that do right and wrong. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { saslWorld } from '../../testing/sasl-world.ts'

type Played =
  | { readonly waitMs: number }
  /** `received` null: the connection ended. */
  | { readonly sent: string; readonly received: string | null; readonly isOpaque?: true }

interface Exchange {
  readonly name: string
  readonly listener: 'SASL' | 'SHORT' | 'PLAINTEXT'
  readonly nowMs: number
  readonly played: readonly Played[]
}

const vectors = new URL('../vectors/sasl-exchanges.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: readonly Exchange[] }
const sessionMs = 1500
const clientNonce = 'golden-nonce'

/** Cases that end otherwise here, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'SCRAM, unknown user': 'is asked for a proof as everybody, so that nobody learns who is known',
  'SCRAM, a token that is not there': 'is a stranger like any other',
  'SCRAM, own nonce twice':
    'is let in: librdkafka before 2.6, which Debian has, says it so, and the proof covers all of it',
  'OAUTHBEARER, another scheme': 'is told that the log-in failed, where Kafka says nothing',
}

/** The broker's part of the nonce that Kafka drew. */
function drawnNonce({ played }: Exchange): string {
  for (const step of played) {
    const text =
      'received' in step && step.received !== null ? Buffer.from(step.received, 'hex').toString('latin1') : ''
    const found = new RegExp(`r=${clientNonce}([0-9a-z]+),`).exec(text)
    if (found !== null) return found[1] as string
  }
  return 'none'
}

/** A token's lifetime depends on the moment, to some milliseconds: the last 9 bytes of an answer of version 2. */
function withoutLifetime(frame: string): string {
  return frame.length > 18 ? `${frame.slice(0, -18)}...` : frame
}

async function replay(each: Exchange): Promise<void> {
  const { clock, net } = await saslWorld({
    nowMs: each.nowMs,
    nonce: drawnNonce(each),
    asks: each.listener !== 'PLAINTEXT',
    sessionMs: each.listener === 'SHORT' ? sessionMs : 0,
  })
  const client = net.client()
  let heard = 0
  const answer = (): string | null | undefined => {
    const { received } = client
    if (received.length > heard) {
      const end = heard + 4 + received.readInt32BE(heard)
      const frame = received.subarray(heard + 4, end)
      heard = end
      return frame.toString('hex')
    }
    return client.closed ? null : undefined
  }
  for (const step of each.played) {
    if ('waitMs' in step) {
      clock.advance(step.waitMs)
      continue
    }
    if (!client.closed && step.sent !== '') client.send(Buffer.from(step.sent, 'hex'))
    clock.turn()
    let found = answer()
    if (found === undefined) {
      clock.advance(100)
      found = answer()
    }
    const isToken = each.name.includes('OAUTHBEARER') || Buffer.from(step.sent, 'hex').includes('Bearer')
    const same = (frame: string | null | undefined) => {
      if (typeof frame !== 'string') return frame
      if (step.isOpaque) return frame.slice(0, 12)
      return isToken ? withoutLifetime(frame) : frame
    }
    assert.equal(same(found), same(step.received))
  }
}

describe('a listener that asks for SASL answers as Kafka does:', () => {
  for (const each of cases) {
    if (each.name in exceptions) continue
    test(`${each.name} (${each.listener})`, () => replay(each))
  }

  test('but where there is a reason', async () => {
    for (const name of Object.keys(exceptions)) {
      const each = cases.find(candidate => candidate.name === name)
      assert.ok(each !== undefined)
      await assert.rejects(replay(each), name)
    }
  })
})
