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
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partitions: f(array(int32), '0+'),
  assignmentEpochs: f(nullable(array(int32)), '0+', { tag: 0 }),
})

/** The tasks that a member of a streams group has. */
export const streamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  type: 'coordinator-value',
  apiKey: 22,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    memberEpoch: f(int32, '0+', 'Epoch of the member: 0 joins, -1 leaves, -2 leaves for a while as a static member.'),
    previousMemberEpoch: f(int32, '0+', 'Epoch of the member before the current one.'),
    state: f(int8, '0+'),
    activeTasks: f(array(taskIds), '0+', 'Tasks that process.'),
    standbyTasks: f(array(taskIds), '0+', 'Tasks that keep a warm copy of state.'),
    warmupTasks: f(array(taskIds), '0+', 'Tasks that restore state before they take over.'),
    activeTasksPendingRevocation: f(array(taskIds), '0+'),
    standbyTasksPendingRevocation: f(array(taskIds), '0+'),
    warmupTasksPendingRevocation: f(array(taskIds), '0+'),
  },
})

export interface StreamsGroupCurrentMemberAssignmentValue
  extends MessageOf<typeof streamsGroupCurrentMemberAssignmentValue> {}

export interface StreamsGroupCurrentMemberAssignmentValueTaskIds extends StructOf<typeof taskIds> {}
