/** Where tokens for OAUTHBEARER come from: an endpoint with client credentials, a file, or, asked for by name, nobody who would vouch for them. */
import { type Clock, ConfigError, type Disk, DiskError, type Logger, NetError, type Prng } from '@dorsale/base'
import type { JaasConfig } from '@dorsale/transport/security'
import type { SecurityConfig } from '../config/security-rows.ts'
import { AuthenticationError } from './authentication-error.ts'
import type { OAuthTokenProvider } from './oauthbearer.ts'
import { type IssuedToken, refreshedToken } from './refreshed-token.ts'

/** What the providers take from outside. */
export interface TokenWorld {
  readonly clock: Clock
  readonly prng: Prng
  readonly logger?: Logger
  readonly disk?: Pick<Disk, 'readFileSync'>
  /** `fetch`, as browsers and Node have it. */
  readonly fetch?: (url: string, init: FetchInit) => Promise<FetchAnswer>
}

export interface FetchInit {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal?: AbortSignal
}

export interface FetchAnswer {
  readonly status: number
  text(): Promise<string>
}

const handlers = {
  endpoint: 'OAuthBearerLoginCallbackHandler',
  unsecured: 'OAuthBearerUnsecuredLoginCallbackHandler',
} as const

/** The provider that the settings ask for. Throws a `ConfigError`. */
export function tokenProvider(
  config: SecurityConfig,
  jaas: JaasConfig | undefined,
  world: TokenWorld,
): OAuthTokenProvider {
  const options = jaas?.options ?? new Map<string, string>()
  const handler = config['sasl.login.callback.handler.class']?.split(/[.$]/).at(-1)
  const url = config['sasl.oauthbearer.token.endpoint.url']
  const subject = options.get('unsecuredLoginStringClaim_sub')
  const extensions = extensionsIn(options)
  if (handler !== undefined && handler !== handlers.endpoint && handler !== handlers.unsecured) {
    const text = `it names a class of Java, which cannot be loaded; ${handlers.endpoint} and ${handlers.unsecured} are known`
    throw problem('sasl.login.callback.handler.class', text)
  }
  if (url !== null && handler !== handlers.unsecured) {
    const endpoint = URL.parse(url)
    if (endpoint?.protocol === 'file:') return fileTokens(decodeURIComponent(endpoint.pathname), extensions, world)
    if (endpoint?.protocol === 'https:' || endpoint?.protocol === 'http:') {
      return refreshedToken(endpointTokens(url, { config, options, extensions }, world), config, world)
    }
    throw problem('sasl.oauthbearer.token.endpoint.url', `'${url}' is no address of https: and no file:`)
  }
  if (handler !== handlers.endpoint && subject !== undefined) return unsecuredTokens(options, extensions, world)
  const ways = 'sasl.oauthbearer.token.endpoint.url, or a provider of tokens in the options of the client'
  throw problem(
    'sasl.jaas.config',
    `OAUTHBEARER needs ${ways}; unsecuredLoginStringClaim_sub="..." for unsecured tokens`,
  )
}

function problem(key: string, sentence: string): ConfigError {
  return new ConfigError([{ key, message: `${key}: ${sentence}` }])
}

const extensionPrefix = 'extension_'

function extensionsIn(options: ReadonlyMap<string, string>): Record<string, string> {
  const pairs = [...options].filter(([name]) => name.startsWith(extensionPrefix))
  return Object.fromEntries(
    pairs.map(([name, value]) => {
      const extension = name.slice(extensionPrefix.length)
      if (!/^[A-Za-z]+$/.test(extension) || extension === 'auth' || value.includes('\x01')) {
        throw problem('sasl.jaas.config', `'${name}' names no extension that OAUTHBEARER could carry`)
      }
      return [extension, value]
    }),
  )
}

/** Read for each connection: whoever writes the file renews the token. */
function fileTokens(path: string, extensions: Record<string, string>, { disk }: TokenWorld): OAuthTokenProvider {
  const key = 'sasl.oauthbearer.token.endpoint.url'
  if (disk === undefined) throw problem(key, 'this client has no disk to read files from')
  return async () => {
    try {
      const value = Buffer.from(disk.readFileSync(path)).toString().trim()
      if (value === '') throw new AuthenticationError(`${key}: ${path} holds no token`)
      return { value, extensions }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      throw new AuthenticationError(`${key}: ${error.message}`, { cause: error })
    }
  }
}

/** A token that nobody has signed, for brokers that take such: in development. */
function unsecuredTokens(
  options: ReadonlyMap<string, string>,
  extensions: Record<string, string>,
  { clock }: TokenWorld,
): OAuthTokenProvider {
  const lifetimeSeconds = Number(options.get('unsecuredLoginLifetimeSeconds') ?? 3600)
  const claims: Record<string, string | number> = {}
  for (const [name, value] of options) {
    const match = /^unsecuredLogin(String|Number)Claim_(.+)$/.exec(name)
    if (match !== null) claims[match[2] as string] = match[1] === 'Number' ? Number(value) : value
  }
  return async () => {
    const iat = clock.now() / 1000
    const parts = [{ alg: 'none' }, { ...claims, iat, exp: iat + lifetimeSeconds }]
    const [header, payload] = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    return { value: `${header}.${payload}.`, extensions }
  }
}

/** As long as Kafka's clients wait for a connection to be set up. */
const readTimeoutDefaultMs = 10_000

/** The client credentials grant of RFC 6749, as KIP-768 has it. */
function endpointTokens(
  url: string,
  settings: { config: SecurityConfig; options: ReadonlyMap<string, string>; extensions: Record<string, string> },
  { fetch, clock }: TokenWorld,
): () => Promise<IssuedToken> {
  const { config, options, extensions } = settings
  const endpointKey = 'sasl.oauthbearer.token.endpoint.url'
  const id = config['sasl.oauthbearer.client.credentials.client.id'] ?? options.get('clientId')
  const secret = config['sasl.oauthbearer.client.credentials.client.secret']?.value ?? options.get('clientSecret')
  const scope = config['sasl.oauthbearer.scope'] ?? options.get('scope')
  if (fetch === undefined) throw problem(endpointKey, 'this client has no fetch to ask an endpoint with')
  if (id === undefined || secret === undefined) {
    throw problem(endpointKey, 'it wants sasl.oauthbearer.client.credentials.client.id and .client.secret')
  }
  const encode = config['sasl.oauthbearer.header.urlencode'] ? encodeURIComponent : (text: string) => text
  const credentials = Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) })
  const readTimeoutMs = config['sasl.login.read.timeout.ms'] ?? readTimeoutDefaultMs
  return async () => {
    let answer: FetchAnswer
    let text: string
    const abortion = new AbortController()
    const timer = clock.setTimer(readTimeoutMs, () =>
      abortion.abort(new NetError('ETIMEDOUT', `not within sasl.login.read.timeout.ms (${readTimeoutMs} ms)`)),
    )
    try {
      answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Basic ${credentials}`,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: body.toString(),
        signal: abortion.signal,
      })
      text = await answer.text()
    } catch (error) {
      throw new NetError('ECONNREFUSED', `${endpointKey}: no answer from ${url}`, error)
    } finally {
      timer.cancel()
    }
    if (answer.status >= 500)
      throw new NetError('EPROTO', `${endpointKey}: ${url} answered with status ${answer.status}`)
    if (answer.status !== 200)
      throw new AuthenticationError(`${endpointKey}: ${url} refuses with status ${answer.status}`)
    return { ...issuedToken(url, text), extensions }
  }
}

function issuedToken(url: string, text: string): IssuedToken {
  const answer = parseJson(text) as { access_token?: unknown; expires_in?: unknown } | null
  const value = answer?.access_token
  if (typeof value !== 'string' || value === '')
    throw new AuthenticationError(`${url} answered without an access_token`)
  const { expires_in: seconds } = answer as { expires_in?: unknown }
  return { value, lifetimeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever it is, it is not what was asked for; the caller says so.
    return null
  }
}
