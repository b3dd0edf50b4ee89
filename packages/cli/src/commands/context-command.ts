/** `dorsale context`: clusters by name, so that nobody types their addresses twice. */
import { DorsaleError } from '@dorsale/base'
import { contextsPath, findContext, readContexts, writeContexts } from '../cluster/contexts.ts'
import { parsePairs, readProperties } from '../cluster/settings.ts'
import { formatRows } from '../output/table.ts'
import type { Define } from '../program.ts'
import { addOutputOption, collect, type OutputOptions } from './cluster-options.ts'

interface AddOptions {
  readonly bootstrapServer?: string
  readonly commandConfig?: string
  readonly commandProperty?: readonly string[]
}

export const defineContext: Define = (context, { io }) => {
  context
    .command('add <name>')
    .description(
      'Remember a cluster by a name, and use it when there is no other yet. A name that is there already is told anew.',
    )
    .option('-b, --bootstrap-server <host:port>', 'brokers to begin with')
    .option('--command-config <file>', 'a properties file with settings of the clients; its content is kept')
    .option('--command-property <key=value>', 'a setting of the clients; may be repeated', collect)
    .action((name: string, options: AddOptions) => {
      const settings = {
        ...(options.commandConfig === undefined ? {} : readProperties(options.commandConfig)),
        ...(options.bootstrapServer === undefined ? {} : { 'bootstrap.servers': options.bootstrapServer }),
        ...parsePairs(options.commandProperty ?? []),
      }
      if (settings['bootstrap.servers'] === undefined)
        throw new DorsaleError('DORSALE_USAGE', 'a context needs --bootstrap-server host:port')
      const { current, contexts } = readContexts(io)
      writeContexts(io, { current: current ?? name, contexts: { ...contexts, [name]: settings } })
      io.stdout.write(`${current === null || current === name ? 'Using' : 'Added'} ${name}.\n`)
    })
  context
    .command('use <name>')
    .description('Use this cluster where no other is named.')
    .action((name: string) => {
      const { contexts } = readContexts(io)
      findContext(contexts, name)
      writeContexts(io, { current: name, contexts })
      io.stdout.write(`Using ${name}.\n`)
    })
  addOutputOption(context.command('list'))
    .description('The clusters that have a name. Passwords are not shown.')
    .action(({ output }: OutputOptions) => {
      const { current, contexts } = readContexts(io)
      const inUse = io.env.DORSALE_CONTEXT || current
      const rows = Object.entries(contexts).map(([name, settings]) => ({
        name,
        current: name === inUse,
        'bootstrap.servers': settings['bootstrap.servers'],
        'security.protocol': settings['security.protocol'] ?? 'PLAINTEXT',
      }))
      io.stdout.write(formatRows(rows, output))
      if (rows.length === 0 && output === 'table') io.stderr.write(`There are no contexts in ${contextsPath(io)}.\n`)
    })
  context
    .command('remove <name>')
    .description('Forget a cluster.')
    .action((name: string) => {
      const { current, contexts } = readContexts(io)
      findContext(contexts, name)
      const { [name]: _, ...others } = contexts
      writeContexts(io, { current: current === name ? null : current, contexts: others })
      io.stdout.write(`Removed ${name}.\n`)
    })
}
