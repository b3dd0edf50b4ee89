/** What an application may ask of an admin client. Each check throws a `KafkaJSNonRetriableError` with what is wrong. */
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ConfigResourceTypes,
  ResourcePatternTypes,
} from '../enums.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import type {
  AclEntry,
  AclFilter,
  IResourceConfig,
  ITopicConfig,
  ITopicPartitionConfig,
  PartitionReassignment,
  ResourceConfigQuery,
  TopicPartitions,
} from '../types.ts'

function refuse(message: string): never {
  throw new KafkaJSNonRetriableError(message)
}

function checkArray(value: unknown, what: string): void {
  if (!value || !Array.isArray(value)) refuse(`Invalid ${what} array ${value}`)
}

export function checkTopicNames(topics: readonly string[], message: string): void {
  checkArray(topics, 'topics')
  if (topics.some(topic => typeof topic !== 'string')) refuse(message)
}

/** Topics that are named once each. `what`: the name of the list. */
function checkNamedOnce(topics: readonly { topic: string }[], what: string): void {
  if (topics.some(({ topic }) => typeof topic !== 'string')) {
    refuse(`Invalid ${what} array, the topic names have to be a valid string`)
  }
  if (new Set(topics.map(({ topic }) => topic)).size < topics.length) {
    refuse(`Invalid ${what} array, it cannot have multiple entries for the same topic`)
  }
}

export function checkNewTopics(topics: readonly ITopicConfig[]): void {
  checkArray(topics, 'topics')
  checkNamedOnce(topics, 'topics')
  for (const { topic, configEntries } of topics) {
    if (configEntries == null) continue
    const subject = `Invalid configEntries for topic "${topic}"`
    if (!Array.isArray(configEntries)) refuse(`${subject}, must be an array`)
    for (const [index, entry] of configEntries.entries()) {
      if (typeof entry !== 'object' || entry == null) refuse(`${subject}. Entry ${index} must be an object`)
      for (const property of ['name', 'value'] as const) {
        if (Object.hasOwn(entry, property) && typeof entry[property] === 'string') continue
        refuse(`${subject}. Entry ${index} must have a valid "${property}" property`)
      }
    }
  }
}

export function checkNewPartitions(topics: readonly ITopicPartitionConfig[]): void {
  checkArray(topics, 'topic partitions')
  if (topics.length === 0) refuse('Empty topic partitions array')
  checkNamedOnce(topics, 'topic partitions')
}

export function checkReassignments(topics: readonly PartitionReassignment[]): void {
  checkArray(topics, 'topics')
  checkNamedOnce(topics, 'topics')
  for (const { topic, partitionAssignment } of topics) {
    if (!partitionAssignment || !Array.isArray(partitionAssignment)) {
      refuse(`Invalid partitions array: ${partitionAssignment} for topic: ${topic}`)
    }
    for (const { partition, replicas } of partitionAssignment) {
      if (typeof partition !== 'number' || partition < 0) {
        refuse(`Invalid partitions index: ${partition} for topic: ${topic}`)
      }
      const subject = `Invalid replica assignment: ${replicas} for topic: ${topic} on partition: ${partition}`
      if (!replicas || !Array.isArray(replicas)) refuse(subject)
      if (replicas.some(replica => typeof replica !== 'number' || replica < 0)) {
        refuse(`${subject}. Replicas must be a non negative number`)
      }
    }
  }
}

export function checkReassignedTopics(topics: readonly TopicPartitions[]): void {
  checkArray(topics, 'topics')
  checkNamedOnce(topics, 'topics')
  for (const { topic, partitions } of topics) {
    const subject = `Invalid partition array: ${partitions} for topic: ${topic}`
    if (!partitions || !Array.isArray(partitions)) refuse(subject)
    if (partitions.some(partition => typeof partition !== 'number' || partition < 0)) {
      refuse(`${subject}. The partition indices have to be a valid number greater than 0.`)
    }
  }
}

function checkConfigResources(resources: readonly { type: number; name: string }[]): void {
  checkArray(resources, 'resources')
  if (resources.length === 0) refuse('Resources array cannot be empty')
  const types: readonly number[] = Object.values(ConfigResourceTypes)
  const ofNoType = resources.find(({ type }) => !types.includes(type))
  if (ofNoType) refuse(`Invalid resource type ${ofNoType.type}: ${JSON.stringify(ofNoType)}`)
  const nameless = resources.find(({ name }) => !name || typeof name !== 'string')
  if (nameless) refuse(`Invalid resource name ${nameless.name}: ${JSON.stringify(nameless)}`)
}

export function checkConfigQueries(resources: readonly ResourceConfigQuery[]): void {
  checkConfigResources(resources)
  const wrong = resources.find(({ configNames }) => configNames != null && !Array.isArray(configNames))
  if (wrong) refuse(`Invalid resource configNames ${wrong.configNames}: ${JSON.stringify(wrong)}`)
}

export function checkAlteredConfigs(resources: readonly IResourceConfig[]): void {
  checkConfigResources(resources)
  const wrong = resources.find(({ configEntries }) => !Array.isArray(configEntries))
  if (wrong) refuse(`Invalid resource configEntries ${wrong.configEntries}: ${JSON.stringify(wrong)}`)
  const isText = ({ name, value }: { name: string; value: string }) =>
    typeof name === 'string' && typeof value === 'string'
  const untold = resources.find(({ configEntries }) => !configEntries.every(isText))
  if (untold) refuse(`Invalid resource config value: ${JSON.stringify(untold)}`)
}

/** The enumerations of an ACL, with what kafkajs calls them. */
const aclEnumerations = [
  ['operation', 'operation type', Object.values(AclOperationTypes)],
  ['resourcePatternType', 'resource pattern type', Object.values(ResourcePatternTypes)],
  ['permissionType', 'permission type', Object.values(AclPermissionTypes)],
  ['resourceType', 'resource type', Object.values(AclResourceTypes)],
] as const satisfies readonly (readonly [keyof AclEntry, string, readonly number[]])[]

function checkAclEnumerations(entries: readonly (AclEntry | AclFilter)[]): void {
  for (const [key, name, values] of aclEnumerations) {
    const wrong = entries.find(entry => !(values as readonly number[]).includes(entry[key]))
    if (wrong) refuse(`Invalid ${name} ${wrong[key]}: ${JSON.stringify(wrong)}`)
  }
}

const aclNames = ['principal', 'host', 'resourceName'] as const

export function checkAcls(acl: readonly AclEntry[]): void {
  checkArray(acl, 'ACL')
  if (acl.length === 0) refuse('Empty ACL array')
  for (const name of aclNames) {
    if (acl.some(entry => typeof entry[name] !== 'string')) {
      refuse(`Invalid ACL array, the ${name}s have to be a valid string`)
    }
  }
  checkAclEnumerations(acl)
}

function isTextOrNothing(value: unknown): boolean {
  return typeof value === 'string' || value === undefined
}

export function checkAclFilter(filter: AclFilter): void {
  for (const name of aclNames) {
    if (!isTextOrNothing(filter[name])) refuse(`Invalid ${name}, the ${name} have to be a valid string`)
  }
  for (const [key, name, values] of aclEnumerations) {
    if ((values as readonly number[]).includes(filter[key])) continue
    const subject = key === 'resourcePatternType' ? 'resource pattern filter type' : name
    refuse(`Invalid ${subject} ${filter[key]}`)
  }
}

export function checkAclFilters(filters: readonly AclFilter[]): void {
  checkArray(filters, 'ACL Filter')
  if (filters.length === 0) refuse('Empty ACL Filter array')
  for (const name of aclNames) {
    if (!filters.every(filter => isTextOrNothing(filter[name]))) {
      refuse(`Invalid ACL Filter array, the ${name}s have to be a valid string`)
    }
  }
  checkAclEnumerations(filters)
}
