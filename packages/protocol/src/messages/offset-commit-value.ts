import { f, int32, int64, type MessageOf, message, string, uuid } from '../table/index.ts'

/** A committed offset. */
export const offsetCommitValue = message({
  name: 'OffsetCommitValue',
  type: 'coordinator-value',
  apiKey: 1,
  validVersions: '0-4',
  flexibleVersions: '4+',
  fields: {
    offset: f(int64, '0+', 'Offset to go on from.'),
    leaderEpoch: f(int32, '3+', 'Epoch of the leader, -1 when unknown.', { default: -1, ignorable: true }),
    metadata: f(string, '0+'),
    commitTimestamp: f(int64, '0+'),
    expireTimestamp: f(int64, '1', { default: -1, ignorable: true }),
    topicId: f(uuid, '4+', 'Id of the topic.', { tag: 0, ignorable: true }),
  },
})

export interface OffsetCommitValue extends MessageOf<typeof offsetCommitValue> {}
