/** `dorsale wire decode`: what a frame of Kafka's protocol says. */
import { DorsaleError } from '@dorsale/base'
import { apis, DecodeError, formatRequest, formatResponse } from '@dorsale/protocol'
import type { CommandIo } from '../command-io.ts'

/** Prints a request, or the response to a request of the API and version in `responseTo` (`Fetch:16`, or by key `1:16`). */
export function decodeCommand(hex: string, { responseTo }: { responseTo?: string }, io: CommandIo): void {
  const digits = hex.replaceAll(/\s+/g, '')
  if (!/^([0-9a-f]{2})+$/i.test(digits)) throw refusal('The frame must be given as pairs of hexadecimal digits.')
  const bytes = withoutSize(Buffer.from(digits, 'hex'))
  try {
    const text = responseTo === undefined ? formatRequest(bytes) : formatResponse(bytes, parseRequestKind(responseTo))
    io.stdout.write(`${text}\n`)
  } catch (error) {
    if (error instanceof DecodeError) throw refusal(`This is not such a message: ${error.message}.`)
    throw error
  }
}

/** A frame without the size in front, if there is one. */
function withoutSize(bytes: Buffer): Buffer {
  return bytes.length >= 4 && bytes.readInt32BE(0) === bytes.length - 4 ? bytes.subarray(4) : bytes
}

function parseRequestKind(text: string): { apiKey: number; version: number } {
  const [api, version] = text.split(':')
  const found = [...apis.values()].find(({ key, name }) => String(key) === api || name === api)
  if (found === undefined)
    throw refusal(`There is no API "${api}"; name it as Kafka does, or by its key: Fetch:16, 1:16.`)
  if (!/^\d+$/.test(version ?? '')) throw refusal(`"${text}" names no version: Fetch:16.`)
  return { apiKey: found.key, version: Number(version) }
}

function refusal(sentence: string): DorsaleError {
  return new DorsaleError('DORSALE_USAGE', sentence)
}
