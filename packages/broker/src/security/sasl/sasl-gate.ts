/**
 * What stands between a connection and the broker until it is known who the client is (KIP-43, KIP-152), and again when that must be shown anew (KIP-368):
 *
 *     greeting   ApiVersions, once; SaslHandshake names the mechanism                -> proving
 *     proving    SaslAuthenticate, or raw frames after a handshake of version 0      -> served, or the end
 *     served     everything; SaslHandshake, where sessions end: a greeting anew, as the same user
 *
 * What does not belong where it comes is answered with ILLEGAL_SASL_STATE while the client proves itself, and ends the connection. A failed log-in is answered after
 * `connection.failed.authentication.delay.ms`, and nothing of the client is read meanwhile.
 */
import type { Clock, Logger } from '@dorsale/base'
import {
  apiVersionsRequest,
  createMessage,
  decodeMessage,
  encodeMessage,
  errorCodes,
  type MessageOf,
  responseHeaderVersion,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@dorsale/protocol'
import type { HeaderVersions, RequestHandler, ServerRequest } from '@dorsale/transport'
import { logUnexpected } from '../../unexpected.ts'
import { anonymousPrincipal, type KafkaPrincipal } from '../principal.ts'
import type { PrincipalServer } from '../principal-server.ts'
import {
  invalidCredentials,
  SaslFailure,
  type SaslServerExchange,
  type SaslStep,
  type ServerMechanism,
} from './exchange.ts'

/** What all connections of a listener share. */
export interface SaslGateOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly dispatcher: PrincipalServer
  /** In the order in which clients are told of them. */
  readonly mechanisms: readonly ServerMechanism[]
  /** `sasl.server.max.receive.size` */
  readonly frameBytesMax: number
  /** `connection.failed.authentication.delay.ms` */
  readonly failureDelayMs: number
}

type State =
  | { readonly is: 'greeting'; knowsVersions: boolean }
  | {
      readonly is: 'proving'
      readonly mechanism: ServerMechanism
      readonly exchange: SaslServerExchange
      readonly isRaw: boolean
    }
  | { readonly is: 'served' }
  | { readonly is: 'refused' }

interface Session {
  readonly principal: KafkaPrincipal
  readonly mechanism: string
  /** On the monotonic clock; Infinity: it does not end. */
  readonly endMs: number
}

const apiVersionsKey = apiVersionsRequest.apiKey as number
const handshakeKey = saslHandshakeRequest.apiKey as number
const authenticateKey = saslAuthenticateRequest.apiKey as number
const handshakeVersionMax = 1
const authenticateVersionMax = 2
/** Kafka's: who shows anew who he is more often is answered that he may not. */
const renewalIntervalMs = 1000
/** Of what a stranger says, in the log. */
const shownLengthMax = 40

export class SaslGate implements RequestHandler {
  readonly headerVersions: HeaderVersions
  readonly #options: SaslGateOptions
  #state: State = { is: 'greeting', knowsVersions: false }
  #session: Session | undefined
  #renewedMs = Number.NEGATIVE_INFINITY

  constructor(options: SaslGateOptions) {
    this.#options = options
    this.headerVersions = options.dispatcher.headerVersions
  }

  get takesRawFrames(): boolean {
    return this.#state.is === 'proving' && this.#state.isRaw
  }

  get frameBytesMax(): number | undefined {
    return this.#state.is === 'served' ? undefined : this.#options.frameBytesMax
  }

  overlaps(apiKey: number): boolean {
    return this.#state.is === 'served' && this.#options.dispatcher.overlaps(apiKey)
  }

  handle(request: ServerRequest): void {
    const state = this.#state
    if (state.is === 'served') this.#serve(request, this.#session!)
    else if (state.is === 'greeting') this.#greet(request, state)
    else if (state.is === 'proving') this.#hear(request, state)
    else request.refuse('its log-in has failed')
  }

  #serve(request: ServerRequest, session: Session): void {
    const isOver = session.endMs !== Number.POSITIVE_INFINITY && this.#options.clock.monotonic() > session.endMs
    if (request.apiKey === handshakeKey && this.#mayRenew(session)) {
      this.#renewedMs = this.#options.clock.monotonic()
      this.#state = { is: 'greeting', knowsVersions: true }
      this.#greet(request, this.#state)
    } else if (isOver) {
      request.refuse('its log-in has expired (connections.max.reauth.ms, or the lifetime of its token)')
    } else {
      this.#options.dispatcher.serve(request, session.principal)
    }
  }

  #mayRenew({ endMs }: Session): boolean {
    const sinceMs = this.#options.clock.monotonic() - this.#renewedMs
    return endMs !== Number.POSITIVE_INFINITY && sinceMs >= renewalIntervalMs
  }

  #greet(request: ServerRequest, state: { knowsVersions: boolean }): void {
    const { dispatcher } = this.#options
    const { apiKey, apiVersion } = request
    if (apiKey === apiVersionsKey && !state.knowsVersions) {
      state.knowsVersions = dispatcher.serves(apiKey, apiVersion)
      dispatcher.serve(request, anonymousPrincipal)
    } else if (apiKey === handshakeKey && apiVersion >= 0 && apiVersion <= handshakeVersionMax) {
      this.#shakeHands(request)
    } else {
      request.refuse(`a request of API ${apiKey}, version ${apiVersion}, before SaslHandshake`)
    }
  }

  #shakeHands(request: ServerRequest): void {
    const message = decoded(saslHandshakeRequest, request)
    if (message === undefined) return
    const { mechanisms } = this.#options
    const mechanism = mechanisms.find(({ name }) => name === message.mechanism)
    if (mechanism === undefined) {
      this.#refuseMechanism(request, message.mechanism)
      return
    }
    this.#state = { is: 'proving', mechanism, exchange: mechanism.begin(), isRaw: request.apiVersion === 0 }
    this.#answerHandshake(request, errorCodes.NONE)
  }

  #refuseMechanism(request: ServerRequest, asked: string): void {
    this.#state = { is: 'refused' }
    const reason = `it asks for the SASL mechanism ${JSON.stringify(asked.slice(0, shownLengthMax))}, which is not enabled`
    // Of the mechanisms, a client that was served is told nothing new: as in Kafka.
    if (this.#session !== undefined) {
      request.refuse(reason)
      return
    }
    this.#answerHandshake(request, errorCodes.UNSUPPORTED_SASL_MECHANISM)
    request.connection.refuse(reason)
  }

  #answerHandshake(request: ServerRequest, errorCode: number): void {
    const mechanisms = this.#options.mechanisms.map(({ name }) => name)
    const response = createMessage(saslHandshakeResponse, { errorCode, mechanisms })
    reply(request, encodeMessage(saslHandshakeResponse, request.apiVersion, response))
  }

  #hear(request: ServerRequest, state: State & { is: 'proving' }): void {
    const { dispatcher } = this.#options
    let said: Uint8Array | undefined = request.body
    if (!state.isRaw) {
      if (request.apiKey !== authenticateKey) {
        this.#state = { is: 'refused' }
        dispatcher.refuse(request, errorCodes.ILLEGAL_SASL_STATE)
        request.connection.refuse(`a request of API ${request.apiKey} in the middle of a log-in`)
        return
      }
      if (request.apiVersion < 0 || request.apiVersion > authenticateVersionMax) {
        this.#state = { is: 'refused' }
        request.refuse(`version ${request.apiVersion} of SaslAuthenticate is not served`)
        return
      }
      said = decoded(saslAuthenticateRequest, request)?.authBytes
    }
    if (said === undefined) return
    if (this.#session !== undefined && this.#session.mechanism !== state.mechanism.name) {
      this.#state = { is: 'refused' }
      request.refuse(`it came in by ${this.#session.mechanism} and shows itself anew by ${state.mechanism.name}`)
      return
    }
    try {
      const step = state.exchange.next(said)
      if (step instanceof Promise) {
        step.then(
          found => this.#answer(request, state, found),
          error => this.#fail(request, state, error),
        )
      } else {
        this.#answer(request, state, step)
      }
    } catch (error) {
      this.#fail(request, state, error)
    }
  }

  #answer(request: ServerRequest, state: State & { is: 'proving' }, { reply: authBytes, proved }: SaslStep): void {
    let sessionLifetimeMs = 0
    if (proved !== undefined) {
      const principal: KafkaPrincipal = { principalType: 'User', name: proved.name }
      const before = this.#session
      if (before !== undefined && before.principal.name !== principal.name) {
        const names = `from User.${before.principal.name}: User.${principal.name}`
        this.#fail(request, state, new SaslFailure(`Cannot change principals during re-authentication ${names}`))
        return
      }
      const lifetimeMs = this.#lifetimeMs(state.mechanism, proved.expiresMs)
      sessionLifetimeMs = lifetimeMs ?? 0
      const endMs = lifetimeMs === undefined ? Number.POSITIVE_INFINITY : this.#options.clock.monotonic() + lifetimeMs
      this.#session = { principal, mechanism: state.mechanism.name, endMs }
      this.#state = { is: 'served' }
    }
    if (state.isRaw) {
      request.replyRaw(authBytes)
      return
    }
    const response = createMessage(saslAuthenticateResponse, { authBytes, sessionLifetimeMs })
    reply(request, encodeMessage(saslAuthenticateResponse, request.apiVersion, response))
  }

  /** Undefined: it does not end. */
  #lifetimeMs({ sessionMsMax }: ServerMechanism, expiresMs: number | undefined): number | undefined {
    if (expiresMs === undefined) return sessionMsMax > 0 ? sessionMsMax : undefined
    const leftMs = Math.max(0, expiresMs - this.#options.clock.now())
    return sessionMsMax > 0 ? Math.min(leftMs, sessionMsMax) : leftMs
  }

  #fail(request: ServerRequest, state: State & { is: 'proving' }, error: unknown): void {
    const { clock, logger, failureDelayMs } = this.#options
    if (!(error instanceof SaslFailure)) logUnexpected(logger, error, { mechanism: state.mechanism.name })
    const failure = error instanceof SaslFailure ? error : invalidCredentials(state.mechanism.name)
    this.#state = { is: 'refused' }
    const timer = clock.setTimer(failureDelayMs, () => {
      if (state.isRaw) {
        request.refuse(failure.message)
        return
      }
      const response = createMessage(saslAuthenticateResponse, {
        errorCode: errorCodes.SASL_AUTHENTICATION_FAILED,
        errorMessage: failure.message,
      })
      reply(request, encodeMessage(saslAuthenticateResponse, request.apiVersion, response))
      request.connection.refuse(failure.message)
    })
    request.onAbandoned = () => timer.cancel()
  }
}

/** Undefined: it is no such request, and the connection ends. */
function decoded<Table extends typeof saslHandshakeRequest | typeof saslAuthenticateRequest>(
  table: Table,
  request: ServerRequest,
): MessageOf<Table> | undefined {
  try {
    return decodeMessage(table, request.apiVersion, request.body, { trailing: 'ignore' }) as MessageOf<Table>
  } catch (error) {
    request.refuse(`not a ${table.name}: ${(error as Error).message}`)
    return undefined
  }
}

function reply(request: ServerRequest, body: readonly Uint8Array[]): void {
  request.reply(body, responseHeaderVersion(request.apiKey, request.apiVersion))
}
