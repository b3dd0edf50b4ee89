import { array, f, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const describeDelegationTokenOwner = struct('DescribeDelegationTokenOwner', {
  principalType: f(string, '0+', 'Type of principal: `User`.'),
  principalName: f(string, '0+', 'Name of the principal.'),
})

/** Lists delegation tokens by owner. */
export const describeDelegationTokenRequest = message({
  name: 'DescribeDelegationTokenRequest',
  type: 'request',
  apiKey: 41,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    owners: f(nullable(array(describeDelegationTokenOwner)), '0+'),
  },
})

export interface DescribeDelegationTokenRequest extends MessageOf<typeof describeDelegationTokenRequest> {}

export interface DescribeDelegationTokenRequestOwner extends StructOf<typeof describeDelegationTokenOwner> {}
