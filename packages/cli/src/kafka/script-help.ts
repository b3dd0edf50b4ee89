/** The help of Kafka's tools: from their tables, as commander prints ours. */
import type { OptionSpec } from './options.ts'
import type { KafkaScript } from './script.ts'

const widthMax = 110

export function scriptHelp(name: string, script: KafkaScript): string {
  const actions = Object.entries(script.actionDocs ?? {})
  const rows = Object.entries(script.options).map(([option, spec]) => [optionText(option, spec), docOf(spec)] as const)
  const title = `Usage: dorsale ${name} ${actions.length > 0 ? '<action> ' : ''}[options]\n\n${script.summary}\n`
  const whatCanBeDone = actions.length > 0 ? `\nActions:\n${columns(actions)}` : ''
  return `${title}${whatCanBeDone}\nOptions:\n${columns(rows)}`
}

/** `-c, --config <file>` */
export function optionText(name: string, { kind = 'value', short, value = 'value' }: OptionSpec): string {
  const argument = { flag: '', value: ` <${value}>`, optional: ` [${value}]`, many: ` <${value}...>` }[kind]
  return `${short === undefined ? '' : `-${short}, `}--${name}${argument}`
}

export function docOf({ doc, default: byDefault, aliases = [] }: OptionSpec): string {
  const also = aliases.length === 0 ? '' : ` Also --${aliases.join(', --')}.`
  return `${doc}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}${also}`
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)))
  const margin = ' '.repeat(width + 4)
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, widthMax - margin.length)
      const start = left.length > width ? `  ${left}\n${margin}` : `  ${left.padEnd(width)}  `
      return `${start}${lines.join(`\n${margin}`)}\n`
    })
    .join('')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}
