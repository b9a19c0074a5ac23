import type { BackedUpGroup, BackupSummary } from './manifest.ts'

/** A backup in words, for terminals. */

const OVER: ReadonlySet<string> = new Set(['left', 'removed', 'deleted', 'failed'])

/** "2 groups of your own with their keys, 1 that you are in, 3 that you serve". */
function groupsInWords(groups: readonly BackedUpGroup[]): string {
  const alive = groups.filter(({ status }) => !OVER.has(status))
  const own = alive.filter(({ part, controls }) => part === 'owner' && controls)
  const keyless = alive.filter(({ part, controls }) => part === 'owner' && !controls)
  const member = alive.filter(({ part }) => part === 'member')
  const served = alive.filter(({ part }) => part === 'super-peer')
  const parts = [
    own.length > 0 ? `${count(own.length, 'group')} of your own with all keys` : undefined,
    keyless.length > 0 ? `${count(keyless.length, 'group')} of your own without the key` : undefined,
    member.length > 0 ? `${count(member.length, 'group')} that you are in` : undefined,
    served.length > 0 ? `${count(served.length, 'group')} that you serve` : undefined,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? 'no groups' : parts.join(', ')
}

export function summaryInWords({ content, createdAt, media }: BackupSummary): string {
  const lines = [
    `As of ${localTime(createdAt)}: ${groupsInWords(content.groups)}; ${count(content.messages, 'message')}${
      media ? '' : ' (without pictures)'
    }.`,
    ...content.groups.map(({ name, part, status }) => `  ${name} (${part}${OVER.has(status) ? `, ${status}` : ''})`),
  ]
  return lines.join('\n')
}

/** 2025-11-23 09:42, in the time of this machine. */
export function localTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
