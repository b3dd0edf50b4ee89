/**
 * `ssl.principal.mapping.rules` (KIP-371): how the subject of a certificate becomes a name. Rules are tried in turn, the first that matches all of the subject decides:
 *
 *     RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L, DEFAULT
 *
 * `L` and `U` turn the outcome into small or capital letters; `DEFAULT` takes the subject as it is. Patterns are JavaScript's where they differ from Java's.
 */
export type PrincipalMapping = (subject: string) => string | undefined

/** One rule, with what may stand behind it. A slash within is written `\/`. */
const ruleText = /\s*(?:(DEFAULT)|RULE:((?:\\.|[^\\/])*)\/((?:\\.|[^\\/])*)\/([LU]?))\s*(?:,|$)/gy

/** Undefined: it does not hold together. */
export function parsePrincipalMapping(text: string): PrincipalMapping | undefined {
  const rules: PrincipalMapping[] = []
  const trimmed = text.trim()
  ruleText.lastIndex = 0
  while (ruleText.lastIndex < trimmed.length) {
    const match = ruleText.exec(trimmed)
    if (match === null) return undefined
    const [, isDefault, pattern = '', replacement = '', letters] = match
    const rule = isDefault !== undefined ? (subject: string) => subject : replacing({ pattern, replacement, letters })
    if (rule === undefined) return undefined
    rules.push(rule)
  }
  if (rules.length === 0) rules.push(subject => subject)
  return subject => {
    for (const rule of rules) {
      const name = rule(subject)
      if (name !== undefined) return name
    }
    return undefined
  }
}

function replacing(rule: {
  pattern: string
  replacement: string
  letters: string | undefined
}): PrincipalMapping | undefined {
  let pattern: RegExp
  try {
    pattern = new RegExp(`^(?:${rule.pattern})$`, 'u')
  } catch {
    return undefined
  }
  return subject => {
    const groups = pattern.exec(subject)
    if (groups === null) return undefined
    const name = rule.replacement.replaceAll(
      /\\(.)|\$(\d)/g,
      (_, literal: string | undefined, group: string) => literal ?? groups[Number(group)] ?? '',
    )
    if (rule.letters === 'L') return name.toLowerCase()
    return rule.letters === 'U' ? name.toUpperCase() : name
  }
}
