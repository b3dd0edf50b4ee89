/** How ACLs are made, found and deleted: loaded when an authorizer needs it, since most clusters have none. */
export const aclDecisions = () => import('./acls.ts')
export type AclDecisions = Awaited<ReturnType<typeof aclDecisions>>
