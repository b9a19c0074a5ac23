import * as backup from '../features/backup/texts.ts'
import * as chats from '../features/chats/texts.ts'
import * as contacts from '../features/contacts/texts.ts'
import * as firstRun from '../features/first-run/texts.ts'
import * as groups from '../features/groups/texts.ts'
import * as hosting from '../features/hosting/texts.ts'
import * as palette from '../features/palette/texts.ts'
import * as settings from '../features/settings/texts.ts'
import * as superPeers from '../features/superpeers/texts.ts'
import * as shared from '../ui/texts.ts'
import type { Texts } from './shape.ts'

/** English is the source; every feature brings its own texts in every language. */
export const en = {
  ...shared.en,
  ...firstRun.en,
  ...chats.en,
  ...contacts.en,
  ...palette.en,
  ...groups.en,
  ...superPeers.en,
  ...hosting.en,
  ...settings.en,
  ...backup.en,
}

export const de: Texts<typeof en> = {
  ...shared.de,
  ...firstRun.de,
  ...chats.de,
  ...contacts.de,
  ...palette.de,
  ...groups.de,
  ...superPeers.de,
  ...hosting.de,
  ...settings.de,
  ...backup.de,
}
