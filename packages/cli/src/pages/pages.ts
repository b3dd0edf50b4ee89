/**
 * Writes the reference of the command line, `docs/cli/`, from the tree of commands:
 *
 *     node packages/cli/src/pages/pages.ts            writes the pages
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProcessIo } from '../command-io.ts'
import { type CommandNode, commandTree } from '../command-tree.ts'

const directory = fileURLToPath(new URL('../../../../docs/cli/', import.meta.url))

/** File names of pages that are not what the tree says, or should not be there. */
export async function stalePages(): Promise<string[]> {
  const pages = await makePages()
  const there = readdirSync(directory)
  const wrong = [...pages].filter(
    ([name, text]) => !there.includes(name) || readFileSync(join(directory, name), 'utf8') !== text,
  )
  return [...wrong.map(([name]) => name), ...there.filter(name => !pages.has(name))]
}

async function writePages(): Promise<void> {
  const pages = await makePages()
  mkdirSync(directory, { recursive: true })
  for (const name of readdirSync(directory)) if (!pages.has(name)) rmSync(join(directory, name))
  for (const [name, text] of pages) writeFileSync(join(directory, name), text)
}

async function makePages(): Promise<Map<string, string>> {
  const tree = await commandTree(new ProcessIo())
  const ours = tree.children.filter(({ path }) => !isKafkas(path))
  const kafkas = tree.children.filter(({ path }) => isKafkas(path))
  const list = (nodes: readonly CommandNode[]) =>
    nodes.map(each => `- [\`${wordsOf(each)}\`](${fileOf(each)}): ${each.summary}\n`).join('')
  const index = `# The command line

Written from the tables of the command line by \`npm run cli:pages\`.

## Ours

${list(ours)}
## Kafka's own tools, under their names

Flags and output are those of Apache Kafka's. A link to \`dorsale\` named \`kafka-topics.sh\` is that tool.

${list(kafkas)}`
  return new Map([['README.md', index], ...tree.children.map(each => [fileOf(each), page(each)] as const)])
}

function isKafkas([name]: readonly string[]): boolean {
  return name?.startsWith('kafka-') === true
}

function fileOf({ path }: CommandNode): string {
  return `${path[0]}.md`
}

function wordsOf({ path }: CommandNode): string {
  return ['dorsale', ...path].join(' ')
}

function page(node: CommandNode): string {
  const isTool = isKafkas(node.path)
  const actions = isTool ? node.children : []
  const children = isTool ? [] : node.children
  return [
    `# ${wordsOf(node)}\n\n${node.summary}\n`,
    actions.length === 0
      ? ''
      : table(
          ['action', ''],
          actions.map(({ path, summary }) => [path.at(-1) ?? '', summary]),
        ),
    details(node),
    ...children.map(
      child =>
        `## ${wordsOf(child)}${child.arguments.map(({ text }) => ` ${text}`).join('')}\n\n${child.summary}\n\n${details(child)}`,
    ),
  ]
    .filter(part => part !== '')
    .join('\n')
}

function details({ arguments: given, options }: CommandNode): string {
  const documented = given.filter(({ doc }) => doc !== '')
  return [
    documented.length === 0
      ? ''
      : table(
          ['argument', ''],
          documented.map(({ text, doc }) => [text, doc]),
        ),
    options.length === 0
      ? ''
      : table(
          ['option', ''],
          options.map(({ text, doc }) => [text, doc]),
        ),
  ]
    .filter(part => part !== '')
    .join('\n')
}

function table(headers: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  const line = ([name, doc]: readonly [string, string]) => `| \`${name}\` | ${doc.replaceAll('|', '\\|')} |\n`
  return `| ${headers[0]} | ${headers[1]} |\n|---|---|\n${rows.map(line).join('')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writePages()
