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
  reach: {
    text: 'What you make now lives on the router of this machine, which only this machine reaches. For people elsewhere, choose routers first.',
    choose: 'Choose routers',
  },
  restart: {
    text: 'Some changes take effect when your host starts anew. That takes a few seconds; nothing is lost.',
    now: 'Restart now',
  },
  error: {
    offline: 'Your host does not answer at the moment. Nothing was changed.',
    unknown: 'Something went wrong: {{message}}',
    usage: {
      'no-super-peers': 'Choose at least one super-peer.',
      exists: 'This super-peer is there already.',
      'name-taken': 'Another super-peer in your list has this name.',
      'super-peer-address': 'This is not the address of a super-peer: it has /r# in it.',
      'not-active': 'No super-peer is active yet.',
      'no-key': 'The key of this member is not known yet. It comes with their next message.',
      'no-member': 'This member is no longer in the group.',
      'no-router': 'This host has no router yet. Choose one in the settings.',
      role: 'Your role does not allow this.',
      link: 'This is not a link that can be used here.',
      syntax: 'This is not a link that can be used here.',
    },
    codec: {
      syntax: 'This is not a link. Part of it may be missing.',
    },
    protocol: {
      link: 'This link leads to something else than it says.',
      'relay-test': 'Whoever answered does not hold the key of this address. Do not use it.',
      'no-super-peers': 'No super-peer serves this group at present. Try again later.',
      'update-required': 'This group needs a newer version of Hearth.',
      'no-link': 'This link does not exist any more.',
    },
    network: {
      timeout: 'No answer came in time. Nothing was changed; try again in a moment.',
    },
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
  reach: {
    text: 'Was du jetzt anlegst, lebt auf dem Router dieses Rechners, den nur dieser Rechner erreicht. Für Menschen anderswo wähle zuerst Router.',
    choose: 'Router wählen',
  },
  restart: {
    text: 'Einige Änderungen gelten, sobald dein Host neu startet. Das dauert wenige Sekunden; nichts geht verloren.',
    now: 'Jetzt neu starten',
  },
  error: {
    offline: 'Dein Host antwortet gerade nicht. Nichts wurde geändert.',
    unknown: 'Etwas ist schiefgegangen: {{message}}',
    usage: {
      'no-super-peers': 'Wähle mindestens einen Super-Peer.',
      exists: 'Diesen Super-Peer gibt es hier schon.',
      'name-taken': 'Ein anderer Super-Peer in deiner Liste heißt so.',
      'super-peer-address': 'Das ist nicht die Adresse eines Super-Peers: Sie enthält /r#.',
      'not-active': 'Noch ist kein Super-Peer aktiv.',
      'no-key': 'Der Schlüssel dieses Mitglieds ist noch unbekannt. Er kommt mit der nächsten Nachricht.',
      'no-member': 'Dieses Mitglied ist nicht mehr in der Gruppe.',
      'no-router': 'Dieser Host hat noch keinen Router. Wähle einen in den Einstellungen.',
      role: 'Deine Rolle erlaubt das nicht.',
      link: 'Dieser Link lässt sich hier nicht benutzen.',
      syntax: 'Dieser Link lässt sich hier nicht benutzen.',
    },
    codec: {
      syntax: 'Das ist kein Link. Vielleicht fehlt ein Teil.',
    },
    protocol: {
      link: 'Dieser Link führt zu etwas anderem, als er sagt.',
      'relay-test': 'Wer geantwortet hat, besitzt den Schlüssel dieser Adresse nicht. Benutze sie nicht.',
      'no-super-peers': 'Zurzeit bedient kein Super-Peer diese Gruppe. Versuche es später noch einmal.',
      'update-required': 'Diese Gruppe braucht eine neuere Version von Hearth.',
      'no-link': 'Diesen Link gibt es nicht mehr.',
    },
    network: {
      timeout: 'Es kam keine Antwort. Nichts wurde geändert; versuche es gleich noch einmal.',
    },
    kind: {
      network: 'Der Router ist nicht erreichbar. Deine Daten sind sicher; versuche es gleich noch einmal.',
      router: 'Der Router hat abgelehnt. Deine Daten sind sicher.',
      store: 'Die Datenbank konnte die Änderung nicht aufnehmen. Nichts wurde geändert.',
    },
  },
}
