import { ProtocolError } from '@dorsale/protocol'

/** What the broker said, as Kafka's tools print it: the client puts the subject in front of a refusal, where Java's does not. */
export function bareMessage(error: Error, subject?: string): string {
  const { message } = error
  if (!(error instanceof ProtocolError)) return message
  if (subject !== undefined) return message.startsWith(`${subject}: `) ? message.slice(subject.length + 2) : message
  return message.replace(/^[\w.-]+: /, '')
}
