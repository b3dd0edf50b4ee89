/**
 * How Kafka's own tools read their command line. Two parsers are in use there, and scripts rely on the habits of both:
 *
 * ```
 * --topic orders      --topic=orders      -c file           an option and its value, which may begin with a dash
 * --compression-codec [gzip]                                a value that may be left out: the next word, unless it is an option
 * --producer-props acks=all linger.ms=5                     as many values as come before the next option
 * --config a=1 --config b=2                                 repeated
 * ```
 * Long names are written out in full, but for the tools that Kafka builds on argparse4j (`prefixes`), where the beginning of a name is enough if
 * only one begins so.
 */
import { DorsaleError, suggestName } from '@dorsale/base'

export interface OptionSpec {
  /** `flag`: no value. `optional`: the value may be left out. `many`: all the words up to the next option. Default: `value`. */
  readonly kind?: 'flag' | 'value' | 'optional' | 'many'
  readonly short?: string
  /** Other names, of earlier versions. */
  readonly aliases?: readonly string[]
  /** What the value is, for the help: `topic`. */
  readonly value?: string
  /** Shown in the help, and read by `text`. */
  readonly default?: string
  /** May be given more than once. `many` options may anyway. */
  readonly repeated?: boolean
  readonly doc: string
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

export interface ParseRules {
  readonly options: OptionTable
  /** The words that may stand for what is to be done: `describe`. */
  readonly actions?: readonly string[]
  readonly prefixes?: boolean
}

/** What was given. Asking for an option that the table does not have is a bug, and a type error. */
export class ParsedOptions<Name extends string = string> {
  readonly #table: OptionTable
  readonly #values: ReadonlyMap<string, readonly string[]>
  /** The word of `actions`, if one was given. */
  readonly action: string | undefined
  /** Words that no option takes. Kafka's tools pass over them. */
  readonly extra: readonly string[]

  constructor(
    table: OptionTable,
    values: ReadonlyMap<string, readonly string[]>,
    words: { action: string | undefined; extra: readonly string[] },
  ) {
    this.#table = table
    this.#values = values
    this.action = words.action
    this.extra = words.extra
  }

  has(name: Name): boolean {
    return this.#values.has(name)
  }

  /** The value that was given, or the default. */
  text(name: Name): string | undefined {
    const values = this.#values.get(name)
    if (values === undefined || values.length === 0) return this.#table[name]?.default
    return values[0]
  }

  /** Every value that was given. */
  texts(name: Name): readonly string[] {
    return this.#values.get(name) ?? []
  }

  required(name: Name): string {
    const text = this.text(name)
    if (text === undefined) throw usage(`Missing required argument "[${name}]"`)
    return text
  }

  /** A whole number. */
  integer(name: Name): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const number = Number(text)
    if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(number))
      throw usage(`Cannot parse argument '${text}' of option ${name}: it must be a whole number`)
    return number
  }
}

/** Reads the words after the name of the tool. Throws a `DorsaleError` that says what is wrong. */
export function parseOptions<Table extends OptionTable>(
  words: readonly string[],
  rules: ParseRules & { options: Table },
): ParsedOptions<keyof Table & string> {
  const values = new Map<string, string[]>()
  const extra: string[] = []
  let action: string | undefined
  let index = 0
  const isOption = (word: string | undefined) => word !== undefined && /^--?[a-zA-Z]/.test(word)
  while (index < words.length) {
    const word = words[index++]!
    if (!isOption(word)) {
      if (action === undefined && rules.actions?.includes(word)) action = word
      else extra.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const given = equals < 0 ? word : word.slice(0, equals)
    const name = findOption(given, rules)
    const { kind = 'value', repeated = false } = rules.options[name]!
    const earlier = values.get(name)
    if (earlier !== undefined && !repeated && kind === 'value')
      throw usage(`Found multiple arguments for option ${name}, but you asked for only one`)
    const own = earlier ?? []
    values.set(name, own)
    if (equals >= 0) {
      if (kind === 'flag') throw usage(`Option ${name} does not take a value`)
      own.push(word.slice(equals + 1))
    }
    if (kind === 'value' && equals < 0) {
      const next = words[index++]
      if (next === undefined) throw usage(`Option ${name} requires an argument`)
      own.push(next)
    } else if (kind === 'optional' && equals < 0) {
      if (index < words.length && !isOption(words[index])) own.push(words[index++]!)
    } else if (kind === 'many') {
      const before = own.length
      while (index < words.length && !isOption(words[index])) own.push(words[index++]!)
      if (own.length === before) throw usage(`Option ${name} requires an argument`)
    }
  }
  return new ParsedOptions(rules.options, values, { action, extra })
}

function findOption(given: string, { options, prefixes = false }: ParseRules): string {
  const bare = given.replace(/^--?/, '')
  const names = Object.keys(options)
  const exact = names.find(
    name =>
      (given.startsWith('--') && (name === bare || options[name]?.aliases?.includes(bare))) ||
      (!given.startsWith('--') && options[name]?.short === bare),
  )
  if (exact !== undefined) return exact
  const beginning = prefixes && given.startsWith('--') ? names.filter(name => name.startsWith(bare)) : []
  if (beginning.length === 1) return beginning[0]!
  if (beginning.length > 1)
    throw usage(`${given} may be ${beginning.map(name => `--${name}`).join(' or ')}: write it out`)
  const meant = suggestName(bare, names)
  throw usage(`${bare} is not a recognized option${meant === undefined ? '' : `; did you mean --${meant}?`}`)
}

/** What the user wrote cannot be done as written. */
export function usage(sentence: string): DorsaleError {
  return new DorsaleError('DORSALE_USAGE', sentence)
}
