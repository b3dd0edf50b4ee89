/**
 * Just enough of TypeScript's grammar for tidy: where comments and literals are, which modules a file imports, which names it exports. TypeScript
 * 7 has no JavaScript interface, and these questions do not need its answers.
 */

export interface ScannedText {
  /** The text with comments blanked, of equal length. */
  withoutComments: string
  /** The text with comments and the insides of strings, templates and regular expressions blanked, of equal length. */
  codeOnly: string
}

export interface Import {
  specifier: string
  /** Names as the other module exports them; `*` for all of them. */
  names: readonly string[]
  typeOnly: boolean
  /** `export ... from`. */
  isReexport: boolean
  /** `import(...)`: made when the line runs. */
  isDynamic: boolean
  line: number
}

/** Characters and words after which a slash begins a regular expression and not a division. */
const beforeRegExp = /(?:^|[=([{,;:!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|throw|await|yield))\s*$/

export function scan(text: string): ScannedText {
  const comments = new Blanks(text)
  const literals = new Blanks(text)
  /** For each template that is open: how many braces are open inside its current substitution. */
  const templates: number[] = []
  let at = 0
  while (at < text.length) {
    const end = skipToken(at)
    at = Math.max(end, at + 1)
  }
  return { withoutComments: comments.apply(), codeOnly: literals.apply(comments.ranges) }

  function skipToken(start: number): number {
    const pair = text.slice(start, start + 2)
    const char = text[start]
    if (pair === '//') return comments.blank(start, indexOrEnd(text.indexOf('\n', start), text))
    if (pair === '/*') return comments.blank(start, indexOrEnd(text.indexOf('*/', start + 2), text) + 2)
    if (char === "'" || char === '"') return skipQuoted(start, char)
    if (char === '`') return skipTemplate(start + 1)
    if (char === '/' && beforeRegExp.test(text.slice(Math.max(0, start - 40), start))) return skipRegExp(start)
    const depth = templates.at(-1)
    if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1
    if (depth !== undefined && char === '}') {
      if (depth === 0) {
        templates.pop()
        return skipTemplate(start + 1)
      }
      templates[templates.length - 1] = depth - 1
    }
    return start + 1
  }

  function skipQuoted(start: number, quote: string): number {
    let end = start + 1
    while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
    literals.blank(start + 1, end)
    return end + 1
  }

  function skipTemplate(start: number): number {
    let end = start
    while (end < text.length && text[end] !== '`') {
      if (text.startsWith('${', end)) {
        templates.push(0)
        literals.blank(start, end)
        return end + 2
      }
      end += text[end] === '\\' ? 2 : 1
    }
    literals.blank(start, end)
    return end + 1
  }

  function skipRegExp(start: number): number {
    let inClass = false
    let end = start + 1
    while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
      if (text[end] === '[') inClass = true
      if (text[end] === ']') inClass = false
      end += text[end] === '\\' ? 2 : 1
    }
    literals.blank(start + 1, end)
    return end + 1
  }
}

/** Every import and re-export. */
export function importsOf(scanned: ScannedText): Import[] {
  const text = scanned.withoutComments
  const found: Import[] = []
  const lineOf = (index: number) => text.slice(0, index).split('\n').length
  for (const match of text.matchAll(/^(import|export)\b([^'"`;=()]*?)\bfrom\s+['"]([^'"]+)['"]/gm)) {
    const [, keyword, clause = '', specifier = ''] = match
    const typeOnly = /^\s*type\b(?!\s+from)/.test(clause)
    const isReexport = keyword === 'export'
    found.push({ specifier, names: namesOf(clause), typeOnly, isReexport, isDynamic: false, line: lineOf(match.index) })
  }
  for (const match of text.matchAll(/^import\s+['"]([^'"]+)['"]/gm)) {
    const [, specifier = ''] = match
    const common = { names: [], typeOnly: false, isReexport: false, isDynamic: false }
    found.push({ specifier, ...common, line: lineOf(match.index) })
  }
  for (const match of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    // The word must be code: in a string it would be blank.
    if (!scanned.codeOnly.startsWith('import', match.index)) continue
    const [, specifier = ''] = match
    const common = { names: ['*'], typeOnly: false, isReexport: false, isDynamic: true }
    found.push({ specifier, ...common, line: lineOf(match.index) })
  }
  return found
}

/** Values that a file declares and exports itself; types are not asked for. */
export function exportsOf(scanned: ScannedText): string[] {
  const text = scanned.codeOnly
  const declared = text.matchAll(
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class)\s+([\w$]+)/gm,
  )
  const names = [...declared].map(([, name = '']) => name)
  for (const [, list = ''] of text.matchAll(/^export\s+\{([^}]*)\}(?!\s*from)/gm)) {
    names.push(...namesOf(`{${list}}`, 'after'))
  }
  return names
}

/** Names in an import clause: those before `as` (what the other module calls them), or those after. */
function namesOf(clause: string, side: 'before' | 'after' = 'before'): string[] {
  if (clause.includes('*')) return ['*']
  const list = /\{([^}]*)\}/.exec(clause)?.[1] ?? ''
  const names = list
    .split(',')
    .map(entry =>
      entry
        .replace(/^\s*type\s+/, '')
        .trim()
        .split(/\s+as\s+/),
    )
    .map(([before = '', after = before]) => (side === 'before' ? before : after))
    .filter(name => name !== '')
  return clause
    .replace(/\{[^}]*\}/, '')
    .replace(/\btype\b/, '')
    .replaceAll(',', '')
    .trim() === ''
    ? names
    : ['default', ...names]
}

function indexOrEnd(index: number, text: string): number {
  return index === -1 ? text.length : index
}

/** Ranges to blank; line breaks stay, so that lines keep their numbers. */
class Blanks {
  readonly #text: string
  readonly ranges: [start: number, end: number][] = []

  constructor(text: string) {
    this.#text = text
  }

  /** Answers the end of the range. */
  blank(start: number, end: number): number {
    if (end > start) this.ranges.push([start, Math.min(end, this.#text.length)])
    return end
  }

  apply(others: readonly [start: number, end: number][] = []): string {
    const pieces: string[] = []
    let kept = 0
    for (const [start, end] of [...this.ranges, ...others].sort((left, right) => left[0] - right[0])) {
      pieces.push(this.#text.slice(kept, start), this.#text.slice(start, end).replace(/[^\n]/g, ' '))
      kept = end
    }
    pieces.push(this.#text.slice(kept))
    return pieces.join('')
  }
}
