/** OAUTHBEARER (RFC 7628): a token that somebody else has made speaks for the client. */
import { AuthenticationError } from './authentication-error.ts'
import type { SaslExchange } from './sasl-exchange.ts'

/** A token for OAUTHBEARER, and what goes with it. */
export interface OAuthToken {
  /** As it came: a JWT, mostly. It may stand for the client with whoever has it. */
  readonly value: string
  /** What the broker is told besides, by name (KIP-342). */
  readonly extensions?: Readonly<Record<string, string>>
}

/** Answers a token that is valid at the moment. Asked for each connection, and each time that it shows anew who it is. */
export type OAuthTokenProvider = () => Promise<OAuthToken>

const separator = '\x01'

export function oauthBearerExchange({ value, extensions = {} }: OAuthToken): SaslExchange {
  /** What the broker has against the token, in its own JSON. */
  let refusal: string | undefined
  return {
    first() {
      const pairs = [['auth', `Bearer ${value}`], ...Object.entries(extensions)]
      const fields = pairs.map(([name, text]) => `${name}=${text}${separator}`).join('')
      return Buffer.from(`n,,${separator}${fields}${separator}`)
    },
    next(challenge) {
      if (challenge.length === 0 && refusal === undefined) return undefined
      if (refusal !== undefined) throw new AuthenticationError(`OAUTHBEARER: the broker refuses the token: ${refusal}`)
      refusal = Buffer.from(challenge).toString()
      // The client says that it has heard; then the broker ends the exchange with an error of its own.
      return Buffer.from(separator)
    },
  }
}
