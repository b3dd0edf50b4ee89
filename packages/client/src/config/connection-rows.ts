import type { ConfigRows } from '@dorsale/base'
import { metricsRows } from './metrics-rows.ts'
import { securityRows } from './security-rows.ts'

const noSocketBuffers = { none: 'the runtime leaves the buffers of a socket to the operating system' } as const

const test = (name: string) => ({ honoured: `packages/client/src/${name}.test.ts` })

/** How every client reaches the cluster. */
export const connectionRows = {
  'client.id': {
    type: 'string',
    default: '',
    importance: 'medium',
    doc: 'A name that is sent with every request, for the logs, metrics and quotas of the brokers.',
    effect: test('network/cluster'),
  },
  'request.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 30_000,
    min: 0,
    importance: 'medium',
    doc: 'How long a request may stay unanswered; then its connection is given up and the request is tried again where that is safe.',
    effect: test('network/cluster'),
  },
  'reconnect.backoff.ms': {
    type: 'long',
    unit: 'ms',
    default: 50n,
    min: 0n,
    importance: 'low',
    doc: 'The pause after a connection to a broker failed. It doubles with each failure in a row and varies by a fifth at random.',
    effect: test('network/backoff'),
  },
  'reconnect.backoff.max.ms': {
    type: 'long',
    unit: 'ms',
    default: 1000n,
    min: 0n,
    importance: 'low',
    doc: 'The longest that the pause between connections grows.',
    effect: test('network/backoff'),
  },
  'retry.backoff.ms': {
    type: 'long',
    unit: 'ms',
    default: 100n,
    min: 0n,
    importance: 'low',
    doc: 'The pause before a failed request is sent again. It doubles with each failure in a row and varies by a fifth at random.',
    effect: test('network/backoff'),
  },
  'retry.backoff.max.ms': {
    type: 'long',
    unit: 'ms',
    default: 1000n,
    min: 0n,
    importance: 'low',
    doc: 'The longest that the pause between tries grows.',
    effect: test('network/backoff'),
  },
  'socket.connection.setup.timeout.ms': {
    type: 'long',
    unit: 'ms',
    default: 10_000n,
    importance: 'medium',
    doc: 'How long a connection may take to open. It doubles with each failure in a row.',
    effect: test('network/cluster'),
  },
  'socket.connection.setup.timeout.max.ms': {
    type: 'long',
    unit: 'ms',
    default: 30_000n,
    importance: 'medium',
    doc: 'The longest that the time to open a connection grows.',
    effect: test('network/cluster'),
  },
  'metadata.max.age.ms': {
    type: 'long',
    unit: 'ms',
    default: 300_000n,
    min: 0n,
    importance: 'low',
    doc: 'After this time the metadata is asked for anew even if nothing says that it is old.',
    effect: test('network/cluster'),
  },
  'metadata.recovery.strategy': {
    type: 'string',
    default: 'rebootstrap',
    values: ['REBOOTSTRAP', 'NONE'],
    ignoreCase: true,
    importance: 'low',
    doc: 'What happens when no known broker can be reached: `rebootstrap` starts again from `bootstrap.servers`, `none` keeps trying the known ones.',
    effect: test('network/cluster'),
  },
  'metadata.recovery.rebootstrap.trigger.ms': {
    type: 'long',
    unit: 'ms',
    default: 300_000n,
    min: 0n,
    importance: 'low',
    doc: 'How long metadata may be asked for in vain before the client starts again from `bootstrap.servers`.',
    effect: test('network/cluster'),
  },
  'client.dns.lookup': {
    type: 'string',
    default: 'use_all_dns_ips',
    values: ['use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'],
    importance: 'medium',
    doc: 'Which names and addresses are tried: `use_all_dns_ips`, the addresses of a name one after the other; `resolve_canonical_bootstrap_servers_only`, the names that the addresses of the bootstrap servers have.',
    effect: test('network/resolving'),
  },
  'bootstrap.resolve.timeout.ms': {
    type: 'long',
    unit: 'ms',
    default: 0n,
    min: 0n,
    importance: 'high',
    doc: 'How long names of bootstrap servers that have no address are asked for again before every call fails for good. 0: for as long as a call waits (Kafka refuses to make the client then).',
    effect: test('network/resolving'),
  },
  'metadata.cluster.check.enable': {
    type: 'boolean',
    default: true,
    importance: 'low',
    doc: 'Whether a broker is told, when a connection opens, which cluster and broker is meant, so that one that is another says so (KIP-1242) and the client starts again from the bootstrap servers. Not with `metadata.recovery.strategy=none`.',
    effect: test('network/resolving'),
  },
  'send.buffer.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 131_072,
    min: -1,
    importance: 'medium',
    doc: 'The send buffer of a socket (SO_SNDBUF).',
    effect: noSocketBuffers,
  },
  'receive.buffer.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 65_536,
    min: -1,
    importance: 'medium',
    doc: 'The receive buffer of a socket (SO_RCVBUF).',
    effect: noSocketBuffers,
  },
  'connections.max.idle.ms': {
    type: 'long',
    unit: 'ms',
    default: 540_000n,
    importance: 'medium',
    doc: 'A connection over which nothing went for so long is closed; the next request opens another. Below 0: never.',
    effect: test('network/cluster'),
  },
  ...metricsRows,
  ...securityRows,
} as const satisfies ConfigRows

/** Interceptors are objects, beside the settings. */
export const interceptorsRow = {
  type: 'list',
  default: [],
  importance: 'low',
  doc: 'Interceptors by their classes. Here they are objects: `interceptors` beside the settings.',
  effect: { refused: 'classes of Java cannot be loaded; give objects as `interceptors` beside the settings' },
} as const

/** The key that producers and consumers must have; an admin client has it too, with an empty default. */
export const bootstrapRow = {
  type: 'list',
  importance: 'high',
  doc: 'Brokers to begin with, `host:port` separated by commas. The others are learnt from them.',
  effect: test('network/cluster'),
} as const
