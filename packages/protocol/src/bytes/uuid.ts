/**
 * UUIDs in Kafka's text form: 22 characters of unpadded base64url over the 16 bytes. It is the form of logs, tools,
 * `meta.properties` and our values, so nothing is converted between the wire and the eye.
 */

/** The UUID of 16 zero bytes: "no topic id", "no directory". */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'

const form = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** Whether the text is a UUID in Kafka's form. */
export function isUuid(text: string): boolean {
  return form.test(text)
}

/** The text form of 16 bytes. */
export function uuidFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('base64url')
}

/** The 16 bytes of a UUID in Kafka's form. */
export function uuidToBytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64url')
}
