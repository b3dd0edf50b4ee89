import type { Prng } from '@dorsale/base'

/** A random UUID in the form that Kafka gives to members: version 4, lower case, with dashes. */
export function randomJavaUuid(prng: Prng): string {
  const bytes = prng.bytes(16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
