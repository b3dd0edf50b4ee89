import { ProtocolError } from '@dorsale/protocol'
import { bareMessage } from './bare-message.ts'

/** Errors whose class is not called as they are. */
const irregular: Readonly<Record<string, string>> = {
  NON_EMPTY_GROUP: 'GroupNotEmpty',
  UNKNOWN_SERVER_ERROR: 'UnknownServer',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopic',
  TOPIC_ALREADY_EXISTS: 'TopicExists',
}

/** An error as Java prints it, with the class in front, which scripts look for. */
export function javaException(error: Error, subject?: string): string {
  if (!(error instanceof ProtocolError)) return error.message
  const words = error.errorName.split('_').map(word => word[0] + word.slice(1).toLowerCase())
  const name = irregular[error.errorName] ?? words.join('')
  return `org.apache.kafka.common.errors.${name}Exception: ${bareMessage(error, subject)}`
}
