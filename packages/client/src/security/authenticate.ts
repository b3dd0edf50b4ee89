/** How a client shows a broker who it is: SaslHandshake names the mechanism, SaslAuthenticate carries what the mechanism says (KIP-43, KIP-152). */
import {
  type ErrorCode,
  errorCodes,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  ProtocolError,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@dorsale/protocol'
import { AuthenticationError } from './authentication-error.ts'
import type { PatientSaslExchange } from './sasl-exchange.ts'

/** Sends one request, in the newest version that both sides speak. */
export type Ask = <Request extends MessageTable, Response extends MessageTable>(
  request: Request,
  response: Response,
  value: PartialMessage<Request>,
) => Promise<MessageOf<Response>>

/** No mechanism says as much. */
const roundsMax = 10

/** Answers for how long the broker believes it, in milliseconds; 0: for as long as the connection lives. Rejects with an `AuthenticationError`. */
export async function authenticate(ask: Ask, mechanism: string, exchange: PatientSaslExchange): Promise<number> {
  const handshake = await ask(saslHandshakeRequest, saslHandshakeResponse, { mechanism })
  if (handshake.errorCode === errorCodes.UNSUPPORTED_SASL_MECHANISM) {
    const enabled = handshake.mechanisms.join(', ')
    throw new AuthenticationError(`the broker does not offer the SASL mechanism ${mechanism}, but ${enabled}`)
  }
  refuse(mechanism, handshake.errorCode, null)
  let authBytes: Uint8Array | undefined = await exchange.first()
  for (let round = 0; round < roundsMax; round++) {
    const response: MessageOf<typeof saslAuthenticateResponse> = await ask(
      saslAuthenticateRequest,
      saslAuthenticateResponse,
      { authBytes },
    )
    refuse(mechanism, response.errorCode, response.errorMessage)
    authBytes = await exchange.next(response.authBytes)
    if (authBytes === undefined) return response.sessionLifetimeMs
  }
  throw new AuthenticationError(`${mechanism}: the broker goes on and on`)
}

function refuse(mechanism: string, errorCode: number, errorMessage: string | null): void {
  if (errorCode === errorCodes.NONE) return
  const cause = new ProtocolError(errorCode as ErrorCode, errorMessage ?? undefined)
  throw new AuthenticationError(`${mechanism}: ${cause.message}`, { cause })
}
