import { isObject, type JsonCodec, type JsonObject, opaqueObject } from './json.ts'
import { atLeast, isKnownRole, type KnownRole, type MemberRole } from './roles.ts'

/**
 * A group's preferences (chat §3.3), kept as they came: an owner with an older client must not erase the keys of a newer
 * one. They are read through `groupPreference`.
 */
export type GroupPreferences = JsonObject

export const groupPreferences: JsonCodec<GroupPreferences> = opaqueObject

export type GroupFeature =
  | 'timedMessages'
  | 'directMessages'
  | 'fullDelete'
  | 'reactions'
  | 'voice'
  | 'files'
  | 'simplexLinks'
  | 'reports'
  | 'history'
  | 'support'
  | 'sessions'
  | 'comments'
  | 'signMessages'

/** Those that a minimum role can narrow. */
export type RoleFeature = 'directMessages' | 'fullDelete' | 'voice' | 'files' | 'simplexLinks' | 'sessions'

const ON_BY_DEFAULT: ReadonlySet<GroupFeature> = new Set([
  'reactions',
  'voice',
  'files',
  'simplexLinks',
  'reports',
  'support',
])
const WITH_ROLE: ReadonlySet<GroupFeature> = new Set<RoleFeature>([
  'directMessages',
  'fullDelete',
  'voice',
  'files',
  'simplexLinks',
  'sessions',
])

export interface GroupPreference {
  readonly enable: boolean
  /** The minimum role for which the feature is on; absent for all. */
  readonly role?: MemberRole | undefined
  /** Seconds, of `timedMessages`. */
  readonly ttl?: number | undefined
}

/** The value in force: what the group says, or the default where it says nothing that can be read. */
export function groupPreference(preferences: GroupPreferences | undefined, feature: GroupFeature): GroupPreference {
  const value = preferences?.[feature]
  if (!isObject(value) || (value.enable !== 'on' && value.enable !== 'off')) {
    return { enable: ON_BY_DEFAULT.has(feature), ...(feature === 'timedMessages' && { ttl: 86400 }) }
  }
  return {
    enable: value.enable === 'on',
    ...(WITH_ROLE.has(feature) && typeof value.role === 'string' && { role: value.role }),
    ...(feature === 'timedMessages' && { ttl: typeof value.ttl === 'number' ? value.ttl : 86400 }),
  }
}

/** Is the feature on for a member of this role? A minimum role that this program does not know lets nobody but owners. */
export function featureAllows(
  preferences: GroupPreferences | undefined,
  feature: GroupFeature,
  role: MemberRole,
): boolean {
  const { enable, role: minimum } = groupPreference(preferences, feature)
  if (!enable) return false
  if (minimum === undefined) return true
  const known: KnownRole = isKnownRole(minimum) ? minimum : 'owner'
  return atLeast(role, known)
}

/** A copy with one preference replaced, everything else as it was. */
export function withPreference(
  preferences: GroupPreferences | undefined,
  feature: GroupFeature,
  value: GroupPreference,
): GroupPreferences {
  const before = preferences?.[feature]
  return {
    ...preferences,
    [feature]: {
      ...(isObject(before) && before),
      enable: value.enable ? 'on' : 'off',
      ...(value.role !== undefined && { role: value.role }),
      ...(value.ttl !== undefined && { ttl: value.ttl }),
    },
  }
}
