/** Tokens that nobody has signed, for development: Kafka's `OAuthBearerUnsecuredValidatorCallbackHandler`. */
import type { Clock } from '@dorsale/base'
import { type TokenClaims, TokenError, type TokenValidator } from './oauthbearer.ts'

/** Options of the login configuration that say which claims are looked at. */
const unsecuredOptions = {
  principal: 'unsecuredValidatorPrincipalClaimName',
  scope: 'unsecuredValidatorScopeClaimName',
  requiredScope: 'unsecuredValidatorRequiredScope',
  skewMs: 'unsecuredValidatorAllowableClockSkewMs',
} as const

export function unsecuredTokens(options: ReadonlyMap<string, string>, clock: Clock): TokenValidator {
  const principalClaim = options.get(unsecuredOptions.principal) ?? 'sub'
  const scopeClaim = options.get(unsecuredOptions.scope) ?? 'scope'
  const required = wordsOf(options.get(unsecuredOptions.requiredScope))
  const skewMs = Number(options.get(unsecuredOptions.skewMs) ?? 0)

  return token => {
    const parts = token.split('.')
    const [header, payload, signature] = parts
    if (parts.length !== 3 || signature !== '') throw new TokenError('it is not unsecured: it has a signature')
    if (jsonOf(header).alg !== 'none') throw new TokenError('it is not unsecured: its algorithm is not none')
    const claims = jsonOf(payload)
    const name = claims[principalClaim]
    if (typeof name !== 'string' || name.trim() === '') throw new TokenError(`it has no ${principalClaim}`)
    const times = timesIn(claims)
    const nowMs = clock.now()
    if (times.issuedMs !== undefined && times.issuedMs > nowMs + skewMs) throw new TokenError('it is not issued yet')
    if (nowMs - skewMs >= times.expiresMs) throw new TokenError('it has expired')
    const scope = claims[scopeClaim]
    const given = Array.isArray(scope) ? scope : wordsOf(typeof scope === 'string' ? scope : undefined)
    if (!required.every(word => given.includes(word)))
      throw new TokenError(`its ${scopeClaim} is not ${required.join(' ')}`)
    return { name, expiresMs: times.expiresMs } satisfies TokenClaims
  }
}

function timesIn(claims: Readonly<Record<string, unknown>>): { issuedMs: number | undefined; expiresMs: number } {
  const { iat, exp } = claims
  if (typeof exp !== 'number' || (iat !== undefined && typeof iat !== 'number')) {
    throw new TokenError('its iat or its exp is no number')
  }
  const expiresMs = Math.round(exp * 1000)
  const issuedMs = iat === undefined ? undefined : Math.round(iat * 1000)
  if (issuedMs !== undefined && expiresMs <= issuedMs) throw new TokenError('it expired before it was issued')
  return { issuedMs, expiresMs }
}

function jsonOf(part = ''): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Whatever it is, it is no token.
  }
  throw new TokenError('it is no JSON in base64')
}

function wordsOf(text = ''): string[] {
  return text.split(' ').filter(word => word !== '')
}
