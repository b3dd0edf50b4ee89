/** The names of a host as its addresses have them, one for each address; an address without a name stands for itself. Rejects when the host has no address. */
export async function nodeCanonicalNames(host: string): Promise<readonly string[]> {
  // Clients ask for names, a broker does not: loaded when it is first needed.
  const { lookup, lookupService } = await import('node:dns/promises')
  const addresses = await lookup(host, { all: true })
  const names = await Promise.all(
    addresses.map(({ address }) =>
      lookupService(address, 0).then(
        ({ hostname }) => hostname,
        () => address,
      ),
    ),
  )
  return [...new Set(names)]
}
