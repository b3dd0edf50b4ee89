/**
 * `sasl.jaas.config`, the form of Java's login configuration in which Kafka's clients and brokers name their credentials:
 *
 *     org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="secret";
 */
import { ConfigError } from '@dorsale/base'

export interface JaasConfig {
  /** The class, without its package: `PlainLoginModule`. */
  readonly module: string
  readonly options: ReadonlyMap<string, string>
}

const flags = ['required', 'requisite', 'sufficient', 'optional']

/** One token: a quoted string, a sign, or a word. */
const token = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([=;])|([^\s=;"']+))/gy

/** Reads the one entry that such a setting may have. Throws a `ConfigError` that shows nothing of what is secret. `key`: whose problem it is. */
export function parseJaasConfig(text: string, key = 'sasl.jaas.config'): JaasConfig {
  const problem = (sentence: string) => new ConfigError([{ key, message: `${key} ${sentence}` }])
  const tokens = tokensOf(text)
  if (tokens === undefined) throw problem('has a quote that is not closed')
  const [moduleName, flag, ...rest] = tokens
  if (moduleName === undefined || moduleName.isSign) throw problem('names no login module')
  if (flag === undefined || !flags.includes(flag.text.toLowerCase())) {
    throw problem(`wants one of ${flags.join(', ')} after the login module`)
  }
  const options = new Map<string, string>()
  let index = 0
  for (; index < rest.length && rest[index]?.text !== ';'; index += 3) {
    const [name, equals, value] = rest.slice(index, index + 3)
    if (
      name === undefined ||
      name.isSign ||
      equals?.text !== '=' ||
      !equals.isSign ||
      value === undefined ||
      value.isSign
    ) {
      throw problem(`has an option that is not name=value, at option ${options.size + 1}`)
    }
    options.set(name.text, value.text)
  }
  if (rest[index]?.text !== ';') throw problem('must end with a semicolon')
  if (index + 1 < rest.length) throw problem('may have one login module only, and goes on after the semicolon')
  return { module: moduleName.text.slice(moduleName.text.lastIndexOf('.') + 1), options }
}

interface Token {
  readonly text: string
  /** `=` or `;`, not in quotes. */
  readonly isSign: boolean
}

/** Undefined: a quote is not closed. */
function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const trimmed = text.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed)
    if (match === null) return undefined
    const [, double, single, sign, word] = match
    const quoted = double ?? single
    tokens.push({ text: quoted?.replaceAll(/\\(.)/gs, '$1') ?? sign ?? word ?? '', isSign: sign !== undefined })
  }
  return tokens
}
