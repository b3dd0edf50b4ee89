import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import { javaException } from './java-exception.ts'

/** The classes of Kafka 4.4.0. */
const classes: readonly (readonly [ErrorCode, string])[] = [
  [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, 'UnknownTopicOrPartitionException'],
  [errorCodes.TOPIC_AUTHORIZATION_FAILED, 'TopicAuthorizationException'],
  [errorCodes.CLUSTER_AUTHORIZATION_FAILED, 'ClusterAuthorizationException'],
  [errorCodes.REQUEST_TIMED_OUT, 'TimeoutException'],
  [errorCodes.INVALID_REGULAR_EXPRESSION, 'InvalidRegularExpression'],
]

for (const [code, name] of classes) {
  test(`${name} has its name`, () => {
    assert.match(
      javaException(new ProtocolError(code)),
      new RegExp(`^org\\.apache\\.kafka\\.common\\.errors\\.${name}: `),
    )
  })
}
