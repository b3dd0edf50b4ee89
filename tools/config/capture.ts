/**
 * Recaptures what Kafka's own classes say about configuration:
 *
 *     DORSALE_KAFKA_JARS=<directory with Kafka's server jars> node tools/config/capture.ts
 *
 * Writes the vectors that the tests of `packages/base/src/config`, `packages/broker/src/config` and `packages/client/src/config` hold us to.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = fileURLToPath(new URL('ConfigCapture.java', import.meta.url))

/** The file of each vector, from the root of the repository. */
export const vectorFiles = {
  values: 'packages/base/src/config/vectors/values.json',
  properties: 'packages/base/src/config/vectors/java-properties.json',
  brokers: 'packages/broker/src/config/vectors/brokers.json',
  tables: 'packages/broker/src/config/vectors/tables.json',
  clients: 'packages/client/src/config/vectors/clients.json',
} as const

/** What Kafka says, by the name of its vector file. */
export function captureConfig(jars: string): Record<keyof typeof vectorFiles, unknown> {
  const output = execFileSync('java', ['-Xmx256m', '-cp', join(jars, '*'), source], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(output)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const jars = process.env.DORSALE_KAFKA_JARS
  if (jars === undefined) throw new Error('DORSALE_KAFKA_JARS names the directory of Kafka’s server jars')
  const captured = captureConfig(jars)
  for (const [name, file] of Object.entries(vectorFiles)) {
    const path = join(root, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines(captured[name as keyof typeof vectorFiles])}\n`)
  }
}

/** JSON with one case or row per line, so that a new release is a readable diff. */
function lines(value: unknown): string {
  if (Array.isArray(value)) return `[\n${value.map(item => JSON.stringify(item)).join(',\n')}\n]`
  const parts = Object.entries(value as Record<string, object>).map(([name, rows]) => {
    const entries = Object.entries(rows).map(([key, row]) => `${JSON.stringify(key)}: ${JSON.stringify(row)}`)
    return `${JSON.stringify(name)}: {\n${entries.join(',\n')}\n}`
  })
  return `{\n${parts.join(',\n')}\n}`
}
