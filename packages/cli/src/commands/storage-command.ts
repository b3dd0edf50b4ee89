import type { Command } from 'commander'
import { parseKeyValue } from '../option-parsers.ts'
import type { Define } from '../program.ts'

/** `dorsale storage`. */
export const defineStorage: Define = (storage, context) => {
  directories(storage.command('format'))
    .description('Format the log directories of a node that is the only voter of its cluster.')
    .option('-t, --cluster-id <uuid>', "the cluster's id (default: a random one)")
    .option('-g, --ignore-formatted', 'leave directories that are formatted already', false)
    .option('-r, --release-version <version>', 'the metadata version to start with (default: the newest)')
    .option('-f, --feature <name=level>', 'a feature level to start with; may be repeated', parseKeyValue)
    .action(async options => {
      const { formatCommand } = await import('./storage.ts')
      await formatCommand(options, context.io)
    })
  directories(storage.command('info'))
    .description('Say what the log directories are, and what is wrong with them.')
    .action(async options => {
      const { infoCommand } = await import('./storage.ts')
      context.exitCode = infoCommand(options, context.io)
    })
  storage
    .command('random-uuid')
    .description("Print a random id in Kafka's form, for a new cluster.")
    .action(async () => {
      const { randomUuidCommand } = await import('./storage.ts')
      randomUuidCommand(context.io)
    })
}

function directories(command: Command): Command {
  return command
    .option('-c, --config <file>', "Kafka's server.properties, which names the directories and the node")
    .option('--data-dir <directory>', 'the directory of a `dorsale start` without --config (default: ./dorsale-data)')
    .option('--override <key=value>', 'one setting, over the file or the defaults; may be repeated', parseKeyValue)
}
