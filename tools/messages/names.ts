/** How Kafka's names become ours. */

/** `FetchRequest` to `fetch-request`; `KRaftVersionRecord` to `kraft-version-record`. */
export function fileName(name: string): string {
  return name
    .replaceAll('KRaft', 'Kraft')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
}

/** `FetchRequest` to `fetchRequest`: Kafka's name with its first letter lowered. */
export function valueName(name: string): string {
  return name[0]!.toLowerCase() + name.slice(1)
}

/**
 * The exported name of a structure's type: the message's name, then the structure's without the words that they begin with alike.
 * `FetchPartition` in `FetchRequest` is `FetchRequestPartition`.
 */
export function structTypeName(message: string, struct: string): string {
  const words = (name: string) => name.split(/(?=[A-Z])/)
  const own = words(struct)
  const shared = words(message).findIndex((word, index) => word !== own[index])
  const rest = own.slice(shared < 0 ? words(message).length : shared).join('')
  return message + (rest === '' ? struct : rest)
}
