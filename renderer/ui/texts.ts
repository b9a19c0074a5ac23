import type { Texts } from '../i18n/texts.ts'

/** Texts that every screen uses. */
export const en = {
  app: { name: 'Hearth' },
  rail: {
    label: 'Sections',
    chats: 'Chats',
    superPeers: 'Super-peers',
    serve: 'Serve',
    settings: 'Settings',
  },
  action: {
    cancel: 'Cancel',
    close: 'Close',
    back: 'Back',
    next: 'Next',
    done: 'Done',
    save: 'Save',
    copy: 'Copy',
    copied: 'Copied',
    retry: 'Retry',
    remove: 'Remove',
    add: 'Add',
    more: 'More',
  },
  connection: {
    connecting: 'Connecting to your host…',
    offline: 'Your host does not answer. Nothing is lost; trying again.',
    retry: 'Try now',
    signedOut: {
      title: 'Sign in to your host',
      text: 'Open the sign-in link that the host printed when it started. It works once. For a new one, run',
      again: 'I have opened the link',
    },
  },
  setting: {
    standard: 'Default: {{value}}.',
    range: 'A whole number from {{min}} to {{max}}.',
    fixed: 'Set on the command line of the host; change it there.',
  },
  restart: {
    text: 'Some changes take effect when your host starts anew. That takes a few seconds; nothing is lost.',
    now: 'Restart now',
  },
  error: {
    offline: 'Your host does not answer at the moment. Nothing was changed.',
    unknown: 'Something went wrong: {{message}}',
    kind: {
      network: 'The router cannot be reached. Your data are safe; try again in a moment.',
      router: 'The router refused. Your data are safe.',
      store: 'The database could not take the change. Nothing was changed.',
    },
  },
} as const

export const de: Texts<typeof en> = {
  app: { name: 'Hearth' },
  rail: {
    label: 'Bereiche',
    chats: 'Chats',
    superPeers: 'Super-Peers',
    serve: 'Bereitstellen',
    settings: 'Einstellungen',
  },
  action: {
    cancel: 'Abbrechen',
    close: 'Schließen',
    back: 'Zurück',
    next: 'Weiter',
    done: 'Fertig',
    save: 'Speichern',
    copy: 'Kopieren',
    copied: 'Kopiert',
    retry: 'Erneut versuchen',
    remove: 'Entfernen',
    add: 'Hinzufügen',
    more: 'Mehr',
  },
  connection: {
    connecting: 'Verbindung zum Host …',
    offline: 'Dein Host antwortet nicht. Nichts ist verloren; es wird weiter versucht.',
    retry: 'Jetzt versuchen',
    signedOut: {
      title: 'Am Host anmelden',
      text: 'Öffne den Anmeldelink, den der Host beim Start ausgegeben hat. Er gilt einmal. Einen neuen gibt',
      again: 'Ich habe den Link geöffnet',
    },
  },
  setting: {
    standard: 'Standard: {{value}}.',
    range: 'Eine ganze Zahl von {{min}} bis {{max}}.',
    fixed: 'Auf der Befehlszeile des Hosts festgelegt; ändere es dort.',
  },
  restart: {
    text: 'Einige Änderungen gelten, sobald dein Host neu startet. Das dauert wenige Sekunden; nichts geht verloren.',
    now: 'Jetzt neu starten',
  },
  error: {
    offline: 'Dein Host antwortet gerade nicht. Nichts wurde geändert.',
    unknown: 'Etwas ist schiefgegangen: {{message}}',
    kind: {
      network: 'Der Router ist nicht erreichbar. Deine Daten sind sicher; versuche es gleich noch einmal.',
      router: 'Der Router hat abgelehnt. Deine Daten sind sicher.',
      store: 'Die Datenbank konnte die Änderung nicht aufnehmen. Nichts wurde geändert.',
    },
  },
}
