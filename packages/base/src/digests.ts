/** Digests without chance: the same bytes in, the same bytes out, on any machine. They are Node's own, and so off limits elsewhere by the rules of the house. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

export type DigestName = 'sha256' | 'sha512'

/** The digest of some bytes. */
export function digest(name: DigestName, bytes: Uint8Array): Uint8Array {
  return createHash(name).update(bytes).digest()
}

/** The keyed digest of some bytes. */
export function hmac(name: DigestName, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac(name, key).update(bytes).digest()
}

/** A key made slow on purpose from a password: about 0.5 us an iteration, on this thread, so `iterations` wants a bound where it comes from the network. */
export function pbkdf2(
  name: DigestName,
  password: Uint8Array,
  options: { salt: Uint8Array; iterations: number },
): Uint8Array {
  const keyBytes = name === 'sha256' ? 32 : 64
  return pbkdf2Sync(password, options.salt, options.iterations, keyBytes, name)
}

/** Whether two secrets are the same, in a time that does not tell where they differ. */
export function equalSecrets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
