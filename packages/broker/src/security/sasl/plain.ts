/**
 * PLAIN (RFC 4616): `[authorization id] NUL name NUL password`, in one message. Names and passwords are those of the login configuration: `user_alice="secret"`. The sentences are Kafka's.
 */
import { digest, equalSecrets } from '@dorsale/base'
import { otherIdentity, SaslFailure, type SaslServerExchange } from './exchange.ts'

/** `passwords`: by name. */
export function plainServer(passwords: ReadonlyMap<string, string>): SaslServerExchange {
  return {
    next(said) {
      const parts = Buffer.from(said).toString().split('\0')
      if (parts.length !== 3) {
        throw new SaslFailure(`Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}`)
      }
      const [identity, name, password] = parts as [string, string, string]
      if (name === '') throw new SaslFailure('Authentication failed: username not specified')
      if (password === '') throw new SaslFailure('Authentication failed: password not specified')
      const expected = passwords.get(name)
      // Compared for strangers as well, and by digests: how long it takes tells neither who is known nor how long a password is.
      const isRight = equalSecrets(digestOf(password), digestOf(expected ?? ''))
      if (!isRight || expected === undefined) {
        throw new SaslFailure('Authentication failed: Invalid username or password')
      }
      if (identity !== '' && identity !== name) throw otherIdentity()
      return { reply: new Uint8Array(), proved: { name } }
    },
  }
}

function digestOf(text: string): Uint8Array {
  return digest('sha256', Buffer.from(text))
}
