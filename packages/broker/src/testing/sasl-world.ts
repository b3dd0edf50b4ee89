/** A listener that asks for SASL, on a net and a clock that the test moves: behind it a broker that answers ApiVersions and FindCoordinator and nothing else. */
import { type ConfigProblem, digest, hmac, type Logger, pbkdf2, seededPrng, silentLogger } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import {
  createMessage,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinatorResponse,
} from '@dorsale/protocol'
import { FrameServer } from '@dorsale/transport'
import { FakeNet } from '@dorsale/transport/testing'
import { type Call, defineApi } from '../api.ts'
import { findCoordinatorApi as realFindCoordinatorApi } from '../apis/10-find-coordinator.ts'
import { saslHandshakeApi } from '../apis/17-sasl-handshake.ts'
import { apiVersionsApi } from '../apis/18-api-versions.ts'
import { saslAuthenticateApi } from '../apis/36-sasl-authenticate.ts'
import { loadBrokerConfig } from '../config/index.ts'
import type { BrokerCore } from '../core.ts'
import { Dispatcher } from '../dispatch.ts'
import { serverLimitsOf } from '../listeners.ts'
import { formatPrincipal } from '../security/principal.ts'
import type { ServerMechanism } from '../security/sasl/exchange.ts'
import { listenerMechanisms } from '../security/sasl/mechanisms.ts'
import { SaslGate } from '../security/sasl/sasl-gate.ts'
import { type ScramServerOptions, scramServer } from '../security/sasl/scram.ts'

/** Who may come in: alice by PLAIN, bob by SCRAM. */
const saslUsers = {
  plain: { name: 'alice', password: 'wonder land' },
  scram: { name: 'bob', password: 'pässword', salt: Buffer.from('a salt of many bytes'), iterations: 4096 },
} as const

const modules = 'org.apache.kafka.common.security'
const listenerName = 'SASL'

export interface SaslWorldOptions {
  /** On the wall clock. Default: 1970. */
  readonly nowMs?: number
  /** `connections.max.reauth.ms` of PLAIN. Default: 0. */
  readonly sessionMs?: number
  /** The broker's part of SCRAM's nonce. Default: drawn. */
  readonly nonce?: string
  /** Whether the listener asks who clients are. Default: true. */
  readonly asks?: boolean
  readonly settings?: Readonly<Record<string, string>>
}

export async function saslWorld(options: SaslWorldOptions = {}) {
  const clock = new ManualClock()
  clock.jump((options.nowMs ?? 0) - clock.now())
  const net = new FakeNet()
  /** For whom requests were served. */
  const served: string[] = []
  const complaints: string[] = []
  const logger: Logger = {
    ...silentLogger,
    warn: (message, fields) => complaints.push(`${message}: ${fields?.reason}`),
    error: (message, fields) => complaints.push(`${message}: ${fields?.error}`),
  }
  const dispatcher = dispatcherOf({ clock, logger, served })
  const limits = serverLimitsOf(() => defaults().values, { connectionDelayMs: () => 0, connectionPauseMs: () => 0 })
  const server = new FrameServer({ clock, net, logger, limits, handler: dispatcher })
  const mechanisms = mechanismsOf(options, { clock, logger })
  const shared = { clock, logger, dispatcher, mechanisms, frameBytesMax: 524_288, failureDelayMs: 100 }
  const handlerOf = options.asks === false ? undefined : () => new SaslGate(shared)
  await server.listen({ name: listenerName, host: '127.0.0.1', port: 9092, handlerOf })
  server.start()
  return { clock, net, server, served, complaints }
}

export type SaslWorld = Awaited<ReturnType<typeof saslWorld>>

function defaults() {
  const loaded = loadBrokerConfig({ dataDirectory: '/nowhere' })
  if ('problems' in loaded) throw new Error('the defaults hold')
  return loaded.config
}

function dispatcherOf({ clock, logger, served }: { clock: ManualClock; logger: Logger; served: string[] }): Dispatcher {
  const findCoordinatorApi = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
    key: 10,
    handle: (_core, _request, call: Call) => {
      served.push(formatPrincipal(call.principal))
      return createMessage(findCoordinatorResponse, {})
    },
    refuse: (request, errorCode, apiVersion) =>
      realFindCoordinatorApi.refuse(request, errorCode, apiVersion) as FindCoordinatorResponse,
  })
  const core = {
    config: defaults(),
    logger,
    clock,
    quotas: { countsTime: false },
    image: { brokers: new Map(), features: new Map(), offset: 0 },
    quorum: () => ({ kraftVersion: 0 }),
    servedApis: [],
  }
  const handlers = [findCoordinatorApi, saslHandshakeApi, apiVersionsApi, saslAuthenticateApi]
  return new Dispatcher(core as unknown as BrokerCore, handlers)
}

function mechanismsOf(
  { sessionMs = 0, nonce, settings }: SaslWorldOptions,
  { clock, logger }: { clock: ManualClock; logger: Logger },
): readonly ServerMechanism[] {
  const prefix = `listener.name.${listenerName.toLowerCase()}`
  const { name, password } = saslUsers.plain
  const texts = new Map([
    ...defaults().settings,
    ['sasl.enabled.mechanisms', 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER'],
    [`${prefix}.plain.sasl.jaas.config`, `${modules}.plain.PlainLoginModule required user_${name}="${password}";`],
    [`${prefix}.plain.connections.max.reauth.ms`, String(sessionMs)],
    [`${prefix}.scram-sha-256.sasl.jaas.config`, `${modules}.scram.ScramLoginModule required;`],
    [`${prefix}.scram-sha-512.sasl.jaas.config`, `${modules}.scram.ScramLoginModule required;`],
    [`${prefix}.oauthbearer.sasl.jaas.config`, `${modules}.oauthbearer.OAuthBearerLoginModule required;`],
    ...Object.entries(settings ?? {}),
  ])
  const problems: ConfigProblem[] = []
  const prng = seededPrng(1)
  const disk = { readFileSync: (): never => assertNoFiles() }
  const image = { scramCredential }
  const mechanisms = listenerMechanisms(texts, listenerName, { clock, logger, prng, disk, image }, problems)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  if (nonce === undefined) return mechanisms
  return mechanisms.map(mechanism => {
    const scram = mechanism.name as ScramServerOptions['mechanism']
    if (!scram.startsWith('SCRAM')) return mechanism
    const find = (user: string) => scramCredential(user, scram === 'SCRAM-SHA-256' ? 1 : 2)
    return {
      ...mechanism,
      begin: () => scramServer({ mechanism: scram, prng, find, decoySecret: prng.bytes(32) }, nonce),
    }
  })
}

function assertNoFiles(): never {
  throw new Error('there are no files in this world')
}

function scramCredential(user: string, mechanism: number) {
  const { name, password, salt, iterations } = saslUsers.scram
  if (user !== name) return undefined
  const algorithm = mechanism === 1 ? 'sha256' : 'sha512'
  const salted = pbkdf2(algorithm, Buffer.from(password), { salt, iterations })
  return {
    name,
    mechanism,
    salt,
    iterations,
    storedKey: digest(algorithm, hmac(algorithm, salted, Buffer.from('Client Key'))),
    serverKey: hmac(algorithm, salted, Buffer.from('Server Key')),
  }
}
