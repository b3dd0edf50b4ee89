import { array, f, int64, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const creatableRenewers = struct('CreatableRenewers', {
  principalType: f(string, '0+', 'Type of principal: `User`.'),
  principalName: f(string, '0+', 'Name of the principal.'),
})

/** Creates a delegation token. v3 may name another owner. */
export const createDelegationTokenRequest = message({
  name: 'CreateDelegationTokenRequest',
  type: 'request',
  apiKey: 38,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    ownerPrincipalType: f(nullable(string), '3+'),
    ownerPrincipalName: f(nullable(string), '3+'),
    renewers: f(array(creatableRenewers), '0+'),
    maxLifetimeMs: f(int64, '0+'),
  },
})

export interface CreateDelegationTokenRequest extends MessageOf<typeof createDelegationTokenRequest> {}

export interface CreateDelegationTokenRequestCreatableRenewers extends StructOf<typeof creatableRenewers> {}
