import type { TFunction } from 'i18next'
import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import { stopwatch } from '../../ui/duration.ts'
import { isolate } from '../../ui/isolate.ts'
import { isOver, isUnderWay, type Standing } from './standing.ts'

/** A step that takes so long is worth a word. */
const SLOW = 60_000
/** A first failure often heals by itself: actions come after this time. */
const STUMBLE = 10_000

/** What went wrong or takes long, in words; undefined where all is well. */
export function troubleOf(
  superPeer: SuperPeerView,
  standing: Standing,
  name: string,
  now: number,
  t: TFunction,
): string | undefined {
  const { error, retryAt, steps } = superPeer
  const said = { name: isolate(name) }
  if (standing === 'failed') return `${t('superPeers.trouble.failed', said)} ${reasonOf(error, t)}`
  if (standing === 'refused') return refusalOf(error, said, t)
  if (standing === 'left') return t('superPeers.trouble.left', said)
  if (standing === 'silent') return t('superPeers.trouble.silent', said)
  if (error !== undefined) {
    const next =
      retryAt !== undefined && retryAt > now ? t('superPeers.trouble.next', { time: stopwatch(retryAt - now) }) : ''
    return `${reasonOf(error, t)} ${next}`.trim()
  }
  const waited = isUnderWay(standing) ? now - lastStep(steps, now) : 0
  if (waited <= SLOW) return undefined
  return t('superPeers.trouble.slow', { ...said, count: Math.floor(waited / SLOW) })
}

function lastStep(steps: SuperPeerView['steps'], now: number): number {
  const times = Object.values(steps).filter((time) => time !== undefined)
  return times.length === 0 ? now : Math.max(...times)
}

/** A person can help: it is over, or takes long. */
export function needsHelp(superPeer: SuperPeerView, standing: Standing, now: number): boolean {
  if (isOver(standing)) return true
  if (standing === 'active' || standing === 'silent') return standing === 'silent'
  const waited = now - lastStep(superPeer.steps, now)
  return waited > (superPeer.error === undefined ? SLOW : STUMBLE)
}

/** The codes that the host gives for a step that failed. */
export function reasonOf(code: string | undefined, t: TFunction): string {
  if (code === undefined) return ''
  const known = code.startsWith('roster:') ? 'roster' : code
  return t([`superPeers.reason.${known}`, 'superPeers.reason.other'], { code })
}

function refusalOf(code: string | undefined, said: { readonly name: string }, t: TFunction): string {
  if (code === 'rejoin_rejected') return t('superPeers.trouble.rejoin', said)
  return `${t('superPeers.trouble.refused', said)} ${code?.startsWith('roster:') ? reasonOf(code, t) : ''}`.trim()
}
