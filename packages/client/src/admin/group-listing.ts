/** Groups of every type, as their coordinators list them. */
import { errorCodes, listGroupsRequest, listGroupsResponse, ProtocolError } from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { refuse } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { toBroker } from './route.ts'

const groupStates = [
  'Unknown',
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
  'Empty',
  'Assigning',
  'Reconciling',
  'NotReady',
] as const
const groupTypes = ['Unknown', 'Consumer', 'Classic', 'Share', 'Streams'] as const

/** As Kafka prints it: `Stable`, `Empty`, `Dead`, `PreparingRebalance` and `CompletingRebalance` of classic groups, `Assigning` and `Reconciling` of those that the broker divides, `NotReady` of streams groups, `Unknown`. */
export type GroupState = (typeof groupStates)[number]
/** As Kafka prints it: `Classic` (a member divides the partitions), `Consumer` (the broker does, KIP-848), `Share`, `Streams`, `Unknown`. */
export type GroupType = (typeof groupTypes)[number]

/** A group, as a list has it. */
export interface GroupListing {
  readonly groupId: string
  /** Undefined from brokers older than Kafka 3.8. */
  readonly type: GroupType | undefined
  /** `consumer`, `connect`, `share`, ...; empty for a group that only commits offsets. */
  readonly protocol: string
  /** Undefined from brokers older than Kafka 2.6. */
  readonly groupState: GroupState | undefined
  /** Whether it has no members by its nature, and is there for its offsets alone. */
  readonly isSimpleConsumerGroup: boolean
}

export interface ListGroupsOptions extends CallOptions {
  /** Default: every state. */
  readonly groupStates?: readonly GroupState[]
  /** Default: every type. */
  readonly types?: readonly GroupType[]
  /** Default: every protocol. '' stands for groups that only commit offsets. */
  readonly protocolTypes?: readonly string[]
}

export interface GroupListingAdmin {
  /** All groups of all brokers; an outcome is what one broker lists. */
  listGroups(options?: ListGroupsOptions): Itemized<number, GroupListing[], GroupListing[]>
  /** `listGroups` for groups of consumers, classic or not. */
  listConsumerGroups(
    options?: Omit<ListGroupsOptions, 'protocolTypes'>,
  ): Itemized<number, GroupListing[], GroupListing[]>
}

export function groupListingAdmin(core: AdminCore): GroupListingAdmin {
  const listGroups = (options: ListGroupsOptions = {}) =>
    core.gather<number, GroupListing[], GroupListing[]>(
      {
        what: 'the list of groups',
        keys: limits => core.everyBroker(limits),
        options,
        route: toBroker(nodeId => nodeId),
        async ask(link) {
          const response = await core.request(link, listGroupsRequest, listGroupsResponse, version => ({
            statesFilter: [...(options.groupStates ?? [])],
            typesFilter: typesFilter(options.types ?? [], version),
          }))
          refuse('the list of groups', response)
          const { protocolTypes } = options
          const listings = response.groups.map(listingOf)
          const value =
            protocolTypes === undefined ? listings : listings.filter(({ protocol }) => protocolTypes.includes(protocol))
          return () => ({ value })
        },
      },
      uniqueGroups,
    )
  return {
    listGroups,
    listConsumerGroups: (options = {}) =>
      listGroups({ types: ['Consumer', 'Classic'], ...options, protocolTypes: ['', 'consumer'] }),
  }
}

const typesFilterVersion = 5

/** A broker without types of groups has classic ones alone. */
function typesFilter(types: readonly GroupType[], version: number): GroupType[] {
  if (version >= typesFilterVersion) return [...types]
  if (types.length === 0 || types.includes('Classic')) return []
  const text = `the broker serves ListGroups up to version ${version}, and ${typesFilterVersion} is needed for ${types.join(', ')}`
  throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, text)
}

function listingOf(group: {
  groupId: string
  protocolType: string
  groupState: string
  groupType: string
}): GroupListing {
  const { groupId, protocolType: protocol } = group
  return {
    groupId,
    type: group.groupType === '' ? undefined : groupTypeOf(group.groupType),
    protocol,
    groupState: group.groupState === '' ? undefined : groupStateOf(group.groupState),
    isSimpleConsumerGroup: protocol === '' && (group.groupType === '' || groupTypeOf(group.groupType) === 'Classic'),
  }
}

/** A group that moves while it is listed is listed twice. */
function uniqueGroups(lists: GroupListing[][]): GroupListing[] {
  return [...new Map(lists.flat().map(listing => [listing.groupId, listing])).values()]
}

/** The state that a coordinator names, in any case of its letters. */
export function groupStateOf(text: string): GroupState {
  return groupStates.find(state => state.toLowerCase() === text.toLowerCase()) ?? 'Unknown'
}

function groupTypeOf(text: string): GroupType {
  return groupTypes.find(type => type.toLowerCase() === text.toLowerCase()) ?? 'Unknown'
}
