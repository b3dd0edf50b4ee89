/**
 * A bug in Dorsale: something that cannot happen has happened. Nothing retries or swallows it; the smallest safe unit
 * (request, partition, process) stops.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** One condition per call; the text says what must hold. On in production too. */
export function assert(condition: unknown, text: string): asserts condition {
  if (!condition) throw new AssertionError(text)
}

/** Ends a `switch` over a union: the compiler refuses it while a case is missing. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`)
}
