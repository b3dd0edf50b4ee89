/** `dorsale config`: settings of anything that has some. */
import { DorsaleError } from '@dorsale/base'
import type { Admin, ConfigResource, ConfigResourceType } from '@dorsale/client'
import { parsePairs, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { formatRows } from '../output/table.ts'
import type { Define } from '../program.ts'
import {
  addClusterOptions,
  addOutputOption,
  type ClusterOptions,
  type OutputOptions,
  settingsOf,
} from './cluster-options.ts'

const types: Readonly<Record<string, ConfigResourceType>> = {
  topic: 'TOPIC',
  broker: 'BROKER',
  'broker-logger': 'BROKER_LOGGER',
  'client-metrics': 'CLIENT_METRICS',
  group: 'GROUP',
}
const resourceDoc = 'topic/orders, broker/1, broker/default, broker-logger/1, group/billing, client-metrics/name'

export const defineConfig: Define = (config, { io }) => {
  const admin = <T>(options: ClusterOptions, use: (admin: Admin) => Promise<T>) =>
    withAdmin(io, settingsOf(io, options), use)

  addOutputOption(addClusterOptions(config.command('describe')))
    .argument('<resource>', resourceDoc)
    .argument('[keys...]', 'which settings (default: those that somebody has set)')
    .description('Settings, and who has set them.')
    .option('-a, --all', 'settings that nobody has set, too', false)
    .option('--docs', 'what each is for', false)
    .action((name: string, keys: string[], options: ClusterOptions & OutputOptions & { all: boolean; docs: boolean }) =>
      admin(options, async client => {
        const resource = { ...parseResource(name), ...(keys.length === 0 ? {} : { keys }) }
        const [entries = []] = await client.describeConfigs([resource], { includeDocumentation: options.docs })
        const rows = entries
          .filter(({ isDefault }) => options.all || keys.length > 0 || !isDefault)
          .sort((one, other) => (one.name < other.name ? -1 : 1))
          .map(entry => ({
            key: entry.name,
            value: entry.isSensitive ? '(secret)' : entry.value,
            source: entry.source,
            readOnly: entry.isReadOnly,
            ...(options.docs ? { doc: entry.documentation } : {}),
          }))
        await write(io.stdout, formatRows(rows, options.output))
      }),
    )
  addClusterOptions(config.command('set'))
    .argument('<resource>', resourceDoc)
    .argument('<key=value...>', 'the settings')
    .description('Change settings; the others stay as they are.')
    .option('--validate-only', 'only say whether they would be changed', false)
    .action((name: string, pairs: string[], options: ClusterOptions & { validateOnly: boolean }) =>
      admin(options, async client => {
        const ops = Object.entries(parsePairs(pairs)).map(([key, value]) => ({ name: key, value, op: 'SET' as const }))
        const { validateOnly } = options
        await client.incrementalAlterConfigs([{ ...parseResource(name), ops }], { validateOnly })
        await write(
          io.stdout,
          `${validateOnly ? 'Would set' : 'Set'} ${ops.map(op => op.name).join(', ')} of ${name}\n`,
        )
      }),
    )
  addClusterOptions(config.command('unset'))
    .argument('<resource>', resourceDoc)
    .argument('<keys...>', 'the settings')
    .description('Let settings have their default again.')
    .action((name: string, keys: string[], options: ClusterOptions) =>
      admin(options, async client => {
        const ops = keys.map(key => ({ name: key, op: 'DELETE' as const }))
        await client.incrementalAlterConfigs([{ ...parseResource(name), ops }])
        await write(io.stdout, `Unset ${keys.join(', ')} of ${name}\n`)
      }),
    )
}

/** `broker/default` stands for what holds for all brokers, which the protocol names ''. */
function parseResource(text: string): ConfigResource {
  const slash = text.indexOf('/')
  const type = Object.hasOwn(types, text.slice(0, slash)) ? types[text.slice(0, slash)] : undefined
  const name = text.slice(slash + 1)
  if (type === undefined || name === '')
    throw new DorsaleError('DORSALE_USAGE', `"${text}" names nothing that has settings: write ${resourceDoc}`)
  return { type, name: type === 'BROKER' && name === 'default' ? '' : name }
}
