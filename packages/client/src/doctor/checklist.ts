/** What a production checklist asks and no file of settings can answer. */

/** R-03-276 to R-03-288. */
export const producerChecklist: readonly string[] = [
  'Serializers are tested, with values that they must refuse.',
  'Schemas are registered, and their compatibility is verified before a release.',
  'Delivery errors are handled: every callback or promise has somebody who looks at it.',
  'A circuit breaker stands before the producer, where callers must not wait for it.',
  'The producer is closed when the process ends, so that what it holds is delivered.',
  'Its metrics are exposed, with alerts and a dashboard.',
  'Unit tests use the mock producer, integration tests a broker.',
  'It was run under the expected load, and with brokers failing underneath.',
]

/** R-04-264 to R-04-278. */
export const consumerChecklist: readonly string[] = [
  'A record that cannot be deserialized stops nobody, and is not taken for a deletion.',
  'Failures are tried again with growing pauses, then put into a dead letter queue that somebody watches.',
  'The queue has the record before its offset is committed.',
  'On SIGTERM the consumer commits what it processed, leaves its group and ends.',
  'Processing a record twice does no harm, or is noticed.',
  'Its metrics are collected; lag and frequent rebalances raise alerts; there is a dashboard.',
  'Unit tests use the mock consumer, integration tests a broker.',
  'It was run under the expected load, with members killed and rebalances forced.',
  'A replay was tried: seek back, and process again.',
]
