import { createRequire } from 'node:module'
import type { LookupFunction } from 'node:net'
import { lazily } from '../lazily.ts'

type Resolve = typeof import('node:dns')['lookup']

/** A broker asks for no names: loaded when it is first needed. */
const systemLookup = lazily((): Resolve => createRequire(import.meta.url)('node:dns').lookup)

/** Looks a name up as the system does, but for an address that comes last where it would come first and there are others. */
export function lookupAvoiding(address: string, resolve: () => Resolve = systemLookup): LookupFunction {
  return (host, options, done) => {
    resolve()(host, { ...options, all: true }, (error, found) => {
      const [first, ...others] = found ?? []
      if (error !== null || first === undefined) return done(error, [])
      const addresses = first.address === address ? [...others, first] : [first, ...others]
      if (options.all) return done(null, addresses)
      const [chosen = first] = addresses
      done(null, chosen.address, chosen.family)
    })
  }
}
