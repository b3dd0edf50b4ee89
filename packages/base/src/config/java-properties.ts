import { DorsaleError } from '../errors.ts'

/**
 * The format of `java.util.Properties.load`, in which Kafka's configuration files are written:
 *
 * ```
 * # comment          ! comment        (first character that is no blank)
 * key=value          key:value        key value       key = value
 * long.key = first \
 *            second                   (an odd number of backslashes at the end joins the next line without its leading blanks)
 * tab=\t  unicode=\u00e9  a\ b=c      (a backslash before any other character is dropped)
 * ```
 * Blanks are space, tab and form feed; lines end at LF, CR or CRLF. Values keep their trailing blanks. Java reads such a file
 * as Latin-1: give `parseJavaProperties` the file's bytes and it does so too.
 */

/** A file that is not in the format. `code` is `DORSALE_PROPERTIES`. */
export class PropertiesError extends DorsaleError {
  override readonly name = 'PropertiesError'
  /** Where the logical line begins, from 1. */
  readonly line: number

  constructor(line: number, message: string) {
    super('DORSALE_PROPERTIES', `line ${line}: ${message}`)
    this.line = line
  }
}

/** Every key with its last value, in the order of first appearance. Throws a `PropertiesError` at a malformed `\uxxxx`. */
export function parseJavaProperties(source: Uint8Array | string): Map<string, string> {
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('latin1')
  const properties = new Map<string, string>()
  for (const { content, number } of logicalLines(text)) {
    const { key, value } = splitLine(content)
    properties.set(withoutEscapes(key, number), withoutEscapes(value, number))
  }
  return properties
}

interface LogicalLine {
  readonly content: string
  readonly number: number
}

function* logicalLines(text: string): Generator<LogicalLine> {
  const naturalLines = text.split(/\r\n|\n|\r/)
  // What follows the last line's end is not a line.
  if (naturalLines.at(-1) === '') naturalLines.pop()
  let content = ''
  let number = 0
  let joined = false
  for (const [index, naturalLine] of naturalLines.entries()) {
    const line = naturalLine.replace(/^[ \t\f]+/, '')
    // Java asks whether anything has been kept of the logical line, so a comment may also follow a lone backslash.
    if (content === '' && (line.startsWith('#') || line.startsWith('!'))) {
      joined = false
      continue
    }
    if (!joined) number = index + 1
    joined = endsInOddBackslashes(line)
    content += joined ? line.slice(0, -1) : line
    if (joined || content === '') continue
    yield { content, number }
    content = ''
  }
  // To Java a lone backslash on the last line is an entry with an empty key, unless CRLF follows it.
  if (content !== '' || (joined && !text.endsWith('\r\n'))) yield { content, number }
}

function endsInOddBackslashes(line: string): boolean {
  let start = line.length
  while (line[start - 1] === '\\') start--
  return (line.length - start) % 2 === 1
}

/** The key ends at the first separator that no backslash escapes; blanks around one `=` or `:` belong to neither side. */
function splitLine(line: string): { key: string; value: string } {
  let end = 0
  while (end < line.length && !' \t\f=:'.includes(line[end]!)) end += line[end] === '\\' ? 2 : 1
  const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return { key: line.slice(0, end), value }
}

function withoutEscapes(text: string, line: number): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)?/gs, (_, escaped: string | undefined) => {
    if (escaped === undefined) return ''
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    if (escaped === 'u') throw new PropertiesError(line, 'malformed \\uxxxx encoding')
    return controls[escaped] ?? escaped
  })
}

const controls: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' }
