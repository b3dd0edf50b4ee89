/**
 * Writes the message tables of `packages/protocol/src/messages` from Kafka's own definitions:
 *
 *     node tools/messages/import.ts <directory with Kafka's jars>
 *
 * and the digests of the definitions to `packages/protocol/vectors/definitions.json`.
 *
 * The tables are source: read them, diff them against the last release, and put words into `docs.ts`, never into the tables.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Definition, kafkaVersion, readDefinitions } from './definitions.ts'
import { describeDefinition, digest } from './describe.ts'
import { fileName, valueName } from './names.ts'
import { writeTable } from './write-table.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const messages = join(root, 'packages/protocol/src/messages')

/** Source by file name, formatted by Biome as the rest of the repository. */
export function writeSources(definitions: Definition[]): Map<string, string> {
  const sources = new Map(definitions.map(definition => [`${fileName(definition.name)}.ts`, writeTable(definition)]))
  const files = [...sources.keys()].sort()
  sources.set('index.ts', files.map(file => `export * from './${file}'\n`).join(''))
  sources.set('all.ts', writeList(definitions))
  return sources
}

/** The list of all tables, from which the API table and the tests go. */
function writeList(definitions: Definition[]): string {
  const names = definitions.map(({ name }) => name)
  return [
    "import type { MessageTable } from '../table/index.ts'\n",
    ...names.map(name => `import { ${valueName(name)} } from './${fileName(name)}.ts'\n`),
    '\n/** Every message of Kafka, by name. */\n',
    `export const allMessages: readonly MessageTable[] = [${names.map(valueName).join(', ')}]\n`,
  ].join('')
}

/** Writes sources into a directory, which then holds nothing else, and formats them. */
export function writeDirectory(directory: string, sources: Map<string, string>): void {
  mkdirSync(directory, { recursive: true })
  for (const file of readdirSync(directory)) {
    if (!sources.has(file) && !file.endsWith('.test.ts')) rmSync(join(directory, file))
  }
  for (const [file, source] of sources) writeFileSync(join(directory, file), source)
  const biome = join(root, 'node_modules/.bin/biome')
  execFileSync(biome, ['check', '--write', '--log-level=error', directory], { cwd: root, stdio: 'inherit' })
}

if (import.meta.main) {
  const jarDirectory = process.argv[2]
  if (jarDirectory === undefined) throw new Error('usage: node tools/messages/import.ts <directory with jars>')
  const definitions = readDefinitions(jarDirectory)
  writeDirectory(messages, writeSources(definitions))
  const digests = Object.fromEntries(definitions.map(each => [each.name, digest(describeDefinition(each))]))
  const record = { kafka: kafkaVersion(jarDirectory), messages: digests }
  writeFileSync(join(root, 'packages/protocol/vectors/definitions.json'), `${JSON.stringify(record, null, 2)}\n`)
}
