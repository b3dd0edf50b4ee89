import {
  type Api,
  advertisedVersions,
  apis,
  decodeMessage,
  type ErrorCode,
  encodeMessage,
  errorCodes,
  type ListenerType,
  ProtocolError,
  requestHeaderVersion,
  responseHeaderVersion,
} from '@dorsale/protocol'
import type { HeaderVersions, ServerConnection, ServerRequest } from '@dorsale/transport'
import { type ApiHandler, type Call, later } from './api.ts'
import { produceKey } from './apis/00-produce.ts'
import { apiVersionsKey, refusedVersion } from './apis/18-api-versions.ts'
import type { BrokerCore, ServedApi } from './core.ts'
import type { QuotaClient } from './quotas/quota-rules.ts'
import { anonymousPrincipal, formatPrincipal, type KafkaPrincipal } from './security/principal.ts'
import type { PrincipalServer } from './security/principal-server.ts'
import { allRights, type Rights } from './security/rights.ts'
import { logUnexpected } from './unexpected.ts'

/**
 * From frames to handlers and back. What cannot be understood ends the connection, as in Kafka: an unknown API, a version that is not served (but
 * for ApiVersions, whose clients do not know yet what to ask), a body that is not that message. What is understood and fails is answered.
 */
export class Dispatcher implements PrincipalServer {
  readonly headerVersions: HeaderVersions
  readonly #core: BrokerCore
  readonly #routes = new Map<number, Route>()

  constructor(core: BrokerCore, handlers: readonly ApiHandler[]) {
    this.#core = core
    for (const handler of handlers)
      this.#routes.set(handler.key, routeOf(handler, core.config.values['unstable.api.versions.enable']))
    this.headerVersions = {
      request: (apiKey, version) => (this.#routes.has(apiKey) ? requestHeaderVersion(apiKey, version) : undefined),
      response: responseHeaderVersion,
    }
  }

  overlaps(apiKey: number): boolean {
    return apiKey === produceKey
  }

  handle(request: ServerRequest): void {
    this.serve(request, anonymousPrincipal)
  }

  /** As `handle`, for a client that has shown who it is. */
  serve(request: ServerRequest, principal: KafkaPrincipal): void {
    const { apiKey, apiVersion } = request
    const route = this.#routes.get(apiKey)
    if (route === undefined) {
      request.refuse(`API ${apiKey} is not served`)
    } else if (apiVersion < route.api.versionMin || apiVersion > route.versionMax) {
      if (apiKey === apiVersionsKey) request.reply(refusedVersion(route.versionMax), 0)
      else request.refuse(`version ${apiVersion} of ${route.api.name} is not served`)
    } else {
      const message = this.#decode(route, request)
      if (message !== undefined) new OpenCall(this.#core, route, request, { message, principal }).run()
    }
  }

  serves(apiKey: number, apiVersion: number): boolean {
    const route = this.#routes.get(apiKey)
    return route !== undefined && apiVersion >= route.api.versionMin && apiVersion <= route.versionMax
  }

  refuse(request: ServerRequest, errorCode: ErrorCode): void {
    const { apiKey, apiVersion } = request
    const route = this.#routes.get(apiKey)
    if (route === undefined || !this.serves(apiKey, apiVersion)) {
      request.refuse(`version ${apiVersion} of API ${apiKey} is not served`)
      return
    }
    const message = this.#decode(route, request)
    if (message === undefined) return
    new OpenCall(this.#core, route, request, { message, principal: anonymousPrincipal }).attempt(() => {
      throw new ProtocolError(errorCode)
    })
  }

  #decode(route: Route, request: ServerRequest): unknown {
    try {
      return decodeMessage(route.api.request, request.apiVersion, request.body, { trailing: 'ignore' })
    } catch (error) {
      request.refuse(`not a request of ${route.api.name}: ${(error as Error).message}`)
      return undefined
    }
  }
}

/** What ApiVersions names: each API that has a handler, with Kafka's versions. */
export function servedApis(
  handlers: readonly ApiHandler[],
  options: { listener: ListenerType; unstable: boolean },
): ServedApi[] {
  return handlers.map(({ key }) => {
    const { min, max } = advertisedVersions(apiOf(key), options)
    return { apiKey: key, minVersion: min, maxVersion: max }
  })
}

interface Route {
  readonly handler: ApiHandler
  readonly api: Api
  readonly versionMax: number
}

function routeOf(handler: ApiHandler, unstable: boolean): Route {
  const api = apiOf(handler.key)
  return { handler, api, versionMax: unstable ? api.versionMax : api.stableVersionMax }
}

function apiOf(key: number): Api {
  return apis.get(key) as Api
}

/** A request between its decoding and its answer: the boundary that no throw of a handler crosses (D8). */
class OpenCall implements Call {
  readonly apiVersion: number
  readonly clientId: string | null
  readonly connection: ServerConnection
  readonly principal: KafkaPrincipal
  readonly #core: BrokerCore
  readonly #route: Route
  readonly #request: ServerRequest
  readonly #message: unknown
  #rights: Rights | undefined
  #throttleMs = 0
  /** When its handler was called, and for how long it worked, in milliseconds; NaN: it does not matter. */
  #beganMs = Number.NaN
  #workedMs = Number.NaN

  constructor(
    core: BrokerCore,
    route: Route,
    request: ServerRequest,
    { message, principal }: { message: unknown; principal: KafkaPrincipal },
  ) {
    this.apiVersion = request.apiVersion
    this.clientId = request.clientId
    this.connection = request.connection
    this.principal = principal
    this.#core = core
    this.#route = route
    this.#request = request
    this.#message = message
  }

  get client(): QuotaClient {
    return { user: this.principal.name, clientId: this.clientId ?? '' }
  }

  get rights(): Rights {
    this.#rights ??=
      this.#core.authorizer?.rightsOf({
        principal: formatPrincipal(this.principal),
        address: this.connection.remoteAddress,
        request: this.#route.api.name,
      }) ?? allRights
    return this.#rights
  }

  get requestBytes(): number {
    return this.#request.frameBytes
  }

  run(): void {
    const { clock, quotas } = this.#core
    if (quotas.countsTime) this.#beganMs = clock.monotonic()
    try {
      const outcome = this.#route.handler.handle(this.#core, this.#message, this)
      if (!Number.isNaN(this.#beganMs)) this.#workedMs = clock.monotonic() - this.#beganMs
      if (outcome === later) return
      if (outcome instanceof Promise) this.#replyWith(outcome)
      else this.reply(outcome)
    } catch (error) {
      this.#fail(error)
    }
  }

  throttle(ms: number): void {
    this.#throttleMs = Math.max(this.#throttleMs, ms)
  }

  #replyWith(outcome: Promise<unknown>): void {
    outcome.then(
      response => this.reply(response),
      error => this.#fail(error),
    )
  }

  reply(response: unknown, onTaken?: () => void): void {
    try {
      this.#send(response, onTaken)
    } catch (error) {
      this.#fail(error)
    }
  }

  replyNothing(): void {
    if (this.#throttleMs > 0) this.connection.throttle(this.#throttleMs)
    this.#request.replyNothing()
  }

  releaseRequest(): void {
    this.#request.release()
  }

  refuse(reason: string): void {
    this.#request.refuse(reason)
  }

  attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#fail(error)
    }
  }

  onAbandoned(callback: () => void): void {
    this.#request.onAbandoned = callback
  }

  #fail(error: unknown): void {
    let errorCode: number = errorCodes.UNKNOWN_SERVER_ERROR
    if (error instanceof ProtocolError) errorCode = error.errorCode
    else logUnexpected(this.#core.logger, error, { api: this.#route.api.name, apiVersion: this.apiVersion })
    if (this.#request.state !== 'open') return
    try {
      this.#send(this.#route.handler.refuse(this.#message, errorCode, this.apiVersion))
    } catch (second) {
      logUnexpected(this.#core.logger, second, { api: this.#route.api.name, apiVersion: this.apiVersion })
      this.#request.refuse('its refusal could not be written')
    }
  }

  #send(answer: unknown, onTaken?: () => void): void {
    const { api } = this.#route
    this.#chargeTime()
    const throttleTimeMs = this.#throttleMs
    let response = answer
    if (throttleTimeMs > 0) {
      this.connection.throttle(throttleTimeMs)
      if ('throttleTimeMs' in api.response.body.fields) response = { ...(answer as object), throttleTimeMs }
    }
    const chunks = encodeMessage(api.response, this.apiVersion, response as never)
    this.#request.reply(chunks, responseHeaderVersion(api.key, this.apiVersion), onTaken)
  }

  /** What the handler did before it returned; what storage and the controller do afterwards is done for many at once. */
  #chargeTime(): void {
    const { clock, quotas } = this.#core
    if (Number.isNaN(this.#beganMs)) return
    const tookMs = Number.isNaN(this.#workedMs) ? clock.monotonic() - this.#beganMs : this.#workedMs
    this.#beganMs = Number.NaN
    this.throttle(quotas.spent(this.client, tookMs))
  }
}
