import { type Clock, type Logger, type Prng, randomUnit } from '@dorsale/base'
import type { SecurityConfig } from '../config/security-rows.ts'
import type { OAuthToken, OAuthTokenProvider } from './oauthbearer.ts'

export interface IssuedToken extends OAuthToken {
  /** Undefined: not known. */
  readonly lifetimeMs: number | undefined
}

interface HeldToken {
  readonly token: OAuthToken
  /** On the monotonic clock: from when another is asked for, and from when it is worth nothing. */
  readonly refreshMs: number
  readonly endMs: number
}

/** As Kafka's clients: after a refresh that failed. */
const retryMs = 10_000

/**
 * Keeps a token, so that a hundred connections do not ask a hundred times. From the moment on that Kafka's clients refresh at (`sasl.login.refresh.*`), the first connection that needs a token has
 * another asked for, and goes on with the one at hand, as do those after it: who issues tokens may be away for as long as that one lives. A token whose lifetime is not known is not kept.
 */
export function refreshedToken(
  issue: () => Promise<IssuedToken>,
  config: SecurityConfig,
  world: { readonly clock: Clock; readonly prng: Prng; readonly logger?: Logger },
): OAuthTokenProvider {
  const { clock, prng, logger } = world
  let held: HeldToken | undefined
  let asked: Promise<OAuthToken> | undefined
  let notBeforeMs = Number.NEGATIVE_INFINITY
  const ask = (): Promise<OAuthToken> => {
    const beganMs = clock.monotonic()
    asked ??= issue()
      .then(token => {
        const { lifetimeMs = 0 } = token
        held = { token, refreshMs: beganMs + refreshAfterMs(lifetimeMs, config, prng), endMs: beganMs + lifetimeMs }
        return token
      })
      .finally(() => {
        asked = undefined
      })
    return asked
  }
  return async () => {
    const nowMs = clock.monotonic()
    if (held === undefined || nowMs >= held.endMs) return ask()
    if (nowMs >= held.refreshMs && nowMs >= notBeforeMs) {
      notBeforeMs = nowMs + retryMs
      ask().catch(error => logger?.warn('a token could not be refreshed, and the one at hand is used on', { error }))
    }
    return held.token
  }
}

/** When Kafka's clients refresh: after a part of the lifetime, but neither too soon nor too late, where there is room for both. */
function refreshAfterMs(lifetimeMs: number, config: SecurityConfig, prng: Prng): number {
  const part =
    config['sasl.login.refresh.window.factor'] + config['sasl.login.refresh.window.jitter'] * randomUnit(prng)
  const windowMs = lifetimeMs * Math.min(1, part)
  const minMs = config['sasl.login.refresh.min.period.seconds'] * 1000
  const bufferMs = config['sasl.login.refresh.buffer.seconds'] * 1000
  if (minMs + bufferMs > lifetimeMs) return windowMs
  return Math.min(Math.max(windowMs, minMs), lifetimeMs - bufferMs)
}
