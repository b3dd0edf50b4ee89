const brand = Symbol.for('dorsale.error')

/**
 * An operating error: the world refused. Callers match `code` (stable, `DORSALE_...`), never the text. `instanceof` goes by a shared
 * symbol, so that two copies of a package agree.
 */
export class DorsaleError extends Error {
  override readonly name: string = 'DorsaleError'
  readonly code: string
  /** The same call may succeed later. */
  readonly retriable: boolean

  constructor(code: string, message: string, options: { cause?: unknown; retriable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retriable = options.retriable ?? false
    Object.defineProperty(this, brand, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass goes by its own prototype chain; the base class by the brand.
    if (this !== DorsaleError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** A disk operation failed. `code` is `DORSALE_DISK`; `errno` the system's name: `ENOSPC`, `EIO`, `ENOENT`, `EACCES`... */
export class DiskError extends DorsaleError {
  override readonly name = 'DiskError'
  readonly errno: string
  readonly path: string

  constructor(errno: string, operation: string, path: string, cause?: unknown) {
    super('DORSALE_DISK', `cannot ${operation} ${path}: ${errno}`, { cause })
    this.errno = errno
    this.path = path
  }
}

/** A socket or listener failed. `code` is `DORSALE_NET`; `errno` the system's name: `ECONNREFUSED`, `EADDRINUSE`... */
export class NetError extends DorsaleError {
  override readonly name = 'NetError'
  readonly errno: string

  constructor(errno: string, message: string, cause?: unknown) {
    super('DORSALE_NET', message, { cause, retriable: true })
    this.errno = errno
  }
}

/**
 * TLS could not be agreed on, or one side does not trust the other: another try would end the same way. `code` is `DORSALE_TLS`; `reason` OpenSSL's or Node's name:
 * `SELF_SIGNED_CERT_IN_CHAIN`, `ERR_TLS_CERT_ALTNAME_INVALID`, `ERR_SSL_WRONG_VERSION_NUMBER`...
 */
export class TlsError extends DorsaleError {
  override readonly name = 'TlsError'
  readonly reason: string

  constructor(reason: string, message: string, cause?: unknown) {
    super('DORSALE_TLS', message, { cause })
    this.reason = reason
  }
}

/**
 * A task failed off the thread, or its thread died. Classes do not travel between threads: `code` is that of the error
 * the task threw if it had one, else `DORSALE_OFFLOAD`; the message is the task's.
 */
export class OffloadError extends DorsaleError {
  override readonly name = 'OffloadError'
}
