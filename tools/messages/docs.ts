/** What messages and fields are for, in our words: the only part of a table that Kafka's definitions do not give. */
import type { Definition } from './definitions.ts'

export function messageDoc(definition: Definition): string {
  return `${definition.name}.`
}

/** By field, or by message and field where the name alone says too little. */
const fieldDocs: Readonly<Record<string, string>> = {
  errorCode: 'Kafka error code, 0 for none.',
}

export function fieldDoc(message: string, field: string): string | undefined {
  return fieldDocs[`${message}.${field}`] ?? fieldDocs[field]
}
