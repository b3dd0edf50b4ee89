/**
 * The few bytes before each message's body. Written out by hand, not through the message tables, because the server must read them before it
 * knows the rest, at the cost of a few stores per request:
 *
 *     request   apiKey int16, apiVersion int16, correlationId int32, clientId nullable string (int16 length), v2: tagged fields
 *     response  correlationId int32, v1: tagged fields
 *
 * The tests hold both against the tables of `RequestHeader` and `ResponseHeader`.
 */
export interface RequestHeader {
  apiKey: number
  apiVersion: number
  correlationId: number
  clientId: string | null
  /** Where the body begins. */
  headerBytes: number
}

/** Tells which header a request and its response carry; `requestHeaderVersion` and `responseHeaderVersion` of the protocol. */
export interface HeaderVersions {
  /** Undefined for an API that this side does not know. */
  request(apiKey: number, apiVersion: number): number | undefined
  response(apiKey: number, apiVersion: number): number | undefined
}

/** Undefined when the frame is not a request with such a header. */
export function readRequestHeader(frame: Uint8Array, versions: HeaderVersions): RequestHeader | undefined {
  if (frame.length < fixedBytes) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const apiKey = view.getInt16(0)
  const apiVersion = view.getInt16(2)
  const version = versions.request(apiKey, apiVersion)
  if (version === undefined) return undefined
  let position = fixedBytes
  let clientId: string | null = null
  if (position + 2 > frame.length) return undefined
  const length = view.getInt16(position)
  position += 2
  if (length < -1 || position + length > frame.length) return undefined
  if (length >= 0) {
    clientId = Buffer.from(frame.buffer, frame.byteOffset + position, length).toString()
    position += length
  }
  if (version >= 2) {
    position = skipTaggedFields(frame, position)
    if (position < 0) return undefined
  }
  return { apiKey, apiVersion, correlationId: view.getInt32(4), clientId, headerBytes: position }
}

/**
 * The frame's size and its request header, in one chunk; the body of `bodyBytes` follows. `room`: bytes that are left behind them in the chunk, for a body that is written there.
 * Default: none.
 */
export function writeRequestHeader(
  header: { apiKey: number; apiVersion: number; correlationId: number; clientId: string | null },
  headerVersion: number,
  bodyBytes: number,
  room = 0,
): Uint8Array {
  const { clientId } = header
  const clientIdBytes = clientId === null ? 0 : Buffer.byteLength(clientId)
  const size = fixedBytes + 2 + clientIdBytes + (headerVersion >= 2 ? 1 : 0)
  const bytes = Buffer.allocUnsafe(4 + size + room)
  bytes.writeInt32BE(size + bodyBytes, 0)
  bytes.writeInt16BE(header.apiKey, 4)
  bytes.writeInt16BE(header.apiVersion, 6)
  bytes.writeInt32BE(header.correlationId, 8)
  bytes.writeInt16BE(clientId === null ? -1 : clientIdBytes, 12)
  if (clientId !== null) bytes.write(clientId, 14)
  // No tagged fields.
  if (headerVersion >= 2) bytes[3 + size] = 0
  return bytes
}

/** The frame's size and its response header, in one chunk; the body of `bodyBytes` follows. */
export function writeResponseHeader(correlationId: number, headerVersion: number, bodyBytes: number): Uint8Array {
  const bytes = new Uint8Array(headerVersion >= 1 ? 9 : 8)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, bytes.length - 4 + bodyBytes)
  view.setInt32(4, correlationId)
  return bytes
}

/** Where the body of a response begins; undefined when the header is damaged. */
export function responseBodyStart(frame: Uint8Array, headerVersion: number): number | undefined {
  if (frame.length < 4) return undefined
  if (headerVersion === 0) return 4
  const end = skipTaggedFields(frame, 4)
  return end < 0 ? undefined : end
}

/** The position after the tagged fields, or -1 when they run past the frame. */
function skipTaggedFields(frame: Uint8Array, start: number): number {
  const cursor = { position: start }
  const count = readVarint(frame, cursor)
  for (let i = 0; i < count; i++) {
    if (readVarint(frame, cursor) < 0) return -1
    const length = readVarint(frame, cursor)
    if (length < 0) return -1
    cursor.position += length
    if (cursor.position > frame.length) return -1
  }
  return count < 0 ? -1 : cursor.position
}

/** Unsigned varint of up to 5 bytes; -1 when it is cut or too long. */
function readVarint(frame: Uint8Array, cursor: { position: number }): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (cursor.position >= frame.length) return -1
    const byte = frame[cursor.position++]!
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  return -1
}

const fixedBytes = 8
