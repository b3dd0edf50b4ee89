import type { Prng } from '@dorsale/base'
import { uuidFromBytes, uuidToBytes } from '../bytes/uuid.ts'

/** Directory ids that are no directory. */
export const directoryIds = {
  /** Written before directories had ids. */
  migrating: 'AAAAAAAAAAAAAAAAAAAAAA',
  /** The broker shall choose, and tell by AssignReplicasToDirs. */
  unassigned: 'AAAAAAAAAAAAAAAAAAAAAQ',
  /** Some directory that is offline. */
  lost: 'AAAAAAAAAAAAAAAAAAAAAg',
} as const

/** Whether the id names a real directory: the first hundred UUIDs are reserved. */
export function isReservedDirectoryId(id: string): boolean {
  const bytes = uuidToBytes(id)
  return bytes.subarray(0, 15).every(byte => byte === 0) && bytes[15]! < 100
}

/** A random UUID (version 4) in Kafka's form; never one that begins with a dash, which command lines take for an option. */
export function randomUuid(prng: Prng): string {
  for (;;) {
    const bytes = prng.bytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const text = uuidFromBytes(bytes)
    if (!text.startsWith('-')) return text
  }
}
