import { f, int16, type MessageOf, message } from '../table/index.ts'

/** Key of a control record: what kind it is of. */
export const controlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  type: 'data',
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    type: f(int16, '0+'),
  },
})

export interface ControlRecordTypeSchema extends MessageOf<typeof controlRecordTypeSchema> {}
