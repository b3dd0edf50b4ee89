import type { ConfigRows } from '@dorsale/base'
import { noMetrics } from './effects.ts'

/** Metrics and client telemetry. */
export const metricsRows = {
  'metrics.num.samples': {
    type: 'int',
    default: 2,
    min: 1,
    importance: 'low',
    doc: 'How many samples a metric looks back over.',
    effect: noMetrics,
  },
  'metrics.sample.window.ms': {
    type: 'long',
    unit: 'ms',
    default: 30_000n,
    min: 1n,
    importance: 'low',
    doc: 'How long each sample of a metric is.',
    effect: noMetrics,
  },
  'metric.reporters': {
    type: 'list',
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    distinct: true,
    importance: 'low',
    update: 'cluster-wide',
    doc: 'Java classes that report metrics.',
    effect: noMetrics,
  },
  'metrics.recording.level': {
    type: 'string',
    default: 'INFO',
    importance: 'low',
    doc: 'How detailed the metrics are: `INFO`, `DEBUG` or `TRACE`.',
    effect: noMetrics,
  },
  'kafka.metrics.reporters': {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'low',
    doc: 'Java classes that report the older metrics.',
    effect: noMetrics,
  },
  'kafka.metrics.polling.interval.secs': {
    type: 'int',
    unit: 's',
    default: 10,
    min: 1,
    importance: 'low',
    doc: 'How often those reporters run.',
    effect: noMetrics,
  },
  'telemetry.max.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 1_048_576,
    min: 1,
    importance: 'low',
    doc: 'The largest push of client metrics.',
    effect: { honoured: 'packages/broker/src/telemetry/client-telemetry.test.ts' },
  },
} as const satisfies ConfigRows
