import { brokerTable, groupTable } from './tables/index.ts'

/** The broker's name for a group's key: what holds for groups that say nothing themselves. Keys without one have their own default. */
export const groupSynonyms: Readonly<Record<string, string>> = Object.fromEntries(
  groupTable.keys.flatMap(key => {
    const name = key === 'streams.assignor.name' ? 'group.streams.assignors' : `group.${key}`
    return brokerTable.row(name) === undefined ? [] : [[key, name]]
  }),
)
