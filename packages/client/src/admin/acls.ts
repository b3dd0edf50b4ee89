/** Access control lists: who may do what. */
import {
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  createAclsRequest,
  createAclsResponse,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
  type ProtocolError,
} from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { answerOf, doneOf, errorIn, refuse } from './answer.ts'
import { Codes, type NameIn } from './codes.ts'
import type { Itemized } from './itemized.ts'
import { type AclOperation, aclOperations } from './operations.ts'
import { toAny } from './route.ts'

const resourceTypes = new Codes(aclResourceTypes)
const patternTypes = new Codes(aclPatternTypes)
const permissionTypes = new Codes(aclPermissionTypes)

/** What an entry is about: `TOPIC`, `GROUP`, `CLUSTER`, `TRANSACTIONAL_ID`, `DELEGATION_TOKEN`, `USER`; `ANY` in filters. */
export type AclResourceType = NameIn<typeof resourceTypes>
/** How the name of a resource is meant: `LITERAL`, this name; `PREFIXED`, all that begin with it. In filters also `ANY`, and `MATCH`, every entry that concerns the name. */
export type AclPatternType = NameIn<typeof patternTypes>
/** `ALLOW` or `DENY`, which is the stronger; `ANY` in filters. */
export type AclPermissionType = NameIn<typeof permissionTypes>

/** One entry: this principal, from this host, may, or may not, do this with these resources. */
export interface AclBinding {
  readonly resourceType: AclResourceType
  /** `*` for all; `kafka-cluster` for the cluster. */
  readonly resourceName: string
  /** `LITERAL`: this name; `PREFIXED`: all names that begin with it. */
  readonly patternType: AclPatternType
  /** `User:alice`; `User:*` for everybody. */
  readonly principal: string
  /** An address; `*` for every host. */
  readonly host: string
  readonly operation: AclOperation
  readonly permissionType: AclPermissionType
}

/** Which entries: what is left out may be anything. The pattern type `MATCH` finds every entry that concerns the resource of that name. */
export type AclBindingFilter = Partial<AclBinding>

/** An entry that a filter found, and whether it was deleted. */
export interface DeletedAcl {
  readonly binding: AclBinding
  /** Why it is still there. */
  readonly error: ProtocolError | undefined
}

export interface AclAdmin {
  createAcls(bindings: readonly AclBinding[], options?: CallOptions): Itemized<AclBinding, void>
  describeAcls(filter: AclBindingFilter, options?: CallOptions): Promise<AclBinding[]>
  /** Deletes the entries that filters find, and answers which they were. */
  deleteAcls(filters: readonly AclBindingFilter[], options?: CallOptions): Itemized<AclBindingFilter, DeletedAcl[]>
}

export function aclAdmin(core: AdminCore): AclAdmin {
  return {
    createAcls: (bindings, options = {}) =>
      core.each({
        what: 'the creation of ACLs',
        keys: bindings,
        options,
        route: toAny(),
        async ask(link, keys) {
          const creations = keys.map(binding => ({
            resourceType: resourceTypes.code(binding.resourceType),
            resourceName: binding.resourceName,
            resourcePatternType: patternTypes.code(binding.patternType),
            principal: binding.principal,
            host: binding.host,
            operation: aclOperations.code(binding.operation),
            permissionType: permissionTypes.code(binding.permissionType),
          }))
          const { results } = await core.request(link, createAclsRequest, createAclsResponse, { creations })
          // They come in the order of the request, without names.
          return key => doneOf(subjectOf(key), results[keys.indexOf(key)])
        },
      }),

    describeAcls: (filter, options = {}) =>
      core.one({
        what: 'the ACLs',
        options,
        async ask(link) {
          const response = await core.request(link, describeAclsRequest, describeAclsResponse, filterOnWire(filter))
          refuse('the ACLs', response)
          return response.resources.flatMap(({ acls, ...resource }) =>
            acls.map(acl => bindingOf({ ...resource, ...acl })),
          )
        },
      }),

    deleteAcls: (filters, options = {}) =>
      core.each({
        what: 'the deletion of ACLs',
        keys: filters,
        options,
        route: toAny(),
        async ask(link, keys) {
          const value = { filters: keys.map(filterOnWire) }
          const { filterResults } = await core.request(link, deleteAclsRequest, deleteAclsResponse, value)
          return key =>
            answerOf('the deletion of ACLs', filterResults[keys.indexOf(key)], ({ matchingAcls }) =>
              matchingAcls.map(acl => {
                const binding = bindingOf(acl)
                return { binding, error: errorIn(subjectOf(binding), acl) }
              }),
            )
        },
      }),
  }
}

function filterOnWire(filter: AclBindingFilter) {
  return {
    resourceTypeFilter: resourceTypes.code(filter.resourceType ?? 'ANY'),
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: patternTypes.code(filter.patternType ?? 'ANY'),
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: aclOperations.code(filter.operation ?? 'ANY'),
    permissionType: permissionTypes.code(filter.permissionType ?? 'ANY'),
  }
}

function bindingOf(acl: {
  resourceType: number
  resourceName: string
  patternType: number
  principal: string
  host: string
  operation: number
  permissionType: number
}): AclBinding {
  return {
    resourceType: resourceTypes.name(acl.resourceType),
    resourceName: acl.resourceName,
    patternType: patternTypes.name(acl.patternType),
    principal: acl.principal,
    host: acl.host,
    operation: aclOperations.name(acl.operation),
    permissionType: permissionTypes.name(acl.permissionType),
  }
}

function subjectOf({ principal, operation, resourceType, resourceName }: AclBinding): string {
  return `${principal}, ${operation} of ${resourceType.toLowerCase().replaceAll('_', ' ')} ${resourceName}`
}
