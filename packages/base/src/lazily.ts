/** What `make` answers, made when it is first asked for and kept: for code that takes long to load and that most processes never run. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
