/**
 * Why a copy is held.
 *
 * - `checking`: not known yet
 * - `running`: the other copy runs at present
 * - `moved-on`: it ran after the backup, and does not answer now
 * - `quiet`: it does not answer now, but may come back
 * - `copied`: the same instance ran on somewhere else after what this database knows
 * - `superseded`: another copy took over, and runs or not
 * - `unreachable`: the router that would know does not answer
 */
export type HeldReason = 'checking' | 'running' | 'moved-on' | 'quiet' | 'copied' | 'superseded' | 'unreachable'

/** How it stands with this copy of a database. Times in milliseconds since 1970. */
export interface InstanceView {
  /** Undefined: in use. */
  readonly held: HeldReason | undefined
  readonly backupCreatedAt: number | undefined
  readonly restoredAt: number | undefined
  /** When the other copy wrote its mark last, as far as known. */
  readonly otherAt: number | undefined
  readonly checkedAt: number | undefined
}

/** What happened, what is safe and what to do, in a paragraph. */
export function heldInWords({ held, otherAt, backupCreatedAt }: InstanceView, time: (at: number) => string): string {
  const other = otherAt === undefined ? '' : ` It was seen last on ${time(otherAt)}.`
  const backup = backupCreatedAt === undefined ? '' : ` of ${time(backupCreatedAt)}`
  switch (held) {
    case undefined:
      return 'This host is in use.'
    case 'checking':
      return 'It is not known yet whether another copy of this host runs. Nothing is sent until then.'
    case 'running':
      return (
        `Another copy of this host runs at this moment, so this one sends nothing.${other} It knows what was said last: ` +
        'keep that one, or stop it before you go on here.'
      )
    case 'moved-on':
      return (
        `This host was restored from a backup${backup}, and the one it came from went on after that.${other} ` +
        'Nothing is sent. If that one is gone for good, take over.'
      )
    case 'quiet':
      return (
        `This host was restored from a backup${backup}. The one it came from does not answer, but it may come back. ` +
        'Nothing is sent. If it is gone for good, take over.'
      )
    case 'copied':
      return (
        `This folder is an older copy of a host that went on somewhere else.${other} Nothing is sent. ` +
        'If the other one is gone for good, take over.'
      )
    case 'superseded':
      return (
        `Another copy of this host took over, and its groups follow that one: keep that one.${other} Nothing is sent ` +
        'from here, but what is here can still be read, also what was said after the backup that the other one was ' +
        'made from. If that one is gone for good, take over.'
      )
    case 'unreachable':
      return (
        'This host was restored, and the router that knows whether the other copy runs does not answer. Nothing is ' +
        'sent. It is tried again; if the other one is gone for good, take over.'
      )
  }
}
