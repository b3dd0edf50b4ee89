import {
  type AclOperationName,
  aclOperationsOfTypes,
  clusterResourceName,
  type ErrorCode,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { type Audit, type NamedResourceType, operationBits, type Rights } from './rights.ts'

/** One thing that somebody wants to do. */
export interface Action {
  readonly operation: AclOperationName
  readonly resourceType: NamedResourceType | 'CLUSTER'
  readonly resourceName: string
  readonly audit: Audit
}

/** What decides for one requester. */
export interface Decider {
  may(action: Action): boolean
  mayWithSome(operation: AclOperationName, type: NamedResourceType): boolean
}

/** The rights of one requester, by what the authorizer decides when it is asked. */
export class RequesterRights implements Rights {
  readonly areLimited = true
  readonly #decider: Decider

  constructor(decider: Decider) {
    this.#decider = decider
  }

  may(
    operation: AclOperationName,
    resourceType: NamedResourceType | 'CLUSTER',
    nameOrAudit?: string,
    namedAudit: Audit = 'attempt',
  ): boolean {
    const { resourceName, audit } =
      resourceType === 'CLUSTER'
        ? { resourceName: clusterResourceName, audit: (nameOrAudit as Audit | undefined) ?? 'attempt' }
        : { resourceName: nameOrAudit as string, audit: namedAudit }
    return this.#decider.may({ operation, resourceType, resourceName, audit })
  }

  require(operation: AclOperationName, resourceType: NamedResourceType | 'CLUSTER', name?: string): void {
    const resourceName = name ?? clusterResourceName
    if (this.#decider.may({ operation, resourceType, resourceName, audit: 'attempt' })) return
    throw new ProtocolError(refusalOf[resourceType])
  }

  allows(
    operation: AclOperationName,
    resourceType: NamedResourceType,
    audit: Audit = 'attempt',
  ): (name: string) => boolean {
    const decided = new Map<string, boolean>()
    return resourceName => {
      let isAllowed = decided.get(resourceName)
      if (isAllowed === undefined) {
        isAllowed = this.#decider.may({ operation, resourceType, resourceName, audit })
        decided.set(resourceName, isAllowed)
      }
      return isAllowed
    }
  }

  mayWithSome(operation: AclOperationName, type: NamedResourceType): boolean {
    return this.#decider.mayWithSome(operation, type)
  }

  operationsOn(resourceType: NamedResourceType | 'CLUSTER', resourceName = clusterResourceName): number {
    const allowed = aclOperationsOfTypes[resourceType].filter(operation =>
      this.#decider.may({ operation, resourceType, resourceName, audit: 'probe' }),
    )
    return operationBits(allowed)
  }
}

const refusalOf: Readonly<Record<NamedResourceType | 'CLUSTER', ErrorCode>> = {
  TOPIC: errorCodes.TOPIC_AUTHORIZATION_FAILED,
  GROUP: errorCodes.GROUP_AUTHORIZATION_FAILED,
  CLUSTER: errorCodes.CLUSTER_AUTHORIZATION_FAILED,
  TRANSACTIONAL_ID: errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  DELEGATION_TOKEN: errorCodes.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
  USER: errorCodes.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
}
