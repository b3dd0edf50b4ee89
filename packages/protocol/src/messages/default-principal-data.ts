import { bool, f, type MessageOf, message, string } from '../table/index.ts'

/** A principal, as forwarded in an envelope. */
export const defaultPrincipalData = message({
  name: 'DefaultPrincipalData',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    type: f(string, '0+'),
    name: f(string, '0+'),
    tokenAuthenticated: f(bool, '0+'),
  },
})

export interface DefaultPrincipalData extends MessageOf<typeof defaultPrincipalData> {}
