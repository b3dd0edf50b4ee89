import {
  array,
  f,
  int8,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+'),
  partitions: f(array(int32), '0+'),
  assignmentEpochs: f(nullable(array(int32)), '0+', { tag: 0 }),
})

/** StreamsGroupCurrentMemberAssignmentValue. */
export const streamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  type: 'coordinator-value',
  apiKey: 22,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    memberEpoch: f(int32, '0+'),
    previousMemberEpoch: f(int32, '0+'),
    state: f(int8, '0+'),
    activeTasks: f(array(taskIds), '0+'),
    standbyTasks: f(array(taskIds), '0+'),
    warmupTasks: f(array(taskIds), '0+'),
    activeTasksPendingRevocation: f(array(taskIds), '0+'),
    standbyTasksPendingRevocation: f(array(taskIds), '0+'),
    warmupTasksPendingRevocation: f(array(taskIds), '0+'),
  },
})

export interface StreamsGroupCurrentMemberAssignmentValue
  extends MessageOf<typeof streamsGroupCurrentMemberAssignmentValue> {}

export interface StreamsGroupCurrentMemberAssignmentValueTaskIds extends StructOf<typeof taskIds> {}
