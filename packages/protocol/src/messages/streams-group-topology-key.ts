import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the topology of a streams group. */
export const streamsGroupTopologyKey = message({
  name: 'StreamsGroupTopologyKey',
  type: 'coordinator-key',
  apiKey: 23,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
  },
})

export interface StreamsGroupTopologyKey extends MessageOf<typeof streamsGroupTopologyKey> {}
