import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import type { Tone } from '../../ui/chip.tsx'

/** How it stands with a super-peer of one group, as a word (interface: super-peer chip). */
export type Standing =
  | 'waiting'
  | 'invited'
  | 'accepted'
  | 'verified'
  | 'publishing'
  | 'active'
  | 'silent'
  | 'left'
  | 'refused'
  | 'failed'

/** One that says nothing for so long while others do. */
const SILENCE = 10 * 60_000

/** `others`: all super-peers of the group; what one of them lately delivered, every one should have. */
export function standingOf(superPeer: SuperPeerView, others: readonly SuperPeerView[]): Standing {
  switch (superPeer.status) {
    case 'new':
      return 'waiting'
    case 'invited':
      return superPeer.steps.accepted === undefined ? 'invited' : 'accepted'
    case 'accepted':
      return 'verified'
    case 'acknowledged_roster':
      return 'publishing'
    case 'active':
      return isSilent(superPeer, others) ? 'silent' : 'active'
    case 'inactive':
      return 'left'
    case 'rejected':
      return 'refused'
    case 'failed':
      return 'failed'
  }
}

function isSilent(superPeer: SuperPeerView, others: readonly SuperPeerView[]): boolean {
  if (!superPeer.connected) return true
  const newest = Math.max(0, ...others.map(({ seenAt }) => seenAt ?? 0))
  return newest - (superPeer.seenAt ?? newest) > SILENCE
}

export const TONES: Readonly<Record<Standing, Tone>> = {
  waiting: 'waiting',
  invited: 'waiting',
  accepted: 'waiting',
  verified: 'waiting',
  publishing: 'waiting',
  active: 'good',
  silent: 'warning',
  left: 'danger',
  refused: 'danger',
  failed: 'danger',
}

/** Over without success: only a person can go on. */
export function isOver(standing: Standing): boolean {
  return standing === 'left' || standing === 'refused' || standing === 'failed'
}

export function isUnderWay(standing: Standing): boolean {
  return TONES[standing] === 'waiting'
}

export interface Mark {
  readonly name: 'invited' | 'asked' | 'accepted' | 'verified' | 'published' | 'active' | 'connected'
  readonly state: 'done' | 'current' | 'failed' | 'open'
}

/** The steps of an owner's agreement with a super-peer, or of a member's way to it. */
export function marksOf(superPeer: SuperPeerView, part: 'owner' | 'member', over: boolean): readonly Mark[] {
  const { steps, status, connected } = superPeer
  const active = status === 'active'
  const reached: readonly (readonly [Mark['name'], boolean])[] =
    part === 'owner'
      ? [
          ['invited', steps.invited !== undefined],
          ['accepted', steps.accepted !== undefined],
          ['verified', steps.verified !== undefined],
          ['published', active],
          ['active', active && connected],
        ]
      : [
          ['asked', steps.invited !== undefined],
          ['accepted', steps.accepted !== undefined],
          ['connected', active],
        ]
  // A later step includes the earlier ones, whatever their times say.
  const last = reached.findLastIndex(([, done]) => done)
  return reached.map(([name], index) => ({
    name,
    state: index <= last ? 'done' : index > last + 1 ? 'open' : over ? 'failed' : 'current',
  }))
}
