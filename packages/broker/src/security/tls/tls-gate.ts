import type { HeaderVersions, RequestHandler, ServerRequest } from '@dorsale/transport'
import { anonymousPrincipal, type KafkaPrincipal } from '../principal.ts'
import type { PrincipalServer } from '../principal-server.ts'
import { subjectOf } from './distinguished-name.ts'
import type { PrincipalMapping } from './principal-mapping.ts'

/** Serves a connection as who its certificate says that it is: looked at with the first request, when the handshake is over. */
export class TlsGate implements RequestHandler {
  readonly headerVersions: HeaderVersions
  readonly #dispatcher: PrincipalServer
  readonly #mapping: PrincipalMapping
  #principal: KafkaPrincipal | undefined

  constructor(dispatcher: PrincipalServer, mapping: PrincipalMapping) {
    this.headerVersions = dispatcher.headerVersions
    this.#dispatcher = dispatcher
    this.#mapping = mapping
  }

  overlaps(apiKey: number): boolean {
    return this.#dispatcher.overlaps(apiKey)
  }

  handle(request: ServerRequest): void {
    if (this.#principal === undefined) {
      const { peerCertificate } = request.connection
      const subject = peerCertificate === undefined ? undefined : subjectOf(peerCertificate)
      const name = subject === undefined ? anonymousPrincipal.name : this.#mapping(subject)
      if (name === undefined) {
        request.refuse(`no rule of ssl.principal.mapping.rules applies to ${subject}`)
        return
      }
      this.#principal = { principalType: 'User', name }
    }
    this.#dispatcher.serve(request, this.#principal)
  }
}
