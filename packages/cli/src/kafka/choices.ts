import { usage } from './options.ts'

/** The words of a list with commas, as they are known, whatever their case. Empty: no list. Throws Kafka's sentence for a word that is not known. */
export function choices<T extends string>(text: string | undefined, name: string, known: readonly T[]): T[] {
  if (text === undefined || text === '') return []
  return text.split(',').map(word => {
    const found = known.find(each => each.toLowerCase() === word.trim().toLowerCase())
    if (found === undefined) throw usage(`Invalid ${name} list '${text}'. Valid ${name} are: ${known.join(', ')}`)
    return found
  })
}
