/** Tokens that somebody has signed whose keys are known (KIP-768): Kafka's `OAuthBearerValidatorCallbackHandler`. */
import { type Clock, ConfigError, type Disk, type Logger } from '@dorsale/base'
import type { BrokerValues } from '../../config/index.ts'
import { type TokenClaims, TokenError, type TokenValidator } from './oauthbearer.ts'

/** Where keys are read. */
export interface KeySetWorld {
  readonly clock: Clock
  readonly logger: Logger
  readonly disk: Pick<Disk, 'readFileSync'>
  /** As browsers and Node have it; undefined: there is none, and keys come from files. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

type Jose = typeof import('jose')
type KeySet = ReturnType<Jose['createLocalJWKSet']>

const urlKey = 'sasl.oauthbearer.jwks.endpoint.url'
/** Never `none`, and no shared secrets: whoever knows the keys of others must not sign with them. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const fetchMsMax = 10_000
const keySetBytesMax = 1024 * 1024

/** Throws a `ConfigError`. */
export function signedTokens(values: BrokerValues, world: KeySetWorld): TokenValidator {
  const url = values[urlKey]
  const endpoint = url === null ? null : URL.parse(url)
  if (endpoint === null || !['file:', 'http:', 'https:'].includes(endpoint.protocol)) {
    throw problem(
      urlKey,
      url === null ? 'it is not set, and tokens are to be checked' : `'${url}' is no address of https: and no file:`,
    )
  }
  if (endpoint.protocol !== 'file:' && world.fetch === undefined)
    throw problem(urlKey, 'this broker can read keys from files alone: write file:///...')
  const issuer = values['sasl.oauthbearer.expected.issuer']
  const audience = values['sasl.oauthbearer.expected.audience']
  require(issuer !== null || values['sasl.oauthbearer.allow.unverified.issuer'], 'sasl.oauthbearer.expected.issuer')
  require(audience.length > 0 ||
    values['sasl.oauthbearer.allow.unverified.audience'], 'sasl.oauthbearer.expected.audience')
  const keys = new RefreshedKeys(endpoint, values, world)
  const [subjectClaim, scopeClaim] = [
    values['sasl.oauthbearer.sub.claim.name'],
    values['sasl.oauthbearer.scope.claim.name'],
  ]
  const options = {
    algorithms,
    clockTolerance: values['sasl.oauthbearer.clock.skew.seconds'],
    requiredClaims: ['exp', 'iat'],
    ...(issuer !== null && { issuer }),
    ...(audience.length > 0 && { audience: [...audience] }),
  }

  return async token => {
    const jose = await import('jose')
    const currentDate = new Date(world.clock.now())
    const verify = (keySet: KeySet) => jose.jwtVerify(token, keySet, { ...options, currentDate })
    let payload: Readonly<Record<string, unknown>>
    try {
      payload = (await keys.use(jose, verify)).payload
    } catch (error) {
      throw new TokenError((error as Error).message)
    }
    const name = payload[subjectClaim]
    if (typeof name !== 'string' || name.trim() === '') throw new TokenError(`it has no ${subjectClaim}`)
    const scope = payload[scopeClaim]
    const isScope =
      scope === undefined ||
      typeof scope === 'string' ||
      (Array.isArray(scope) && scope.every(each => typeof each === 'string'))
    if (!isScope) throw new TokenError(`its ${scopeClaim} is neither a text nor a list of texts`)
    return { name, expiresMs: Number(payload.exp) * 1000 } satisfies TokenClaims
  }
}

function problem(key: string, sentence: string): ConfigError {
  return new ConfigError([{ key, message: `${key}: ${sentence}` }])
}

function require(condition: boolean, key: string): void {
  const loosely = key.replace('expected', 'allow.unverified')
  if (!condition) throw problem(key, `it is not set; say whose tokens are taken, or set ${loosely}=true`)
}

/** The keys of an issuer, read when they are first needed, when they are old, and when a token names one that is not among them. */
class RefreshedKeys {
  readonly #endpoint: URL
  readonly #world: KeySetWorld
  readonly #refreshMs: number
  readonly #backoffMs: number
  #held: { readonly keySet: KeySet; readonly readMs: number } | undefined
  #reading: Promise<KeySet> | undefined
  #triedMs = Number.NEGATIVE_INFINITY

  constructor(endpoint: URL, values: BrokerValues, world: KeySetWorld) {
    this.#endpoint = endpoint
    this.#world = world
    this.#refreshMs = Number(values['sasl.oauthbearer.jwks.endpoint.refresh.ms'])
    this.#backoffMs = Number(values['sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms'])
  }

  async use<Value>(jose: Jose, verify: (keySet: KeySet) => Promise<Value>): Promise<Value> {
    const nowMs = this.#world.clock.monotonic()
    const held = this.#held
    if (held === undefined) return verify(await this.#read(jose))
    // Keys that are old serve on while newer ones are read, and where none can be.
    if (nowMs - held.readMs >= this.#refreshMs && this.#mayTry(nowMs)) {
      this.#read(jose).catch(error =>
        this.#world.logger.warn('the keys that sign tokens could not be read anew', {
          url: this.#endpoint.href,
          error,
        }),
      )
    }
    try {
      return await verify(held.keySet)
    } catch (error) {
      const isUnknown = error instanceof jose.errors.JWKSNoMatchingKey
      // A stranger may name keys as he likes: he does not have the issuer asked again and again.
      if (!isUnknown || !this.#mayTry(nowMs)) throw error
      return verify(await this.#read(jose))
    }
  }

  #mayTry(nowMs: number): boolean {
    return nowMs - this.#triedMs >= this.#backoffMs
  }

  #read(jose: Jose): Promise<KeySet> {
    this.#triedMs = this.#world.clock.monotonic()
    this.#reading ??= this.#text()
      .then(text => {
        const keySet = jose.createLocalJWKSet(JSON.parse(text))
        this.#held = { keySet, readMs: this.#world.clock.monotonic() }
        return keySet
      })
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }

  async #text(): Promise<string> {
    const { disk, fetch, clock } = this.#world
    if (this.#endpoint.protocol === 'file:') {
      return Buffer.from(disk.readFileSync(decodeURIComponent(this.#endpoint.pathname))).toString()
    }
    const abortion = new AbortController()
    const timer = clock.setTimer(fetchMsMax, () => abortion.abort(new Error('no answer')))
    try {
      const answer = await fetch!(this.#endpoint.href, {
        signal: abortion.signal,
        headers: { accept: 'application/json' },
      })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      const text = await answer.text()
      if (text.length > keySetBytesMax) throw new Error(`more than ${keySetBytesMax} bytes`)
      return text
    } catch (error) {
      throw new Error(`${urlKey}: ${this.#endpoint.href} gives no keys: ${(error as Error).message}`)
    } finally {
      timer.cancel()
    }
  }
}
