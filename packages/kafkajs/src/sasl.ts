/** How a client shows who it is, from kafkajs's `sasl`. */
import type { Prng } from '@dorsale/base'
import { AuthenticationError } from '@dorsale/client'
import {
  type Address,
  oauthBearerExchange,
  type PatientSaslExchange,
  plainExchange,
  type SaslSettings,
  scramExchange,
} from '@dorsale/client/parts'
import { KafkaJSSASLAuthenticationError } from './errors.ts'
import type { AuthenticationProviderArgs, KafkaConfig, Logger, Mechanism, SaslAuthenticateArgs } from './types.ts'

/** Throws a `KafkaJSSASLAuthenticationError` for what cannot be. */
export function saslSettingsOf(
  sasl: NonNullable<KafkaConfig['sasl']>,
  { prng, logger }: { prng: Prng; logger: Logger },
): SaslSettings {
  const mechanism = sasl.mechanism.toUpperCase()
  if (isCustom(sasl)) return { mechanism, begin: async broker => new ProvidedExchange(sasl, broker, logger) }
  switch (sasl.mechanism.toLowerCase()) {
    case 'plain': {
      const credentials = credentialsOf(sasl, 'PLAIN')
      return { mechanism, begin: async () => plainExchange(credentials) }
    }
    case 'scram-sha-256':
    case 'scram-sha-512': {
      const name = mechanism as 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
      const credentials = { mechanism: name, isToken: false, ...credentialsOf(sasl, mechanism) }
      return { mechanism, begin: async () => scramExchange(credentials, { prng }) }
    }
    case 'oauthbearer': {
      const provider = 'oauthBearerProvider' in sasl ? sasl.oauthBearerProvider : undefined
      if (provider === undefined) throw refused('SASL OAUTHBEARER: Missing OAuth bearer token provider')
      return {
        mechanism,
        async begin() {
          const token = await provider()
          if (!token?.value) throw new AuthenticationError('SASL OAUTHBEARER: Invalid OAuth bearer token')
          return oauthBearerExchange(token)
        },
      }
    }
    case 'aws':
      return { mechanism, begin: async () => awsExchange(sasl as unknown as AwsCredentials) }
    default:
      throw refused(`SASL ${mechanism} mechanism is not supported by this client: give it an authenticationProvider`)
  }
}

function isCustom(sasl: NonNullable<KafkaConfig['sasl']>): sasl is Mechanism {
  return 'authenticationProvider' in sasl && typeof sasl.authenticationProvider === 'function'
}

function credentialsOf(sasl: object, name: string): { username: string; password: string } {
  const { username, password } = sasl as { username?: string | null; password?: string | null }
  if (username == null || password == null) throw refused(`SASL ${name}: Invalid username or password`)
  return { username, password }
}

function refused(message: string): KafkaJSSASLAuthenticationError {
  return new KafkaJSSASLAuthenticationError(message)
}

interface AwsCredentials {
  readonly authorizationIdentity?: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
}

/** The mechanism AWS of kafkajs: identity, key and secret in one message. */
function awsExchange(credentials: AwsCredentials): PatientSaslExchange {
  const { authorizationIdentity, accessKeyId, secretAccessKey, sessionToken = '' } = credentials
  if (!authorizationIdentity) throw new AuthenticationError('SASL AWS-IAM: Missing authorizationIdentity')
  if (!accessKeyId) throw new AuthenticationError('SASL AWS-IAM: Missing accessKeyId')
  if (!secretAccessKey) throw new AuthenticationError('SASL AWS-IAM: Missing secretAccessKey')
  const text = [authorizationIdentity, accessKeyId, secretAccessKey, sessionToken].join('\0')
  return { first: () => Buffer.from(text), next: () => undefined }
}

const lengthSize = 4

/** An exchange that the application's own provider leads: it asks for what the broker says, where an exchange is told. */
class ProvidedExchange implements PatientSaslExchange {
  readonly #mechanism: Mechanism
  readonly #broker: Address
  readonly #logger: Logger
  /** What the provider says next; undefined: it has ended. */
  #said = Promise.withResolvers<Uint8Array | undefined>()
  #answered: PromiseWithResolvers<Uint8Array> | undefined

  constructor(mechanism: Mechanism, broker: Address, logger: Logger) {
    this.#mechanism = mechanism
    this.#broker = broker
    this.#logger = logger
  }

  async first(): Promise<Uint8Array> {
    const { mechanism, authenticationProvider } = this.#mechanism
    const args: AuthenticationProviderArgs = {
      ...this.#broker,
      logger: this.#logger.namespace(`SaslAuthenticator-${mechanism.toUpperCase()}`),
      saslAuthenticate: args => this.#authenticate(args),
    }
    const provider = authenticationProvider(args)
    provider.authenticate().then(
      () => this.#said.resolve(undefined),
      error => this.#said.reject(asAuthenticationError(error)),
    )
    const bytes = await this.#said.promise
    if (bytes === undefined) throw new AuthenticationError(`${mechanism}: the authenticationProvider says nothing`)
    return bytes
  }

  next(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    this.#said = Promise.withResolvers()
    this.#answered?.resolve(challenge)
    return this.#said.promise
  }

  async #authenticate<Result>({ request, response }: SaslAuthenticateArgs<Result>): Promise<Result | undefined> {
    const bytes = await request.encode()
    this.#answered = Promise.withResolvers()
    // In kafkajs's bytes the length comes first; in the request of today it is the field's.
    this.#said.resolve(bytes.subarray(lengthSize))
    const challenge = await this.#answered.promise
    if (response === undefined) return undefined
    const raw = Buffer.alloc(lengthSize + challenge.length)
    raw.writeInt32BE(challenge.length)
    raw.set(challenge, lengthSize)
    return response.parse(await response.decode(raw))
  }
}

function asAuthenticationError(error: unknown): AuthenticationError {
  return error instanceof AuthenticationError
    ? error
    : new AuthenticationError((error as Error).message ?? String(error), { cause: error })
}
