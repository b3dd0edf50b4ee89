/** Access control lists. */
import {
  createAclsRequest,
  createAclsResponse,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
} from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import type { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from '../enums.ts'
import type { AclFilter, Admin } from '../types.ts'
import { checkAclFilter, checkAclFilters, checkAcls } from './checks.ts'
import { askController, refuse } from './requests.ts'

type AclAdmin = Pick<Admin, 'createAcls' | 'describeAcls' | 'deleteAcls'>

export function aclAdmin(connection: Connection): AclAdmin {
  return {
    async createAcls({ acl }) {
      checkAcls(acl)
      await askController(connection, {
        request: createAclsRequest,
        response: createAclsResponse,
        value: { creations: acl },
        read: ({ results }) => results.forEach(refuse),
      })
      return true
    },

    async describeAcls(filter) {
      checkAclFilter(filter)
      return askController(connection, {
        request: describeAclsRequest,
        response: describeAclsResponse,
        value: filterOnWire(filter),
        read: answer => {
          refuse(answer)
          const resources = answer.resources.map(({ acls, ...resource }) => ({
            ...resourceOf(resource),
            acls: acls.map(aclOf),
          }))
          return { throttleTime: answer.throttleTimeMs, errorCode: answer.errorCode, resources }
        },
      })
    },

    async deleteAcls({ filters }) {
      checkAclFilters(filters)
      return askController(connection, {
        request: deleteAclsRequest,
        response: deleteAclsResponse,
        value: { filters: filters.map(filterOnWire) },
        read: answer => {
          for (const result of answer.filterResults) {
            refuse(result)
            result.matchingAcls.forEach(refuse)
          }
          const filterResponses = answer.filterResults.map(({ errorCode, matchingAcls }) => ({
            errorCode,
            matchingAcls: matchingAcls.map(each => ({
              errorCode: each.errorCode,
              ...resourceOf(each),
              ...aclOf(each),
            })),
          }))
          return { throttleTime: answer.throttleTimeMs, filterResponses }
        },
      })
    },
  }
}

function filterOnWire(filter: AclFilter) {
  return {
    resourceTypeFilter: filter.resourceType,
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: filter.resourcePatternType,
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: filter.operation,
    permissionType: filter.permissionType,
  }
}

function resourceOf(resource: { resourceType: number; resourceName: string; patternType: number }) {
  return {
    resourceType: resource.resourceType as AclResourceTypes,
    resourceName: resource.resourceName,
    resourcePatternType: resource.patternType as ResourcePatternTypes,
  }
}

function aclOf(acl: { principal: string; host: string; operation: number; permissionType: number }) {
  return {
    principal: acl.principal,
    host: acl.host,
    operation: acl.operation as AclOperationTypes,
    permissionType: acl.permissionType as AclPermissionTypes,
  }
}
