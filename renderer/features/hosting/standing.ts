import type { ServedGroup } from '../../../core/host/contract/types.ts'
import type { Tone } from '../../ui/chip.tsx'

/** Served groups in the words of the interface. */
export type Standing = 'beginning' | 'serving' | 'ended' | 'left'

const STANDINGS: Readonly<Record<ServedGroup['status'], Standing>> = {
  invited: 'beginning',
  accepted: 'beginning',
  acknowledged_roster: 'beginning',
  active: 'serving',
  inactive: 'ended',
  rejected: 'left',
}

export function standingOf({ status }: ServedGroup): Standing {
  return STANDINGS[status]
}

export const TONES: Readonly<Record<Standing, Tone>> = {
  beginning: 'waiting',
  serving: 'good',
  ended: 'off',
  left: 'off',
}

export function isServed(group: ServedGroup): boolean {
  const standing = standingOf(group)
  return standing === 'beginning' || standing === 'serving'
}
