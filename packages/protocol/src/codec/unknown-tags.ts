/** Tagged fields that a table does not know: kept in the order of their tags, and written back between the known ones. */
import { assert } from '@dorsale/base'
import type { UnknownTaggedField } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'

/** Puts tags in order: Kafka reads them in any, and writes them ascending. They arrive ascending but from a broken peer. */
export function inTagOrder(tags: UnknownTaggedField[]): UnknownTaggedField[] {
  const ascending = tags.every(({ tag }, index) => index === 0 || tag > tags[index - 1]!.tag)
  return ascending ? tags : tags.sort((a, b) => a.tag - b.tag)
}

/** Writes the unknown tags from index `next` on that come before the known `tag`; answers the index of the first one left. */
export function writeUnknownTags(
  writer: ByteWriter,
  unknown: readonly UnknownTaggedField[],
  next: number,
  tag: number,
): number {
  let index = next
  for (; index < unknown.length && unknown[index]!.tag < tag; index++) {
    const field = unknown[index]!
    assert(index === 0 || field.tag >= unknown[index - 1]!.tag, 'unknown tagged fields are in the order of their tags')
    writer.uvarint(field.tag)
    writer.compactRaw(field.data)
  }
  assert(unknown[index]?.tag !== tag, 'an unknown tagged field has a tag that the table does not know')
  return index
}
