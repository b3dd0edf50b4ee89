/** The regular expressions with which Kafka's tools choose topics: commas mean "or". */
import { DorsaleError } from '@dorsale/base'

/** Whether a topic's whole name matches. Throws when the pattern is none. Patterns come from the user's own command line. */
export function topicFilter(pattern: string): (topic: string) => boolean {
  const whole = topicPattern(pattern)
  return topic => whole.test(topic)
}

/** The pattern, of the whole name. */
export function topicPattern(pattern: string): RegExp {
  const source = pattern
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  try {
    return new RegExp(`^(?:${source})$`)
  } catch (error) {
    throw new DorsaleError('DORSALE_USAGE', `${pattern} is an invalid regex.`, { cause: error })
  }
}
