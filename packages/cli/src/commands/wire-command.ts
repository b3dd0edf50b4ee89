import type { Define } from '../program.ts'

/** `dorsale wire`. */
export const defineWire: Define = (wire, context) => {
  wire
    .command('decode <hex>')
    .description('Print the request that these bytes are, with or without their size in front.')
    .option('--response-to <api:version>', 'they are the response to such a request: Fetch:16')
    .action(async (hex, options) => {
      const { decodeCommand } = await import('./wire.ts')
      decodeCommand(hex, options, context.io)
    })
}
