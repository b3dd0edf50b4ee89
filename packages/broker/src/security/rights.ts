import { type AclOperationName, aclOperations, aclOperationsOfTypes } from '@dorsale/protocol'

/** The types of which there are many. The cluster is one, and has no name to say. */
export type NamedResourceType = 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID' | 'DELEGATION_TOKEN' | 'USER'

/**
 * What of a decision is told in the log. `attempt`: both outcomes. `filter`: not a denial, which only leaves something out. `probe`: nothing, since
 * nothing is done.
 */
export type Audit = 'attempt' | 'filter' | 'probe'

/** What the sender of one request may do. Where no authorizer is configured, everybody may do everything. */
export interface Rights {
  may(operation: AclOperationName, type: 'CLUSTER', audit?: Exclude<Audit, 'attempt'>): boolean
  may(operation: AclOperationName, type: NamedResourceType, name: string, audit?: Audit): boolean
  /** As `may`; throws the error that Kafka has for the type, TOPIC_AUTHORIZATION_FAILED or another. */
  require(operation: AclOperationName, type: 'CLUSTER'): void
  require(operation: AclOperationName, type: NamedResourceType, name: string): void
  /** As `may`, for many names: each is decided, and told, once. */
  allows(operation: AclOperationName, type: NamedResourceType, audit?: Audit): (name: string) => boolean
  /** Whether there is any resource of the type to which this may be done. */
  mayWithSome(operation: AclOperationName, type: NamedResourceType): boolean
  /** All that may be done, as the bit field of Metadata and the Describe requests: bit n is Kafka's AclOperation n. */
  operationsOn(type: 'CLUSTER'): number
  operationsOn(type: NamedResourceType, name: string): number
  /** False: everything is allowed, and there is nothing to sort out. */
  readonly areLimited: boolean
}

export function operationBits(operations: readonly AclOperationName[]): number {
  return operations.reduce((field, operation) => field | (1 << aclOperations[operation]), 0)
}

/** Kafka's value of the field when it was not asked for. */
export const operationsNotAsked = -2147483648

/** What may be done with the cluster, as it was asked for: nothing, for those who may not describe it. */
export function clusterOperations(
  rights: Rights,
  { includeClusterAuthorizedOperations: isAsked }: { readonly includeClusterAuthorizedOperations: boolean },
): number {
  if (!isAsked) return operationsNotAsked
  return rights.may('DESCRIBE', 'CLUSTER') ? rights.operationsOn('CLUSTER') : 0
}

/** Of everybody, where nobody decides. */
export const allRights: Rights = {
  may: () => true,
  require() {},
  allows: () => everyName,
  mayWithSome: () => true,
  operationsOn: (type: NamedResourceType | 'CLUSTER') => everyOperation[type],
  areLimited: false,
}

const everyOperation = {
  TOPIC: operationBits(aclOperationsOfTypes.TOPIC),
  GROUP: operationBits(aclOperationsOfTypes.GROUP),
  CLUSTER: operationBits(aclOperationsOfTypes.CLUSTER),
  TRANSACTIONAL_ID: operationBits(aclOperationsOfTypes.TRANSACTIONAL_ID),
  DELEGATION_TOKEN: operationBits(aclOperationsOfTypes.DELEGATION_TOKEN),
  USER: operationBits(aclOperationsOfTypes.USER),
}

function everyName(): boolean {
  return true
}
