export {
  createMessage,
  decodeMessage,
  encodeMessage,
  encodeMessageBytes,
  type PartialMessage,
  readMessage,
  supportsVersion,
  writeMessage,
} from './codecs.ts'
export { EncodeError } from './encode-error.ts'
export { formatMessage, parseMessage } from './json.ts'
