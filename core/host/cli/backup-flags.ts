/** Options of `hearth backup`, `verify` and `restore`. */

export interface BackupFlags {
  readonly dir: string
  readonly media: boolean
  readonly newPassphrase?: boolean
  readonly passphraseFile?: string
  readonly json?: boolean
}

export interface VerifyFlags {
  readonly passphraseFile?: string
  readonly json?: boolean
}

export interface RestoreFlags extends VerifyFlags {
  readonly dir: string
  readonly takeOver?: boolean
}
