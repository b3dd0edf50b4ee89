import { f, int8, type MessageOf, message, string } from '../table/index.ts'

/** Removes a SCRAM credential. */
export const removeUserScramCredentialRecord = message({
  name: 'RemoveUserScramCredentialRecord',
  type: 'metadata',
  apiKey: 22,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+'),
    mechanism: f(int8, '0+', 'SASL mechanism.'),
  },
})

export interface RemoveUserScramCredentialRecord extends MessageOf<typeof removeUserScramCredentialRecord> {}
