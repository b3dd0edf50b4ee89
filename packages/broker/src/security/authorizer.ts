import type { AclDecisions } from '@dorsale/coordinate'
import type { Rights } from './rights.ts'

/** Decides what clients may do. There is one when `authorizer.class.name` asks for it. */
export interface Authorizer {
  rightsOf(requester: Requester): Rights
  /** How ACLs are made, found and deleted. */
  readonly acls: AclDecisions
}

/** Who sent a request, and which. */
export interface Requester {
  /** `User:alice` */
  readonly principal: string
  /** The address that he comes from. */
  readonly address: string
  /** The name of the API, for the log. */
  readonly request: string
}
