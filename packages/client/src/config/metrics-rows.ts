import type { ConfigRows } from '@dorsale/base'

const test = { honoured: 'packages/client/src/metrics/client-metrics.test.ts' } as const

/** The figures that a client keeps of itself. */
export const metricsRows = {
  'metrics.num.samples': {
    type: 'int',
    default: 2,
    min: 1,
    importance: 'low',
    doc: 'How many windows rates, averages, greatest and least look back over.',
    effect: test,
  },
  'metrics.sample.window.ms': {
    type: 'long',
    unit: 'ms',
    default: 30_000n,
    min: 0n,
    importance: 'low',
    doc: 'How long such a window is.',
    effect: test,
  },
  'metrics.recording.level': {
    type: 'string',
    default: 'INFO',
    values: ['INFO', 'DEBUG', 'TRACE'],
    importance: 'low',
    doc: 'Which figures are kept.',
    effect: { none: 'Producers, consumers and admin clients have none beyond INFO, as in Kafka.' },
  },
  'enable.metrics.push': {
    type: 'boolean',
    default: true,
    importance: 'low',
    doc: 'Whether brokers that ask for the figures of this client are told them (KIP-714).',
    effect: { honoured: 'packages/client/src/telemetry/telemetry-reporter.test.ts' },
  },
  'metric.reporters': {
    type: 'list',
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    importance: 'low',
    doc: 'Classes of Java that are told of the figures; `metrics()` gives them here.',
    effect: { refused: 'It names classes of Java, which cannot be loaded; ask the client for its metrics() instead.' },
  },
} as const satisfies ConfigRows
