import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KafkaMetric, MetricName } from '@dorsale/client'
import { metricsTable } from './metrics-table.ts'

test('figures are sorted, aligned, and printed as Java prints doubles, whole numbers and texts', () => {
  const all: [group: string, name: string, tags: Record<string, string>, value: number | string][] = [
    ['producer-metrics', 'record-send-total', { 'client-id': 'p' }, 12],
    ['producer-metrics', 'batch-size-avg', { 'client-id': 'p' }, Number.NaN],
    ['producer-topic-metrics', 'byte-rate', { 'client-id': 'p', topic: 't' }, 1.23456],
    ['app-info', 'start-time-ms', { 'client-id': 'p' }, 1_700_000_000_000],
    ['app-info', 'version', { 'client-id': 'p' }, '1.2'],
  ]
  const metrics = new Map<MetricName, KafkaMetric>(
    all.map(([group, name, tags, value]) => {
      const metricName = { group, name, tags, description: '' }
      return [metricName, { metricName, isCumulative: false, metricValue: () => value }]
    }),
  )
  assert.equal(
    metricsTable(metrics),
    [
      '',
      'Metric Name                                               Value',
      'app-info:start-time-ms:{client-id=p}                    : 1700000000000',
      'app-info:version:{client-id=p}                          : 1.2',
      'producer-metrics:batch-size-avg:{client-id=p}           : NaN',
      'producer-metrics:record-send-total:{client-id=p}        : 12.000',
      'producer-topic-metrics:byte-rate:{client-id=p, topic=t} : 1.235',
      '',
    ].join('\n'),
  )
  assert.equal(metricsTable(new Map()), '')
})
