import { topicNameProblem } from '@dorsale/coordinate'
import { errorCodes } from '@dorsale/protocol'

/** Topics of Kafka's own coordinators: clients see them as internal and do not write to them. */
const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

export function isInternalTopic(name: string): boolean {
  return internalTopics.has(name)
}

/** The error of a topic that is not there: it could be, or its name could never be one. */
export function missingTopicError(name: string): number {
  return topicNameProblem(name) === undefined
    ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION
    : errorCodes.INVALID_TOPIC_EXCEPTION
}
