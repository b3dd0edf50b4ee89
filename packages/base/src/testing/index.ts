export { localhostCertificate, localhostKey, strangerCertificate, strangerKey } from './certificates.ts'
/**
 * What every form of an interface of the world keeps, as tests: called with the real form here and with the simulated form by its
 * own package, so that neither can drift from the other.
 */
export * from './clock-contract.ts'
export * from './damage.ts'
export * from './disk-contract.ts'
export * from './manual-clock.ts'
export * from './net-contract.ts'
export * from './offload-contract.ts'
