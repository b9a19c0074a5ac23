/** What the shell itself says; everything else is the interface's. */
export interface Texts {
  readonly open: string
  readonly newGroup: string
  readonly join: string
  readonly serve: string
  readonly settings: string
  readonly quit: string
  readonly edit: string
  readonly view: string
  readonly window: string
  readonly startsNow: string
  readonly running: string
  readonly runningElsewhere: string
  readonly restarting: string
  readonly notRunning: string
  readonly stopping: string
  readonly unread: (count: number) => string
  readonly staysInTray: string
  readonly external: (host: string) => string
  readonly externalDetail: (url: string) => string
  readonly openPage: string
  readonly cancel: string
  readonly updateReady: (version: string) => string
  readonly retry: string
  readonly showLog: string
  readonly updates: string
  readonly failure: Readonly<Record<FailureKind, Failure>>
  readonly safe: string
  readonly todo: string
  readonly lastLines: string
  readonly background: string
}

export type FailureKind = 'newer' | 'locked' | 'configuration' | 'damaged' | 'missing' | 'ended'

export interface Failure {
  readonly happened: string
  readonly safe: string
  readonly todo: string
}

const en: Texts = {
  open: 'Open Hearth',
  newGroup: 'New group',
  join: 'Join a group',
  serve: 'Serve groups',
  settings: 'Settings',
  quit: 'Quit Hearth',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  startsNow: 'Starting …',
  running: 'Running',
  runningElsewhere: 'Running as a service of this machine',
  restarting: 'Ended unexpectedly, starts again',
  notRunning: 'Not running',
  stopping: 'Finishing what is under way …',
  unread: (count) => `${count} unread`,
  staysInTray: 'Hearth keeps running, so that messages arrive. Quit it from its icon in the tray.',
  external: (host) => `Open a page of ${host}?`,
  externalDetail: (url) =>
    `${url}\n\nIt opens in your browser, and ${new URL(url).host} learns your network address. Its pages open without a question from then on.`,
  openPage: 'Open',
  cancel: 'Cancel',
  updateReady: (version) => `Restart to update to ${version}`,
  retry: 'Try again',
  showLog: 'Save the log …',
  updates: 'Look for an update',
  safe: 'What is safe',
  todo: 'What to do',
  lastLines: 'What the host said last',
  background: 'Receive messages of your groups while the window is closed',
  failure: {
    newer: {
      happened: 'Your data was last used by a newer version of Hearth than this one.',
      safe: 'Your groups, keys and messages are untouched: this version did not open them.',
      todo: 'Install the newer version again. An older one cannot read what a newer one wrote.',
    },
    locked: {
      happened: 'Another Hearth uses your data and does not answer.',
      safe: 'Your groups, keys and messages are untouched.',
      todo: 'End the other one, or restart the machine. Hearth goes on as soon as the data is free.',
    },
    configuration: {
      happened: 'A setting in the file config.json is not valid.',
      safe: 'Your groups, keys and messages are untouched.',
      todo: 'The last line below names the setting. Correct or remove it, then try again.',
    },
    damaged: {
      happened: 'Files of the program are not the ones that were installed, so Hearth did not start them.',
      safe: 'Your groups, keys and messages are untouched: they lie in another folder.',
      todo: 'Install Hearth again from where you got it. If you did not expect this, have the machine checked first.',
    },
    missing: {
      happened: 'The program that does the work of Hearth could not be started.',
      safe: 'Your groups, keys and messages are untouched.',
      todo: 'Install Hearth again. If that does not help, report the lines below.',
    },
    ended: {
      happened: 'The program that does the work of Hearth ended several times in a row.',
      safe: 'What was sent or received up to now is stored. Hearth keeps trying.',
      todo: 'Wait a minute. If it does not recover, restart the machine, then report the lines below.',
    },
  },
}

const de: Texts = {
  open: 'Hearth öffnen',
  newGroup: 'Neue Gruppe',
  join: 'Gruppe beitreten',
  serve: 'Gruppen betreiben',
  settings: 'Einstellungen',
  quit: 'Hearth beenden',
  edit: 'Bearbeiten',
  view: 'Ansicht',
  window: 'Fenster',
  startsNow: 'Startet …',
  running: 'Läuft',
  runningElsewhere: 'Läuft als Dienst dieses Rechners',
  restarting: 'Unerwartet beendet, startet neu',
  notRunning: 'Läuft nicht',
  stopping: 'Beendet, was noch im Gange ist …',
  unread: (count) => `${count} ungelesen`,
  staysInTray: 'Hearth läuft weiter, damit Nachrichten ankommen. Beenden lässt es sich über sein Symbol in der Leiste.',
  external: (host) => `Eine Seite von ${host} öffnen?`,
  externalDetail: (url) =>
    `${url}\n\nSie öffnet sich im Browser, und ${new URL(url).host} erfährt deine Netzwerkadresse. Danach öffnen sich dessen Seiten ohne Frage.`,
  openPage: 'Öffnen',
  cancel: 'Abbrechen',
  updateReady: (version) => `Neu starten und auf ${version} aktualisieren`,
  retry: 'Erneut versuchen',
  showLog: 'Protokoll speichern …',
  updates: 'Nach Aktualisierung suchen',
  safe: 'Was sicher ist',
  todo: 'Was zu tun ist',
  lastLines: 'Was der Host zuletzt sagte',
  background: 'Nachrichten der Gruppen empfangen, während das Fenster geschlossen ist',
  failure: {
    newer: {
      happened: 'Deine Daten wurden zuletzt von einer neueren Version von Hearth benutzt.',
      safe: 'Gruppen, Schlüssel und Nachrichten sind unberührt: Diese Version hat sie nicht geöffnet.',
      todo: 'Installiere wieder die neuere Version. Eine ältere kann nicht lesen, was eine neuere schrieb.',
    },
    locked: {
      happened: 'Ein anderes Hearth benutzt deine Daten und antwortet nicht.',
      safe: 'Gruppen, Schlüssel und Nachrichten sind unberührt.',
      todo: 'Beende das andere, oder starte den Rechner neu. Sobald die Daten frei sind, geht es weiter.',
    },
    configuration: {
      happened: 'Eine Einstellung in der Datei config.json ist ungültig.',
      safe: 'Gruppen, Schlüssel und Nachrichten sind unberührt.',
      todo: 'Die letzte Zeile unten nennt die Einstellung. Berichtige oder entferne sie und versuche es erneut.',
    },
    damaged: {
      happened: 'Dateien des Programms sind nicht die installierten; deshalb hat Hearth sie nicht gestartet.',
      safe: 'Gruppen, Schlüssel und Nachrichten sind unberührt: Sie liegen in einem anderen Ordner.',
      todo: 'Installiere Hearth neu von dort, wo du es bekommen hast. Kommt das unerwartet, lass vorher den Rechner prüfen.',
    },
    missing: {
      happened: 'Das Programm, das die Arbeit von Hearth tut, ließ sich nicht starten.',
      safe: 'Gruppen, Schlüssel und Nachrichten sind unberührt.',
      todo: 'Installiere Hearth neu. Hilft das nicht, melde die Zeilen unten.',
    },
    ended: {
      happened: 'Das Programm, das die Arbeit von Hearth tut, endete mehrmals nacheinander.',
      safe: 'Was bisher gesendet oder empfangen wurde, ist gespeichert. Hearth versucht es weiter.',
      todo: 'Warte eine Minute. Erholt es sich nicht, starte den Rechner neu und melde dann die Zeilen unten.',
    },
  },
}

/** In the language of the system, where we have it. */
export function textsFor(locale: string): Texts {
  return locale.toLowerCase().startsWith('de') ? de : en
}
