import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'

/** Metrics and client telemetry. */
export const metricsRows = {
  'metrics.num.samples': {
    type: 'int',
    default: 2,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'metrics.sample.window.ms': {
    type: 'long',
    default: 30_000n,
    min: 1n,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'metric.reporters': {
    type: 'list',
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    distinct: true,
    importance: 'low',
    update: 'cluster-wide',
    doc: 'TODO',
    effect: notYet,
  },
  'metrics.recording.level': {
    type: 'string',
    default: 'INFO',
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'kafka.metrics.reporters': {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'kafka.metrics.polling.interval.secs': {
    type: 'int',
    default: 10,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'telemetry.max.bytes': {
    type: 'int',
    default: 1_048_576,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
