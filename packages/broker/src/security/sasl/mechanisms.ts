/** Which mechanisms a listener offers, and what each needs, from Kafka's `sasl.*` settings. */
import { type Clock, ConfigError, type ConfigProblem, type Disk, type Logger, type Prng } from '@dorsale/base'
import { type MetadataImage, scramMechanisms } from '@dorsale/coordinate'
import { type JaasConfig, parseJaasConfig, type ScramMechanism } from '@dorsale/transport/security'
import { listenerPrefix, listenerSettings } from '../listener-settings.ts'
import type { ServerMechanism } from './exchange.ts'
import { oauthBearerServer, type TokenValidator } from './oauthbearer.ts'
import { plainServer } from './plain.ts'
import { scramServer } from './scram.ts'
import { type KeySetWorld, signedTokens } from './signed-tokens.ts'
import { unsecuredTokens } from './unsecured-tokens.ts'

export interface MechanismWorld extends KeySetWorld {
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly disk: Pick<Disk, 'readFileSync'>
  readonly image: Pick<MetadataImage, 'scramCredential'>
}

/** Where each mechanism's login configuration names a module; in the order in which Kafka tells clients of them, that of a hash table. */
const modules = {
  PLAIN: 'plain.PlainLoginModule',
  'SCRAM-SHA-512': 'scram.ScramLoginModule',
  'SCRAM-SHA-256': 'scram.ScramLoginModule',
  OAUTHBEARER: 'oauthbearer.OAuthBearerLoginModule',
} as const

type MechanismName = keyof typeof modules

const userOption = 'user_'
const decoySecretBytes = 32

/** `texts`: every setting of the broker. What is wrong is added to `problems`. */
export function listenerMechanisms(
  texts: ReadonlyMap<string, string>,
  listenerName: string,
  world: MechanismWorld,
  problems: ConfigProblem[],
): ServerMechanism[] {
  const enabled = listenerSettings(texts, listenerName).values['sasl.enabled.mechanisms']
  if (texts.has('sasl.jaas.config')) {
    world.logger.warn('sasl.jaas.config is passed over: it is set for each listener and mechanism by itself', {
      as: `${listenerPrefix(listenerName)}<mechanism>.sasl.jaas.config`,
    })
  }
  const known = Object.keys(modules)
  for (const name of enabled) {
    if (known.includes(name)) continue
    const what = name === 'GSSAPI' ? 'GSSAPI (Kerberos), the default,' : `'${name}'`
    problems.push({
      key: 'sasl.enabled.mechanisms',
      message: `sasl.enabled.mechanisms: ${what} is not served at listener ${listenerName}; ${known.join(', ')} are.`,
    })
  }
  return (known as MechanismName[])
    .filter(name => enabled.includes(name))
    .flatMap(name => {
      try {
        return [mechanismOf(name, { texts, listenerName, world })]
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        problems.push(...error.problems)
        return []
      }
    })
}

interface Place {
  readonly texts: ReadonlyMap<string, string>
  readonly listenerName: string
  readonly world: MechanismWorld
}

function mechanismOf(name: MechanismName, place: Place): ServerMechanism {
  const { texts, listenerName, world } = place
  const settings = listenerSettings(texts, listenerName, name)
  if (settings.problems.length > 0) throw new ConfigError(settings.problems)
  const jaas = jaasOf(name, place)
  const sessionMsMax = Number(settings.values['connections.max.reauth.ms'])
  switch (name) {
    case 'PLAIN': {
      const passwords = new Map<string, string>()
      for (const [option, value] of jaas.options) {
        if (option.startsWith(userOption)) passwords.set(option.slice(userOption.length), value)
      }
      return { name, sessionMsMax, begin: () => plainServer(passwords) }
    }
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512': {
      const options = {
        mechanism: name,
        prng: world.prng,
        decoySecret: world.prng.bytes(decoySecretBytes),
        find: (user: string) => world.image.scramCredential(user, scramNumber(name)),
      }
      return { name, sessionMsMax, begin: () => scramServer(options) }
    }
    case 'OAUTHBEARER': {
      const validate = tokenValidator(jaas, settings.values, place)
      const onRefused = (error: Error) =>
        world.logger.debug('a token is refused', { listener: listenerName, reason: error.message })
      return { name, sessionMsMax, begin: () => oauthBearerServer(validate, onRefused) }
    }
  }
}

function scramNumber(name: ScramMechanism): number {
  for (const [number, mechanism] of scramMechanisms) if (mechanism.name === name) return number
  throw new Error(`${name} has no number`)
}

function jaasOf(name: MechanismName, { texts, listenerName }: Place): JaasConfig {
  const key = `${listenerPrefix(listenerName, name)}sasl.jaas.config`
  const text = texts.get(key)
  const example = `org.apache.kafka.common.security.${modules[name]} required${name === 'PLAIN' ? ' user_alice="secret"' : ''};`
  if (text === undefined) {
    throw new ConfigError([
      { key, message: `${key} is not set, and listener ${listenerName} offers ${name}: ${example}` },
    ])
  }
  const jaas = parseJaasConfig(text, key)
  if (modules[name].endsWith(`.${jaas.module}`)) return jaas
  throw new ConfigError([{ key, message: `${key} names ${jaas.module}, and ${name} needs: ${example}` }])
}

/** Which of Kafka's own classes checks tokens. None named: signatures are looked at where keys are named to look at them with, and, as in Kafka, not otherwise. */
function tokenValidator(
  jaas: JaasConfig,
  values: ReturnType<typeof listenerSettings>['values'],
  { listenerName, world }: Place,
): TokenValidator {
  const key = `${listenerPrefix(listenerName, 'OAUTHBEARER')}sasl.server.callback.handler.class`
  const named = values['sasl.server.callback.handler.class']?.split('.').at(-1)
  const hasKeys = values['sasl.oauthbearer.jwks.endpoint.url'] !== null
  if (named === 'OAuthBearerValidatorCallbackHandler' || (named === undefined && hasKeys)) {
    return signedTokens(values, world)
  }
  if (named !== undefined && named !== 'OAuthBearerUnsecuredValidatorCallbackHandler') {
    const ours = 'OAuthBearerValidatorCallbackHandler and OAuthBearerUnsecuredValidatorCallbackHandler'
    throw new ConfigError([{ key, message: `${key} names a class of Java, which cannot be loaded; ${ours} are known` }])
  }
  world.logger.warn(
    'OAUTHBEARER takes tokens that nobody has signed: set sasl.oauthbearer.jwks.endpoint.url to have signatures looked at',
    { listener: listenerName },
  )
  return unsecuredTokens(jaas.options, world.clock)
}
