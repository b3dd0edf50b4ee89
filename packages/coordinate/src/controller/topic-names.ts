const lengthMax = 249
const legal = /^[a-zA-Z0-9._-]+$/

/** What is wrong with a topic name, in Kafka's words; undefined when nothing is. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.') return "Topic name is invalid: '.' is not allowed"
  if (name === '..') return "Topic name is invalid: '..' is not allowed"
  if (name.length > lengthMax) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${lengthMax}`
  }
  if (!legal.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return undefined
}

/**
 * Names that differ only in '.' and '_' give the same metric names, so the second is refused. Names that could collide are
 * those with the same key; undefined: this one cannot.
 */
export function collisionKey(name: string): string | undefined {
  return name.includes('.') || name.includes('_') ? name.replaceAll('.', '_') : undefined
}

/** The topic of the cluster metadata, which is no topic that clients can create, delete or write. */
export const metadataTopicName = '__cluster_metadata'
