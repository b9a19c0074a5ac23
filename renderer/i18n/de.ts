import type { en } from './en.ts'

type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> }

/** Deutsch. */
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
