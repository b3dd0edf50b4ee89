/** The broker's side of one SASL exchange: what it says to what the client says, until it knows who that is. */
export interface SaslServerExchange {
  /** Answers, or rejects, or throws a `SaslFailure`; anything else that is thrown is a bug, and refuses the client too. */
  next(said: Uint8Array): SaslStep | Promise<SaslStep>
}

export interface SaslStep {
  readonly reply: Uint8Array
  /** Who the client is; undefined: it has to say more. */
  readonly proved?: SaslProof
}

export interface SaslProof {
  /** Of the principal `User:name`. */
  readonly name: string
  /** On the wall clock: when what the client showed is worth nothing any more. Undefined: never. */
  readonly expiresMs?: number
}

/** The client is refused. Its words go to the client as they are: they tell nothing that a stranger should not know. */
export class SaslFailure extends Error {
  override readonly name = 'SaslFailure'
}

/** Kafka's words for whatever is wrong with what was said or with the proof. */
export function invalidCredentials(mechanism: string): SaslFailure {
  return new SaslFailure(
    `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`,
  )
}

/** Kafka's words for a client that asks to act for somebody else. */
export function otherIdentity(): SaslFailure {
  return new SaslFailure('Authentication failed: Client requested an authorization id that is different from username')
}

/** A mechanism as one listener offers it. */
export interface ServerMechanism {
  readonly name: string
  /** `connections.max.reauth.ms` of the mechanism at the listener; 0: for ever. */
  readonly sessionMsMax: number
  /** One for each log-in. */
  begin(): SaslServerExchange
}
