/**
 * Writes the configuration reference, `docs/config/`, from the tables of the broker and of the client:
 *
 *     node tools/config/pages.ts            writes the pages
 *     node tools/config/pages.ts --check    exits with 1 and names the pages that are stale
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type AnyConfigTable, type ConfigRow, defineConfig, type Effect } from '@dorsale/base'
import {
  authorizerTable,
  brokerAreas,
  brokerQuotaTable,
  clientMetricsTable,
  clientQuotaTable,
  groupTable,
  ipQuotaTable,
  singleNodeSettings,
  topicSynonyms,
  topicTable,
} from '@dorsale/broker'
import { adminTable, consumerTable, producerTable, shareConsumerTable } from '@dorsale/client'

const directory = fileURLToPath(new URL('../../docs/config/', import.meta.url))

/** Title and first sentence of each area of the broker's keys. */
const areaTitles: Readonly<Record<keyof typeof brokerAreas, string>> = {
  node: 'Node',
  metadata: 'Metadata log and quorum',
  network: 'Listeners and connections',
  log: 'Logs',
  replication: 'Replication',
  groups: 'Consumer groups',
  'share-groups': 'Share groups',
  'streams-groups': 'Streams groups',
  transactions: 'Producers and transactions',
  quotas: 'Quota windows',
  metrics: 'Metrics',
  security: 'Security',
  ssl: 'TLS',
  sasl: 'SASL',
  oauth: 'SASL OAUTHBEARER',
  'tiered-storage': 'Remote storage',
}

/** Every page by its file name. */
export function configPages(): Map<string, string> {
  const pages = new Map<string, string>()
  for (const [area, title] of Object.entries(areaTitles)) {
    const rows = brokerAreas[area as keyof typeof brokerAreas]
    pages.set(`${area}.md`, page(`${title}: broker settings`, defineConfig(rows)))
  }
  pages.set('authorizer.md', page('The authorizer: broker settings', authorizerTable))
  const synonyms = (key: string) => topicSynonyms[key]?.map(({ name }) => `\`${name}\``).join(', ')
  pages.set('topic.md', page('Topic settings', topicTable, { synonyms }))
  pages.set('group.md', page('Group settings', groupTable))
  pages.set('client-metrics.md', page('Client metrics subscriptions', clientMetricsTable))
  pages.set('broker-quotas.md', page('Quotas of replication', brokerQuotaTable))
  pages.set('client-quotas.md', page('Quotas of users and clients', clientQuotaTable))
  pages.set('ip-quotas.md', page('Quotas of client addresses', ipQuotaTable))
  pages.set('client-producer.md', page('The client: producer settings', producerTable))
  pages.set('client-consumer.md', page('The client: consumer settings', consumerTable))
  pages.set('client-share-consumer.md', page('The client: share consumer settings', shareConsumerTable))
  pages.set('client-admin.md', page('The client: admin settings', adminTable))
  return new Map([['README.md', overview(pages)], ...pages])
}

/** Pages on the disk that are missing, different, or no longer made. */
export function stalePages(): string[] {
  const pages = configPages()
  const onDisk = new Map(pageNames().map(name => [name, readFileSync(join(directory, name), 'utf8')]))
  return [...new Set([...pages.keys(), ...onDisk.keys()])].filter(name => pages.get(name) !== onDisk.get(name))
}

function pageNames(): string[] {
  return readdirSync(directory, { withFileTypes: true }).map(entry => entry.name)
}

const generated =
  '<!-- Generated from the configuration tables by tools/config/pages.ts; change those, then run it. -->'

function overview(pages: ReadonlyMap<string, string>): string {
  const titles = [...pages].map(([name, text]) => `- [${/^# (.*)$/m.exec(text)?.[1]}](${name})`)
  const settings = singleNodeSettings({ dataDirectory: './dorsale-data' })
  return [
    '# Configuration',
    '',
    generated,
    '',
    'Keys, types, defaults and ranges are those of Apache Kafka 4.4.0. A file given with `--config` is obeyed exactly, `--override key=value` goes over it, and a',
    'key that does not exist stops the start. Clients take the same keys as a properties file or an object, and refuse those that they do not know. Each key says what it does here:',
    '',
    '- **honoured**: it works as in Kafka; the test that holds it is named;',
    '- **no effect**: it is accepted and changes nothing, and the start says so when it is set to another value than its default;',
    '- **refused**: any value but the default stops the start, because ignoring it would do harm.',
    '',
    ...titles,
    '',
    'Without `--config` a broker starts from these settings, which are those of the single-node file that Kafka ships, on loopback:',
    '',
    '```properties',
    ...[...settings].map(([key, value]) => `${key}=${value}`),
    '```',
    '',
  ].join('\n')
}

interface PageOptions {
  /** What a broker calls the key. */
  readonly synonyms?: (key: string) => string | undefined
}

function page(title: string, table: AnyConfigTable, { synonyms }: PageOptions = {}): string {
  const sections = [...table.keys].sort().map(key => section(key, table, synonyms?.(key)))
  return `# ${title}\n\n${generated}\n\n${sections.join('\n')}`
}

function section(key: string, table: AnyConfigTable, synonyms: string | undefined): string {
  const row = table.row(key) as ConfigRow
  const facts: (string | undefined)[] = [
    `type ${row.type}${'unit' in row ? ` (${row.unit})` : ''}`,
    row.default === undefined ? 'required' : `default ${defaultText(table.defaultText(key))}`,
    table.range(key) === '' ? undefined : `values \`${table.range(key)}\``,
    `importance ${row.importance}`,
    row.update === undefined ? undefined : `update ${row.update}`,
    row.internal ? 'internal' : undefined,
    synonyms === undefined ? undefined : `on the broker ${synonyms}`,
  ]
  return [
    `## ${key}`,
    '',
    row.doc,
    '',
    `- ${facts.filter(Boolean).join(' · ')}`,
    `- ${effectText(row.effect)}`,
    '',
  ].join('\n')
}

function defaultText(text: string | null): string {
  if (text === null) return 'none'
  return text === '' ? 'empty' : `\`${text}\``
}

function effectText(effect: Effect): string {
  if ('honoured' in effect) return `**honoured**: \`${effect.honoured}\``
  return 'none' in effect ? `**no effect**: ${effect.none}` : `**refused**: ${effect.refused}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(directory, { recursive: true })
  if (process.argv.includes('--check')) {
    const stale = stalePages()
    for (const name of stale) process.stderr.write(`docs/config/${name} is stale: run node tools/config/pages.ts\n`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    const pages = configPages()
    for (const name of pageNames()) if (!pages.has(name)) rmSync(join(directory, name))
    for (const [name, text] of pages) writeFileSync(join(directory, name), text)
  }
}
