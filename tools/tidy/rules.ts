/** The house rules that tidy checks, as tables. A change of the arrows is a design decision and comes with an ADR. */

/** What each package may import, by folder name. Floors go downward only; see DESIGN's drawing in ARCHITECTURE.md. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ['base'],
  storage: ['base', 'protocol'],
  transport: ['base', 'protocol'],
  coordinate: ['base', 'protocol'],
  raft: ['base', 'protocol', 'storage'],
  broker: ['base', 'protocol', 'storage', 'transport', 'coordinate', 'raft'],
  client: ['base', 'protocol', 'serde', 'transport'],
  serde: ['base'],
  sim: ['base', 'protocol', 'storage', 'transport', 'coordinate', 'raft', 'broker', 'client'],
  kafkajs: ['base', 'protocol', 'client'],
  testkit: ['base', 'protocol', 'raft', 'broker', 'client', 'serde'],
  cli: ['base', 'protocol', 'raft', 'broker', 'client', 'serde', 'testkit', 'kafkajs'],
}

/** What the tests of any package may import besides: the simulated world stands above everything it simulates. */
export const arrowsOfTests: readonly string[] = ['base', 'protocol', 'sim', 'testkit']

/** Doors of a package other than `.`, and who may walk through. */
export const sideDoors: Readonly<Record<string, { packages: readonly string[]; tests: boolean }>> = {
  // The real clock, disk, network: only where a process begins.
  '@dorsale/base/node': { packages: ['cli', 'client', 'testkit', 'kafkajs'], tests: true },
  '@dorsale/client/node': { packages: ['cli'], tests: true },
  // TLS and SASL, which most processes never speak.
  '@dorsale/transport/security': { packages: ['broker', 'client', 'cli'], tests: true },
  // What clients are made of, for a face that is not Kafka's own.
  '@dorsale/client/parts': { packages: ['kafkajs'], tests: false },
  // For applications that trace; it needs what only they install.
  '@dorsale/client/opentelemetry': { packages: [], tests: true },
}

/** Code that is an edge of the process: it may touch the machine, because handing things in begins there. */
export const adapters: readonly RegExp[] = [
  /^packages\/base\/src\/node\//,
  /^packages\/cli\//,
  // Digests are functions without chance.
  /^packages\/base\/src\/digests\.ts$/,
  // Temporary directories of test brokers.
  /^packages\/testkit\/src\/real-world\.ts$/,
  /^(tools|interop|bench|examples)\//,
  /\.(test|fuzz|bench|soak)\.ts$/,
  /\/testing\//,
  // Console, environment, sockets of the application's own making.
  /^packages\/kafkajs\/src\/machine\//,
  // Scripts that capture golden bytes from a real broker.
  /^packages\/\w+\/golden\//,
  // The command that runs scenarios.
  /^packages\/sim\/src\/main\.ts$/,
  // One turn of the real event loop drains what the simulated one has left; a rejection that nobody handles is heard from Node.
  /^packages\/sim\/src\/world\/(world|rejections)\.ts$/,
]

interface BannedCall {
  pattern: RegExp
  instead: string
}

/** Everything that would make a run depend on the machine (D5), and what to take as an argument instead. */
export const bannedCalls: readonly BannedCall[] = [
  { pattern: /\bDate\.now\b|\bnew Date\(\)/, instead: 'Clock.now' },
  { pattern: /\bperformance\.now\b|\bhrtime\b/, instead: 'Clock.monotonic' },
  { pattern: /\b(setTimeout|setInterval)\s*\(/, instead: 'Clock.setTimer' },
  { pattern: /\bsetImmediate\s*\(|\bprocess\.nextTick\b/, instead: 'Clock.defer' },
  { pattern: /\bMath\.random\b|\bcrypto\.(random\w+|getRandomValues)\b/, instead: 'Prng' },
  {
    // Members of Node's `process`, by name: the simulated world has processes of its own.
    pattern:
      /\bprocess\.(argv|env|cwd|exit\w*|listeners|remove(All)?Listeners?|std(in|out|err)|pid|platform|memoryUsage|versions?)\b|\bprocess\.(on|once|off)\('/,
    instead: 'an argument of the caller',
  },
  { pattern: /\bconsole\.\w/, instead: 'Logger' },
  {
    pattern: /\bzlib\.create\w+|\bzlib\.(gzip|gunzip|deflate|inflate|zstdCompress|zstdDecompress|unzip)\s*\(/,
    instead: 'the Sync form, or Offload',
  },
]

/** Modules that open the machine's doors, by what stands in for them. */
export const bannedModules: Readonly<Record<string, string>> = {
  'node:child_process': 'Offload',
  'node:cluster': 'Offload',
  'node:crypto': 'Prng, or a hash without chance',
  'node:dgram': 'Net',
  'node:dns': 'Net',
  'node:fs': 'Disk',
  'node:fs/promises': 'Disk',
  'node:http': 'Net',
  'node:https': 'Net',
  'node:net': 'Net',
  'node:os': 'an argument of the caller',
  'node:process': 'an argument of the caller',
  'node:timers': 'Clock',
  'node:timers/promises': 'Clock',
  'node:tls': 'Net',
  'node:worker_threads': 'Offload',
}

/** What may be imported by name from a banned module all the same: it gives the same answer on every machine. */
export const harmlessNames: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['hash'],
}

/** Lines of a file, at most; and the debts that were there first. A debt only shrinks. */
export const lineCountMax = 900
export const lineCountDebts: Readonly<Record<string, number>> = {}

/**
 * Folders whose files may know each other's types in a circle. A simulated world, its machines and their processes are told in terms of each
 * other; each has its file.
 */
export const typeCircles: readonly RegExp[] = [/^packages\/sim\/src\/world\//]

/** Files that only a name in a string leads to: workers, command line entry points and the like. */
export const entryPoints: readonly RegExp[] = [
  /\.(test|fuzz|bench|soak)\.ts$/,
  /-worker\.ts$/,
  /\/golden\//,
  /^examples\//,
]
