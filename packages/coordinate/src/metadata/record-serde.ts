import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '@dorsale/protocol'

/** Metadata records as the log keeps them; for `openRaft`. */
export const metadataRecordSerde = {
  encode: encodeMetadataRecord,
  decode: decodeMetadataRecord,
} satisfies { encode(record: MetadataRecord): Uint8Array; decode(bytes: Uint8Array): MetadataRecord }
