import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { scramExchange } from './scram.ts'

const prng = seededPrng(1)
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
const credentials = { mechanism: 'SCRAM-SHA-256', username: 'user', password: 'pencil', isToken: false } as const
const nonce = 'rOprNGfwEbeRWgbNEkqO'
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'

test('the exchange of RFC 7677', () => {
  const exchange = scramExchange(credentials, { prng, nonce })
  assert.equal(text(exchange.first()), 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  assert.equal(
    text(exchange.next(Buffer.from(serverFirst))),
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  )
  const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='
  assert.equal(exchange.next(Buffer.from(serverFinal)), undefined)
})

test('a broker that cannot prove itself, or asks for what it may not, is refused', () => {
  for (const [first, final, sentence] of [
    [serverFirst, 'v=AAAA', /cannot prove that it knows the password/],
    [serverFirst, '', /cannot prove that it knows the password/],
    [serverFirst, 'e=invalid-proof', /does not believe the proof: invalid-proof/],
    ['r=another,s=AAAA,i=4096', '', /does not answer the question/],
    [`r=${nonce},s=AAAA,i=4096`, '', /does not answer the question/],
    [`r=${nonce}x,s=AAAA,i=1000`, '', /wants 1000 iterations/],
    [`r=${nonce}x,s=AAAA,i=2000000000`, '', /wants 2000000000 iterations/],
    [`m=ext,r=${nonce}x,s=AAAA,i=4096`, '', /an extension that this client does not know/],
    ['', '', /does not answer the question/],
  ] as const) {
    assert.throws(
      () => {
        const exchange = scramExchange(credentials, { prng, nonce })
        exchange.first()
        exchange.next(Buffer.from(first))
        exchange.next(Buffer.from(final))
      },
      { code: 'DORSALE_AUTHENTICATION', message: sentence },
    )
  }
})

test('names are escaped, tokens say what they are, and nonces differ', () => {
  const of = () => text(scramExchange({ ...credentials, username: 'a=b,c', isToken: true }, { prng }).first())
  const [one, other] = [of(), of()]
  assert.match(one, /^n,,n=a=3Db=2Cc,r=[A-Za-z0-9_-]{32},tokenauth=true$/)
  assert.notEqual(one, other)
})
