/** `kafka-client-metrics`: which metrics clients are asked to push (KIP-714). */
import type { Admin } from '@dorsale/client'
import { randomUuid } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chosenName } from './actions.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  list: { kind: 'flag', doc: 'List the subscriptions.' },
  describe: { kind: 'flag', doc: 'Print the settings of one, or of all.' },
  alter: { kind: 'flag', doc: 'Make or change one.' },
  delete: { kind: 'flag', doc: 'Take one away.' },
  name: { value: 'name', doc: 'The name of the subscription.' },
  'generate-name': { kind: 'flag', doc: 'With --alter: make up a name.' },
  metrics: {
    value: 'prefixes',
    doc: 'With which names the metrics begin, separated by commas; empty for the default.',
  },
  interval: { value: 'ms', doc: 'How often they are pushed; empty for the default.' },
  match: {
    value: 'selectors',
    doc: 'Which clients are asked: client_id=..., client_software_name=...; empty for all.',
  },
} as const

type Options = ParsedOptions<keyof typeof options>

export const clientMetrics = defineScript({
  summary: 'Print and change which metrics clients are asked to push.',
  options,
  async run(parsed, io) {
    const choose = 'Command must include exactly one action: --list, --describe, --alter, or --delete.'
    const action = chosenName(parsed, ['list', 'describe', 'alter', 'delete'], choose)
    if (action === 'delete' && !parsed.has('name')) throw usage('A client metrics name must be specified with --delete')
    if (action === 'alter' && parsed.has('name') === parsed.has('generate-name'))
      throw usage('One of --name or --generate-name must be specified with --alter.')
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      await run[action](admin, parsed, io)
      return 0
    })
  },
})

const run: Readonly<
  Record<'list' | 'describe' | 'alter' | 'delete', (admin: Admin, parsed: Options, io: CommandIo) => Promise<void>>
> = {
  async list(admin, _, io) {
    await write(io.stdout, (await names(admin)).map(name => `${name}\n`).join(''))
  },
  async describe(admin, parsed, io) {
    const name = parsed.text('name')
    const known = await names(admin)
    if (name !== undefined && !known.includes(name))
      return write(io.stdout, `The client metric resource ${name} doesn't exist and doesn't have dynamic config.\n`)
    for (const each of name === undefined ? known : [name]) {
      const [entries = []] = await admin.describeConfigs([{ type: 'CLIENT_METRICS', name: each }])
      const lines = entries
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
        .map(entry => `  ${entry.name}=${entry.value ?? ''}\n`)
      await write(io.stdout, `Client metrics configs for ${each} are:\n${lines.join('')}`)
    }
  },
  async alter(admin, parsed, io) {
    const name = parsed.text('name') ?? randomUuid(io.world.prng)
    const keys = [
      ['metrics', 'metrics'],
      ['interval', 'interval.ms'],
      ['match', 'match'],
    ] as const
    const ops = keys.flatMap(([option, key]) => {
      const value = parsed.text(option)
      if (value === undefined) return []
      return [value === '' ? { name: key, op: 'DELETE' as const } : { name: key, op: 'SET' as const, value }]
    })
    await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, ops }])
    await write(io.stdout, `Altered client metrics config for ${name}.\n`)
  },
  async delete(admin, parsed, io) {
    const name = parsed.required('name')
    const [entries = []] = await admin.describeConfigs([{ type: 'CLIENT_METRICS', name }])
    const ops = entries.map(entry => ({ name: entry.name, op: 'DELETE' as const }))
    await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, ops }])
    await write(io.stdout, `Deleted client metrics config for ${name}.\n`)
  },
}

async function names(admin: Admin): Promise<string[]> {
  return (await admin.listConfigResources({ types: ['CLIENT_METRICS'] })).map(({ name }) => name).sort()
}
