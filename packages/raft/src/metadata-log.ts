export const metadataLogName = '__cluster_metadata-0'
