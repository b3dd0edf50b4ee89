export * from './acl-codes.ts'
export * from './apis.ts'
export * from './bytes/index.ts'
export * from './codec/index.ts'
export * from './compression/index.ts'
export * from './errors/index.ts'
export { formatRequest, formatResponse } from './frame-text.ts'
export { allMessages } from './messages/all.ts'
export * from './messages/index.ts'
export * from './metadata/index.ts'
export * from './records/index.ts'
export {
  type EntityType,
  type Field,
  type Fields,
  formatVersions,
  includesVersion,
  type ListenerType,
  type MessageOf,
  type MessageTable,
  type MessageType,
  parseVersions,
  type StructOf,
  type StructType,
  type TaggedFieldsHolder,
  type VersionRange,
  type WireType,
} from './table/index.ts'
