/**
 * The operations that a client may perform, as the bit field of Metadata and the Describe requests: bit n is Kafka's AclOperation n. Without an
 * authorizer everybody may do everything that the kind of resource knows.
 */
const operation = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const

const bits = (...operations: number[]): number => operations.reduce((field, bit) => field | (1 << bit), 0)

export const topicOperations = bits(
  operation.read,
  operation.write,
  operation.create,
  operation.delete,
  operation.alter,
  operation.describe,
  operation.describeConfigs,
  operation.alterConfigs,
)

export const groupOperations = bits(
  operation.read,
  operation.delete,
  operation.describe,
  operation.describeConfigs,
  operation.alterConfigs,
)

export const clusterOperations = bits(
  operation.create,
  operation.alter,
  operation.describe,
  operation.clusterAction,
  operation.describeConfigs,
  operation.alterConfigs,
  operation.idempotentWrite,
)

/** Kafka's value of the field when it was not asked for. */
export const operationsNotAsked = -2147483648
