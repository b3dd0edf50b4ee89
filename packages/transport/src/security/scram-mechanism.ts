import { type DigestName, pbkdf2 } from '@dorsale/base'

/** SCRAM's two forms in Kafka, by the digest that each stands on. */
export const scramDigests = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const satisfies Record<
  string,
  DigestName
>

export type ScramMechanism = keyof typeof scramDigests

/** Kafka's own bounds of the iterations. */
export const scramIterations = { min: 4096, max: 16_384 } as const

/** What SCRAM keeps in place of a password: made of the password, a salt and as many iterations as shall make it slow. */
export function saltedPassword(
  mechanism: ScramMechanism,
  password: Uint8Array,
  options: { readonly salt: Uint8Array; readonly iterations: number },
): Uint8Array {
  return pbkdf2(scramDigests[mechanism], password, options)
}
