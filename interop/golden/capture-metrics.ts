/**
 * Captures which figures Kafka's own clients keep of themselves, by group, name and tags. Needs a running broker:
 *
 *     node interop/golden/capture-metrics.ts <directory with Kafka's jars> <host:port>
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const vectors = join(import.meta.dirname, '../../packages/client/src/metrics/vectors/names.json')
const jars = join(process.argv[2] ?? '', '*')
const classes = mkdtempSync(join(tmpdir(), 'dorsale-metrics-'))
try {
  execFileSync('javac', ['-cp', jars, '-d', classes, join(import.meta.dirname, 'MetricsHarness.java')])
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
  const args = ['-cp', `${classes}:${jars}`, 'MetricsHarness', process.argv[3] ?? '127.0.0.1:9092']
  const names: Record<string, string[]> = {}
  for (const line of execFileSync('java', args, { stdio }).toString().trimEnd().split('\n')) {
    const [client = '', ...rest] = line.split('\t')
    names[client] ??= []
    names[client].push(rest.join(' '))
  }
  const lists = Object.entries(names).map(([client, list]) => {
    const lines = [...new Set(list)].map(name => `    ${JSON.stringify(name)}`)
    return `  "${client}": [\n${lines.join(',\n')}\n  ]`
  })
  writeFileSync(vectors, `{\n${lists.join(',\n')}\n}\n`)
} finally {
  rmSync(classes, { recursive: true })
}
