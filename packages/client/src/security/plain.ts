/** PLAIN (RFC 4616): name and password as they are, so to be used under TLS. */
import { AuthenticationError } from './authentication-error.ts'
import type { SaslExchange } from './sasl-exchange.ts'

export function plainExchange({ username, password }: { username: string; password: string }): SaslExchange {
  return {
    // The identity to act for is left to the broker.
    first: () => Buffer.from(`\0${username}\0${password}`),
    next(challenge) {
      if (challenge.length > 0) throw new AuthenticationError('PLAIN: the broker goes on where nothing is left to say')
      return undefined
    },
  }
}
