import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pbkdf2 } from '@dorsale/base'
import { alterUserScramCredentialsRequest, createMessage } from '@dorsale/protocol'
import { TestController } from '../testing/test-controller.ts'

/** The user, password, salt and iterations of RFC 7677's example; the keys are those that other servers store for it. */
test('what is stored of a password are the keys of RFC 5802', () => {
  const controller = new TestController()
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  const iterations = 4096
  const saltedPassword = pbkdf2('sha256', Buffer.from('pencil'), { salt, iterations })
  controller.run(each =>
    each.alterScramCredentials(
      createMessage(alterUserScramCredentialsRequest, {
        upsertions: [{ name: 'user', mechanism: 1, iterations, salt, saltedPassword }],
      }),
    ),
  )
  const [credential] = controller.metadata.scramCredentials
  assert.equal(Buffer.from(credential!.storedKey).toString('base64'), 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=')
  assert.equal(Buffer.from(credential!.serverKey).toString('base64'), 'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=')
  assert.deepEqual(Buffer.from(credential!.salt), salt)
})
