import { DorsaleError, TlsError } from '@dorsale/base'

/** The broker does not take the client for who it says it is, or they cannot agree on how to find out. `code` is `DORSALE_AUTHENTICATION`. */
export class AuthenticationError extends DorsaleError {
  override readonly name = 'AuthenticationError'

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('DORSALE_AUTHENTICATION', message, options)
  }
}

/** Whether another connection would end the same way: the credentials or the trust are wrong, and not the network. */
export function isSecurityError(error: unknown): error is AuthenticationError | TlsError {
  return error instanceof AuthenticationError || error instanceof TlsError
}
