/** `error`: the client will not start, or records will be lost. `warning`: sooner or later it hurts. `advice`: worth a decision. */
export type Gravity = 'error' | 'warning' | 'advice'

export const gravities = ['error', 'warning', 'advice'] as const satisfies readonly Gravity[]

/** What is wrong with some settings. */
export interface Verdict {
  readonly gravity: Gravity
  /** The setting to look at first. */
  readonly key: string
  /** What happens because of it, and when. */
  readonly why: string
  /** What to do. Begins with `key=value` where there is one answer. */
  readonly advice: string
}

/** The settings that are judged: what holds, and what was written. */
export interface Subject<Config> {
  /** Every key with its value or its default. */
  readonly config: Config
  /** Whether a setting was written, be it with the value of the default. */
  isSet(key: keyof Config & string): boolean
}

/** One point of a checklist that settings alone can answer. */
export interface Rule<Config> {
  /** As `acks`, unique among the rules of a client. */
  readonly name: string
  /** The point, as a sentence that holds for good settings. */
  readonly point: string
  /** Undefined: nothing is wrong. */
  judge(subject: Subject<Config>): Verdict | undefined
}
