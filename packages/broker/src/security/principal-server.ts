import type { ErrorCode } from '@dorsale/protocol'
import type { RequestHandler, ServerRequest } from '@dorsale/transport'
import type { KafkaPrincipal } from './principal.ts'

/** What lies behind the doors: it serves requests, once it is told for whom. */
export interface PrincipalServer extends RequestHandler {
  serve(request: ServerRequest, principal: KafkaPrincipal): void
  /** Whether a request of this API and version is served. */
  serves(apiKey: number, apiVersion: number): boolean
  /** Answers a request with an error in place of what it asks. */
  refuse(request: ServerRequest, errorCode: ErrorCode): void
}
