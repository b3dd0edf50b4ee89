import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededPrng } from '@dorsale/base'
import { parseScramCredential } from './scram-credential.ts'

const parse = (text: string) => parseScramCredential(text, seededPrng(1))

test('the first credentials of a user are what his log-in will be held against', async () => {
  // The example of RFC 7677: user, password pencil, and the proof that the server expects of it.
  const salt = 'W22ZaJ0SNY7soEsUEjb6gQ=='
  const { value } = (await parse(`SCRAM-SHA-256=[name=user,salt="${salt}",iterations=4096,password=pencil]`)) as {
    value: { name: string; mechanism: number; storedKey: Uint8Array; serverKey: Uint8Array }
  }
  assert.deepEqual([value.name, value.mechanism], ['user', 1])
  assert.equal(Buffer.from(value.storedKey).toString('base64'), 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=')
  assert.equal(Buffer.from(value.serverKey).toString('base64'), 'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=')
  await parse('SCRAM-SHA-512=[name="a,b",password="x=y]"]')
  await parse(`SCRAM-SHA-512=[name=a,salt="${salt}",saltedpassword="AAAA",iterations=8192]`)
})

test('what is wrong with them is said, and nothing that is secret', async () => {
  for (const [text, sentence] of [
    ['SCRAM-SHA-1=[name=a,password=secret]', /write it as SCRAM-SHA-256=/],
    ['SCRAM-SHA-256=name=a', /write it as/],
    ['SCRAM-SHA-256=[name]', /write it as/],
    ['SCRAM-SHA-256=[password=secret]', /'name' must be there/],
    ['SCRAM-SHA-256=[name=a]', /one of 'password' and 'saltedpassword'/],
    ['SCRAM-SHA-256=[name=a,password=secret,saltedpassword=secret]', /and not both/],
    ['SCRAM-SHA-256=[name=a,saltedpassword=secret]', /needs its 'salt'/],
    ['SCRAM-SHA-256=[name=a,password=secret,iterations=1]', /from 4096 to 16384/],
    ['SCRAM-SHA-256=[name=a,pasword=secret]', /'pasword' is none of/],
  ] as const) {
    await assert.rejects(parse(text), (error: Error) => {
      assert.match(error.message, sentence)
      assert.doesNotMatch(error.message.replace(/write it as.*/, ''), /secret/)
      return true
    })
  }
})
