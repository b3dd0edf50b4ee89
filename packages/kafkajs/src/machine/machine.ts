/** What the door takes from the process that it is in. */
import { nodeClock, nodePrng } from '@dorsale/base/node'

export const machine = {
  clock: nodeClock,
  prng: nodePrng(),
  /** A variable of the environment. */
  variable: (name: string): string | undefined => process.env[name],
  /** kafkajs's own sink: a line of JSON on the console. */
  sink: {
    // biome-ignore-start lint/suspicious/noConsole: it is what applications for kafkajs expect by default.
    info: (line: string) => console.info(line),
    error: (line: string) => console.error(line),
    warn: (line: string) => console.warn(line),
    debug: (line: string) => console.log(line),
    // biome-ignore-end lint/suspicious/noConsole: it is what applications for kafkajs expect by default.
  },
}
