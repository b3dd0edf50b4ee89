/** The regular expressions with which Kafka's tools choose topics: commas mean "or". */
import { DorsaleError } from '@dorsale/base'

/** Whether a topic's whole name matches. Throws when the pattern is none. Patterns come from the user's own command line. */
export function topicFilter(pattern: string): (topic: string) => boolean {
  const source = pattern
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  let whole: RegExp
  try {
    whole = new RegExp(`^(?:${source})$`)
  } catch (error) {
    throw new DorsaleError('DORSALE_USAGE', `${pattern} is an invalid regex.`, { cause: error })
  }
  return topic => whole.test(topic)
}
