import { createHash, timingSafeEqual } from 'node:crypto'
import { base64urlUnpadded } from '../codec/base64url.ts'
import type { Env } from '../env/env.ts'
import type { SessionView } from './contract/types.ts'
import { pathIn, readIfPresent, writePrivate } from './files.ts'

/**
 * Browsers that are signed in. A one-time code from the host's link is exchanged for a token `<id>.<secret>`; the host
 * keeps the digest of the secret alone.
 */
export interface Sessions {
  /** A code that works once, for a quarter of an hour. */
  code(): { readonly code: string; readonly expires: number }
  /** The token of a new session, or undefined where the code is wrong, used or too old. */
  open(code: string, userAgent: string | undefined): string | undefined
  /** The session of a token, whose time starts anew; undefined where there is none. */
  check(token: string): string | undefined
  list(): SessionView[]
  /** False where there is none of this id. */
  revoke(id: string): boolean
  /** Called with the id of every session that ends by `revoke`. */
  onRevoked(listener: (id: string) => void): void
}

interface StoredSession extends SessionView {
  /** base64url of SHA-256 of the secret. */
  readonly digest: string
}

const SECRET_SIZE = 32
const ID_SIZE = 9
const DAY = 86_400_000
const CODE_LIFE = 15 * 60_000
const SESSION_LIFE = 90 * DAY
/** Use is written down this often at the most. */
const TOUCH_INTERVAL = 3_600_000
const MAX_CODES = 16
const MAX_SESSIONS = 64

/** Sessions of the host on `folder`. A damaged file means that everybody signs in again. */
export function openSessions(env: Env, folder: string): Sessions {
  const path = pathIn(folder, 'sessions')
  const codes = new Map<string, number>()
  const listeners: ((id: string) => void)[] = []
  let sessions = parse(readIfPresent(path))

  function save(changed: readonly StoredSession[]): void {
    sessions = changed
    writePrivate(path, `${JSON.stringify(sessions, null, 2)}\n`)
  }

  function live(): StoredSession[] {
    const now = env.clock.now()
    return sessions.filter(({ expires }) => expires > now)
  }

  return {
    code() {
      const now = env.clock.now()
      for (const [digest, until] of codes) if (until <= now) codes.delete(digest)
      for (const digest of [...codes.keys()].slice(0, Math.max(0, codes.size - MAX_CODES + 1))) codes.delete(digest)
      const code = base64urlUnpadded(env.random(SECRET_SIZE))
      const expires = now + CODE_LIFE
      codes.set(digestOf(code), expires)
      return { code, expires }
    },
    open(code, userAgent) {
      const digest = digestOf(code)
      const until = codes.get(digest)
      codes.delete(digest)
      const now = env.clock.now()
      if (until === undefined || until <= now) return undefined
      const id = base64urlUnpadded(env.random(ID_SIZE))
      const secret = base64urlUnpadded(env.random(SECRET_SIZE))
      const session: StoredSession = {
        id,
        browser: browserName(userAgent),
        createdAt: now,
        lastUsed: now,
        expires: now + SESSION_LIFE,
        digest: digestOf(secret),
      }
      const kept = live().sort((a, b) => a.lastUsed - b.lastUsed)
      save([...kept.slice(Math.max(0, kept.length - MAX_SESSIONS + 1)), session])
      return `${id}.${secret}`
    },
    check(token) {
      const [, id, secret = ''] = /^([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{1,128})$/.exec(token) ?? []
      const session = live().find((candidate) => candidate.id === id)
      if (session === undefined || !sameSecret(digestOf(secret), session.digest)) return undefined
      const now = env.clock.now()
      if (now - session.lastUsed >= TOUCH_INTERVAL) {
        const touched = { ...session, lastUsed: now, expires: now + SESSION_LIFE }
        save(live().map((other) => (other === session ? touched : other)))
      }
      return session.id
    },
    list: () => live().map(({ digest: _, ...view }) => view),
    revoke(id) {
      const rest = sessions.filter((session) => session.id !== id)
      if (rest.length === sessions.length) return false
      save(rest)
      for (const listener of listeners) listener(id)
      return true
    },
    onRevoked: (listener) => void listeners.push(listener),
  }
}

export function sameSecret(given: string, known: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(known))
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function parse(text: string | undefined): readonly StoredSession[] {
  let value: unknown
  try {
    value = JSON.parse(text ?? '[]')
  } catch {
    return []
  }
  return Array.isArray(value) ? value.filter(isStored) : []
}

function isStored(value: unknown): value is StoredSession {
  if (typeof value !== 'object' || value === null) return false
  const { id, browser, digest, createdAt, lastUsed, expires } = value as Record<string, unknown>
  return (
    [id, browser, digest].every((field) => typeof field === 'string') &&
    [createdAt, lastUsed, expires].every((field) => typeof field === 'number')
  )
}

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** Enough for a person to recognise it: "Firefox, Linux". Empty where it is none of the well-known ones. */
function browserName(userAgent = ''): string {
  const named = (table: readonly (readonly [string, string])[]): string | undefined =>
    table.find(([mark]) => userAgent.includes(mark))?.[1]
  return [named(BROWSERS), named(SYSTEMS)].filter((part) => part !== undefined).join(', ')
}
