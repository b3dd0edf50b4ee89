/** Requests and responses as text, for logs and for `dorsale wire decode`: a line that says what it is, and the message as JSON. */
import { apis, isApiVersion, requestHeaderVersion, responseHeaderVersion } from './apis.ts'
import { ByteReader } from './bytes/byte-reader.ts'
import { DecodeError } from './bytes/decode-error.ts'
import { readMessage } from './codec/codecs.ts'
import { formatMessage } from './codec/json.ts'
import { requestHeader } from './messages/request-header.ts'
import { responseHeader } from './messages/response-header.ts'
import type { MessageTable } from './table/message.ts'

/** A request without its size: header and body. Throws a `DecodeError`, also for an API or version that does not exist. */
export function formatRequest(bytes: Uint8Array): string {
  const peek = new ByteReader(bytes)
  const apiKey = peek.int16()
  const version = peek.int16()
  if (!isApiVersion(apiKey, version))
    throw new DecodeError(`there is no version ${version} of API ${apiKey}`, { offset: 0 })
  const reader = new ByteReader(bytes)
  const { correlationId, clientId } = readMessage(requestHeader, requestHeaderVersion(apiKey, version), reader)
  const { request } = apis.get(apiKey)!
  const from = clientId === null ? 'no client id' : `client id ${JSON.stringify(clientId)}`
  return `${request.name} v${version}, correlation id ${correlationId}, ${from}\n${formatBody(request, version, reader)}`
}

/** A response without its size, to a request of this API and version. Throws a `DecodeError`. */
export function formatResponse(bytes: Uint8Array, { apiKey, version }: { apiKey: number; version: number }): string {
  if (!isApiVersion(apiKey, version)) throw new DecodeError(`there is no version ${version} of API ${apiKey}`)
  const reader = new ByteReader(bytes)
  const { correlationId } = readMessage(responseHeader, responseHeaderVersion(apiKey, version), reader)
  const { response } = apis.get(apiKey)!
  return `${response.name} v${version}, correlation id ${correlationId}\n${formatBody(response, version, reader)}`
}

function formatBody(table: MessageTable, version: number, reader: ByteReader): string {
  const text = formatMessage(table, version, readMessage(table, version, reader), { indent: 2, records: 'size' })
  return reader.remaining === 0 ? text : `${text}\n${reader.remaining} bytes follow`
}
