import { parseHttpUrl, parseKeyValue, parsePort } from '../option-parsers.ts'
import type { Define } from '../program.ts'

/** `dorsale start`. */
export const defineStart: Define = (command, context) => {
  command
    .option('--port <port>', 'port for clients; 0 takes a free one (default: 9092)', parsePort)
    .option('--host <host>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--data-dir <directory>', 'where the data is kept (default: ./dorsale-data)')
    .option('--config <file>', "Kafka's server.properties, obeyed exactly; excludes --port, --host and --data-dir")
    .option('--override <key=value>', 'one setting, over the file or the defaults; may be repeated', parseKeyValue)
    .option(
      '--client-metrics <url>',
      'an OpenTelemetry collector that takes the metrics of clients (KIP-714), http://localhost:4318/v1/metrics',
      parseHttpUrl,
    )
    .option('--json', 'log lines, and the ready line, as JSON', false)
    .action(async options => {
      const { start } = await import('./start.ts')
      await start(options)
      context.exitCode = undefined
    })
}
