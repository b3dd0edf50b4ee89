/** Who a client says it is, and how it proves it, from Kafka's `sasl.*` settings. */
import { ConfigError } from '@dorsale/base'
import { type JaasConfig, parseJaasConfig } from '@dorsale/transport/security'
import type { SecurityConfig } from '../config/security-rows.ts'
import type { Address } from '../network/addresses.ts'
import { type TokenWorld, tokenProvider } from './oauth-tokens.ts'
import { type OAuthTokenProvider, oauthBearerExchange } from './oauthbearer.ts'
import { plainExchange } from './plain.ts'
import type { PatientSaslExchange, SaslExchange } from './sasl-exchange.ts'
import { scramExchange } from './scram.ts'

export interface SaslSettings {
  readonly mechanism: string
  /** One for each connection, and for each time that a connection shows anew who it is. */
  begin(broker: Address): Promise<SaslExchange | PatientSaslExchange>
}

/** Throws a `ConfigError`. `oauthToken`: the application's own source of tokens, in place of what the settings name. */
export function saslSettings(
  config: SecurityConfig,
  world: TokenWorld,
  oauthToken: OAuthTokenProvider | undefined,
): SaslSettings {
  const mechanism = config['sasl.mechanism']
  const text = config['sasl.jaas.config']
  const jaas = text === null ? undefined : parseJaasConfig(text.value)
  switch (mechanism) {
    case 'PLAIN': {
      const exchange = plainExchange(credentialsIn(jaas, 'PlainLoginModule'))
      return { mechanism, begin: async () => exchange }
    }
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512': {
      const credentials = { mechanism, ...credentialsIn(jaas, 'ScramLoginModule') } as const
      return { mechanism, begin: async () => scramExchange(credentials, world) }
    }
    case 'OAUTHBEARER': {
      if (jaas !== undefined) moduleOf(jaas, 'OAuthBearerLoginModule')
      const provider = oauthToken ?? tokenProvider(config, jaas, world)
      return { mechanism, begin: async () => oauthBearerExchange(await provider()) }
    }
    default: {
      const known = 'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER'
      throw problem('sasl.mechanism', `'${mechanism}' is not served; ${known} are`)
    }
  }
}

function credentialsIn(jaas: JaasConfig | undefined, module: string) {
  const options = moduleOf(jaas, module)
  const [username, password] = [options.get('username'), options.get('password')]
  if (username === undefined || password === undefined) {
    throw problem('sasl.jaas.config', `${module} needs username="..." and password="..."`)
  }
  return { username, password, isToken: options.get('tokenauth')?.toLowerCase() === 'true' }
}

function moduleOf(jaas: JaasConfig | undefined, module: string): ReadonlyMap<string, string> {
  if (jaas?.module === module) return jaas.options
  const given = jaas === undefined ? 'it is not set' : `it names ${jaas.module}`
  throw problem('sasl.jaas.config', `${given}, and sasl.mechanism needs ${module}`)
}

function problem(key: string, sentence: string): ConfigError {
  return new ConfigError([{ key, message: `${key}: ${sentence}` }])
}
