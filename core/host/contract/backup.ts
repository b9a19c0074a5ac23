import { eventIterator, type } from '@orpc/contract'
import { z } from 'zod'
import type { BackupSummary } from '../backup/manifest.ts'
import type { InstanceView } from '../instance/view.ts'
import { api, none } from './base.ts'

export type { BackupSummary, InstanceView }

/** Steps of work on a backup; `done` of `total` bytes where the step counts them. */
export interface BackupStep {
  readonly step: 'copy' | 'write' | 'verify'
  readonly done: number
  readonly total: number
}

export type BackupProgress =
  | BackupStep
  | { readonly step: 'done'; readonly path: string; readonly summary: BackupSummary }

/** A backup file in the folder of scheduled ones. */
export interface BackupFile {
  readonly path: string
  readonly name: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface BackupStatus {
  /** When the passphrase was set; undefined: never, and nothing is made on a schedule. */
  readonly passphraseSince: number | undefined
  /** Where scheduled backups go, as a whole path. */
  readonly folder: string
  /** Newest first. */
  readonly files: readonly BackupFile[]
  /** When the next is due; undefined: no schedule. */
  readonly nextAt: number | undefined
  /** Of the last attempt on schedule, if it failed. */
  readonly failure: { readonly at: number; readonly message: string } | undefined
  /** There are groups or profiles that would be lost. */
  readonly somethingToLose: boolean
}

/** What a backup could bring back of one own group. */
export interface DrilledGroup {
  readonly name: string
  /**
   * - `controlled`: the key in the backup signs for the group's link as it is now
   * - `keyless`: the backup has no key, or one of another group
   * - `gone`: the router has no such link any more
   * - `unknown`: the link could not be read now
   */
  readonly result: 'controlled' | 'keyless' | 'gone' | 'unknown'
  readonly error: string | undefined
}

export interface DrillResult {
  readonly summary: BackupSummary
  readonly groups: readonly DrilledGroup[]
}

/** A passphrase is text of any kind; its length is judged by the host. */
const passphrase = z.string().min(1).max(10_000)
const path = z.string().min(1).max(4096)

export const backupContract = {
  status: api.input(none).output(type<BackupStatus>()),
  /** For all backups from now on. Errors: usage `passphrase` where it is too short. */
  setPassphrase: api.input(z.object({ passphrase })).output(type<void>()),
  /** Makes one now; without a path in the folder of scheduled ones. Errors: usage `no-passphrase`, usage `exists`. */
  create: api
    .input(z.object({ path: path.exactOptional(), media: z.boolean().exactOptional() }))
    .output(eventIterator(type<BackupProgress>())),
  /** Reads a backup to its end. Errors: usage `wrong-passphrase`, usage `no-backup`, store `backup-damaged`. */
  verify: api.input(z.object({ path, passphrase })).output(eventIterator(type<BackupProgress>())),
  /** Compares a backup with the groups as they are, without touching them. Errors as for `verify`. */
  drill: api.input(z.object({ path, passphrase })).output(type<DrillResult>()),
  /** Into a host on which nothing was done yet; it restarts then. Errors as for `verify`, usage `not-fresh`. */
  restore: api
    .input(z.object({ path, passphrase, takeOver: z.boolean().default(false) }))
    .output(eventIterator(type<BackupProgress>())),
}

/** Which copy of this host's database is in use. */
export const instanceContract = {
  status: api.input(none).output(type<InstanceView>()),
  /** The person says that the other copy is gone; the host restarts. Errors: usage `in-use`, usage `running`. */
  takeOver: api.input(z.object({ evenIfRunning: z.boolean().default(false) })).output(type<void>()),
}
