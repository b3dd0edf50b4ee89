/** The doors of the listeners that ask for TLS or SASL. Loaded when there is one. */
import { ConfigError, type ConfigProblem, type Net, type TlsServerOptions } from '@dorsale/base'
import type { RequestHandler } from '@dorsale/transport'
import type { Endpoint } from '../config/index.ts'
import type { DynamicConfig } from '../dynamic-config.ts'
import { listenerSettings } from './listener-settings.ts'
import type { PrincipalServer } from './principal-server.ts'
import { listenerMechanisms, type MechanismWorld } from './sasl/mechanisms.ts'
import { SaslGate } from './sasl/sasl-gate.ts'
import { TlsGate } from './tls/tls-gate.ts'
import { principalMapping, tlsOptions } from './tls/tls-options.ts'

export interface DoorWorld extends MechanismWorld {
  readonly net: Net
  readonly dynamicConfig: Pick<DynamicConfig, 'allTexts'>
}

const tlsKey = /(?:^|\.)ssl\./

/** What a listener does with a connection before the broker serves it. */
export interface Door {
  /** Undefined: bytes as they are. */
  readonly tls: (() => TlsServerOptions) | undefined
  handlerOf(dispatcher: PrincipalServer): RequestHandler
}

export class Doors {
  readonly #world: DoorWorld
  readonly #byListener = new Map<string, Door>()
  /** TLS as the listeners speak it now, by listener. */
  readonly #tls = new Map<string, TlsServerOptions>()
  readonly #tlsEndpoints: readonly Endpoint[]

  /** Reads what the listeners need. Throws a `ConfigError` with everything that is missing or wrong. */
  constructor(endpoints: readonly Endpoint[], world: DoorWorld) {
    this.#world = world
    this.#tlsEndpoints = endpoints.filter(({ securityProtocol }) => securityProtocol.endsWith('SSL'))
    const problems: ConfigProblem[] = []
    for (const endpoint of endpoints) {
      if (endpoint.securityProtocol !== 'PLAINTEXT')
        this.#byListener.set(endpoint.listenerName, this.#doorOf(endpoint, problems))
    }
    if (problems.length > 0) throw new ConfigError(problems)
  }

  /** Undefined: the listener asks for nothing. */
  of(listenerName: string): Door | undefined {
    return this.#byListener.get(listenerName)
  }

  /** What keeps the listeners from speaking TLS under other settings; undefined: nothing, or these are not about TLS, and a file that has gone meanwhile is not their fault. */
  tlsProblem(texts: ReadonlyMap<string, string>): string | undefined {
    const now = this.#world.dynamicConfig.allTexts
    const keys = new Set([...texts.keys(), ...now.keys()])
    if (![...keys].some(key => tlsKey.test(key) && texts.get(key) !== now.get(key))) return undefined
    const problems: ConfigProblem[] = []
    for (const endpoint of this.#tlsEndpoints) tlsOptions(texts, endpoint, this.#world, problems)
    return problems[0]?.message
  }

  /** Settings have changed, or files that they name: connections from now on get what there is. */
  settingsChanged(): void {
    for (const endpoint of this.#tlsEndpoints) {
      const problems: ConfigProblem[] = []
      const options = tlsOptions(this.#world.dynamicConfig.allTexts, endpoint, this.#world, problems)
      if (options !== undefined) this.#tls.set(endpoint.listenerName, options)
      for (const { message } of problems)
        this.#world.logger.error('a listener goes on with the certificates that it has', { reason: message })
    }
  }

  #doorOf(endpoint: Endpoint, problems: ConfigProblem[]): Door {
    const { listenerName, securityProtocol } = endpoint
    const world = this.#world
    const texts = world.dynamicConfig.allTexts
    let tls: Door['tls']
    if (securityProtocol.endsWith('SSL')) {
      const options = tlsOptions(texts, endpoint, world, problems)
      if (options !== undefined) this.#tls.set(listenerName, options)
      tls = () => this.#tls.get(listenerName)!
    }
    if (!securityProtocol.startsWith('SASL')) {
      const mapping = principalMapping(texts, listenerName, problems)
      return { tls, handlerOf: dispatcher => new TlsGate(dispatcher, mapping) }
    }
    const { clock, logger } = world
    const { values } = listenerSettings(texts, listenerName)
    const shared = {
      clock,
      logger,
      mechanisms: listenerMechanisms(texts, listenerName, world, problems),
      frameBytesMax: values['sasl.server.max.receive.size'],
      failureDelayMs: values['connection.failed.authentication.delay.ms'],
    }
    return { tls, handlerOf: dispatcher => new SaslGate({ ...shared, dispatcher }) }
  }
}
