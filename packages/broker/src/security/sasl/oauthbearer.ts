/**
 * OAUTHBEARER (RFC 7628), the broker's side:
 *
 *     client   n,[a=<name>],^Aauth=Bearer <token>^A[<extension>=<value>^A...]^A
 *     broker   nothing, or {"status":"invalid_token"}, to which the client says ^A to hear of its end
 */
import { invalidCredentials, SaslFailure, type SaslServerExchange, type SaslStep } from './exchange.ts'

/** What a token says. */
export interface TokenClaims {
  /** Of the principal. */
  readonly name: string
  /** On the wall clock. */
  readonly expiresMs: number
}

/** What is wrong with a token. Its words are the broker's own business; the client hears Kafka's `invalid_token`. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
}

/** Answers what a token says; throws or rejects with a `TokenError`. */
export type TokenValidator = (token: string) => TokenClaims | Promise<TokenClaims>

const separator = '\x01'
const invalidToken = '{"status":"invalid_token"}'
const clientFirst =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the mechanism separates with them
  /^n,(?:a=(?<identity>(?:[^=,\0]|=2C|=3D)+))?,\x01(?<pairs>(?:[A-Za-z]+=[\x21-\x7e \t\r\n]+\x01)*)\x01$/
const authorization = /^bearer[ ]+(?<token>[-_.A-Za-z0-9]+)$/i

/** `onRefused` hears what was wrong with a token. */
export function oauthBearerServer(
  validate: TokenValidator,
  onRefused: (error: TokenError) => void,
): SaslServerExchange {
  const mechanism = 'OAUTHBEARER'
  let isRefused = false

  const refuse = (error: unknown): SaslStep => {
    if (!(error instanceof TokenError)) throw error
    onRefused(error)
    isRefused = true
    return { reply: Buffer.from(invalidToken) }
  }
  const accept = ({ name, expiresMs }: TokenClaims, identity: string): SaslStep => {
    if (identity !== '' && identity !== name) {
      throw new SaslFailure(
        `Authentication failed: Client requested an authorization id (${identity}) that is different from the token's principal name (${name})`,
      )
    }
    return { reply: new Uint8Array(), proved: { name, expiresMs } }
  }

  return {
    next(said) {
      const text = Buffer.from(said).toString()
      if (isRefused) throw text === separator ? new SaslFailure(invalidToken) : invalidCredentials(mechanism)
      const groups = clientFirst.exec(text)?.groups
      const [first, ...extensions] = (groups?.pairs ?? '').split(separator).slice(0, -1)
      const token = first?.startsWith('auth=') ? authorization.exec(first.slice(5))?.groups?.token : undefined
      if (token === undefined || extensions.some(pair => pair.startsWith('auth='))) throw invalidCredentials(mechanism)
      const identity = (groups?.identity ?? '').replaceAll('=2C', ',').replaceAll('=3D', '=')
      try {
        const claims = validate(token)
        if (!(claims instanceof Promise)) return accept(claims, identity)
        return claims.then(found => accept(found, identity), refuse)
      } catch (error) {
        return refuse(error)
      }
    },
  }
}
