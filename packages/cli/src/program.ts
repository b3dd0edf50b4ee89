/** The command line: what can be asked. Each command's code is loaded when it is called. */
import { readFileSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import { Command, InvalidArgumentError } from 'commander'
import { fail, sentenceOf } from './failure.ts'

export async function runProgram(argv: readonly string[]): Promise<void> {
  const program = new Command('dorsale')
    .description('A complete Kafka platform: a broker that every Kafka client talks to, in one command.')
    .version(packageVersion())
    .showHelpAfterError('(dorsale --help lists what can be asked)')
  addStart(program)
  addStorage(program)
  addWire(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    // A DorsaleError is a sentence for the user; anything else is our bug and keeps its stack.
    if (!(error instanceof DorsaleError)) throw error
    fail(sentenceOf(error))
  }
}

function addStart(program: Command): void {
  program
    .command('start')
    .description('Start a broker; a line on standard output says when it is ready, logs go to standard error.')
    .option('--port <port>', 'port for clients; 0 takes a free one (default: 9092)', parsePort)
    .option('--host <host>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--data-dir <directory>', 'where the data is kept (default: ./dorsale-data)')
    .option('--config <file>', "Kafka's server.properties, obeyed exactly; excludes --port, --host and --data-dir")
    .option('--override <key=value>', 'one setting, over the file or the defaults; may be repeated', parseOverride)
    .option('--json', 'log lines, and the ready line, as JSON', false)
    .action(async options => {
      const { start } = await import('./commands/start.ts')
      await start(options)
    })
}

function addStorage(program: Command): void {
  const storage = program.command('storage').description("Kafka's log directories: format them, look at them.")
  const directories = (command: Command) =>
    command
      .option('-c, --config <file>', "Kafka's server.properties, which names the directories and the node")
      .option('--data-dir <directory>', 'the directory of a `dorsale start` without --config (default: ./dorsale-data)')
      .option('--override <key=value>', 'one setting, over the file or the defaults; may be repeated', parseOverride)
  directories(storage.command('format'))
    .description('Format the log directories of a node that is the only voter of its cluster.')
    .option('-t, --cluster-id <uuid>', "the cluster's id (default: a random one)")
    .option('-g, --ignore-formatted', 'leave directories that are formatted already', false)
    .option('-r, --release-version <version>', 'the metadata version to start with (default: the newest)')
    .option('-f, --feature <name=level>', 'a feature level to start with; may be repeated', parseOverride)
    .action(async options => {
      const { formatCommand } = await import('./commands/storage.ts')
      formatCommand(options)
    })
  directories(storage.command('info'))
    .description('Say what the log directories are, and what is wrong with them.')
    .action(async options => {
      const { infoCommand } = await import('./commands/storage.ts')
      infoCommand(options)
    })
  storage
    .command('random-uuid')
    .description("Print a random id in Kafka's form, for a new cluster.")
    .action(async () => {
      const { randomUuidCommand } = await import('./commands/storage.ts')
      randomUuidCommand()
    })
}

function addWire(program: Command): void {
  const wire = program.command('wire').description("Kafka's protocol, byte by byte.")
  wire
    .command('decode <hex>')
    .description('Print the request that these bytes are, with or without their size in front.')
    .option('--response-to <api:version>', 'they are the response to such a request: Fetch:16')
    .action(async (hex, options) => {
      const { decodeCommand } = await import('./commands/wire.ts')
      decodeCommand(hex, options)
    })
}

function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Ports are whole numbers from 0 to 65535.')
  return port
}

function parseOverride(text: string, earlier: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.')
  return new Map([...earlier, [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]])
}
