/** The client's side of one SASL exchange: what it says, in answer to what the broker says. */
export interface SaslExchange {
  /** What the client begins with. */
  first(): Uint8Array
  /**
   * What it says to what the broker said; undefined: nothing more, it is done. Throws an `AuthenticationError` when the broker has said what it may not
   * say, or cannot prove that it knows the secret.
   */
  next(challenge: Uint8Array): Uint8Array | undefined
}

/** As `SaslExchange`, of who must ask somebody else for what to say. */
export interface PatientSaslExchange {
  first(): Uint8Array | Promise<Uint8Array>
  next(challenge: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>
}
