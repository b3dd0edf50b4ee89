import type { ServerConnection } from '@dorsale/transport'
import type { BrokerCore } from './core.ts'
import type { QuotaClient } from './quotas/quota-rules.ts'
import type { KafkaPrincipal } from './security/principal.ts'
import type { Rights } from './security/rights.ts'

/**
 * One API of the broker. A handler answers in one of three ways: it returns the response; it returns a promise of it (work of the
 * controller); or it returns `later` and calls `call.reply` when storage or the purgatory call back, without a promise per request.
 *
 * A `ProtocolError` that is thrown becomes `refuse` with its code; anything else thrown is a bug and becomes UNKNOWN_SERVER_ERROR (D8).
 */
export interface ApiHandler<Request = unknown, Response = unknown> {
  /** Kafka's number of the API: its messages and versions are in the table of `@dorsale/protocol`. */
  readonly key: number
  handle(core: BrokerCore, request: Request, call: Call<Response>): Response | Promise<Response> | typeof later
  /** The response that refuses the whole request with one error, in the places where this API carries errors, as Kafka's `getErrorResponse`. */
  refuse(request: Request, errorCode: number, apiVersion: number): Response
}

/** The reply comes through `call.reply`. */
export const later = Symbol('later')

/** One request being served, as its handler sees it. */
export interface Call<Response = unknown> {
  readonly apiVersion: number
  readonly clientId: string | null
  /** The listener that the client came by, and its address. */
  readonly connection: ServerConnection
  /** Who asks, as he showed when he came: `User:ANONYMOUS` where nobody asks. */
  readonly principal: KafkaPrincipal
  /** What he may do. */
  readonly rights: Rights
  /** Who asks, as quotas know him. */
  readonly client: QuotaClient
  /** The request's size, header included. */
  readonly requestBytes: number
  /** The client is over a quota: the answer says for how long it should pause, and its connection is not read until then. The longest counts. */
  throttle(ms: number): void
  /**
   * Answers; once, and only when the handler returned `later`. `onTaken` is called when the kernel has taken the whole answer, so that memory under
   * it may be used again; never, if the connection ends before.
   */
  reply(response: Response, onTaken?: () => void): void
  /** Nothing that was decoded from the request is looked at any more, nor handed to the disk or to anybody else: its memory may go at once. */
  releaseRequest(): void
  /** The sender expects no response. */
  replyNothing(): void
  /** Closes the connection instead of an answer. */
  refuse(reason: string): void
  /** Runs a step that goes on after the handler returned: what it throws is answered as if the handler had thrown. */
  attempt(step: () => void): void
  /** Calls back when the connection closes before the answer. */
  onAbandoned(callback: () => void): void
}

/** Ties a handler to the types of its messages, and forgets them for the registry. */
export function defineApi<Request, Response>(handler: ApiHandler<Request, Response>): ApiHandler {
  return handler as ApiHandler
}
