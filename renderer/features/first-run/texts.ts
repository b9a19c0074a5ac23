import type { Texts } from '../../i18n/shape.ts'

export const en = {
  welcome: {
    title: 'Welcome to Hearth',
    what: 'Hearth is a place for your community that nobody can take away. Your group belongs to you: its keys stay on your machine. Super-peers, always-on computers that you choose, pass the messages on.',
    name: 'Your name',
    nameHint: 'As others see it in your groups. You can change it later.',
    continue: 'Continue',
    begin: 'Hello, {{name}}. How do you want to begin?',
    join: { title: 'Join a group', text: 'You have a link or a QR code.' },
    create: { title: 'Create a group', text: 'Make a group that is yours, in two minutes.' },
    serve: { title: 'Serve groups from this machine', text: 'Keep groups alive by passing their messages on.' },
    later: 'Look around first',
  },
  picture: {
    choose: 'Choose a picture',
    change: 'Change picture',
    remove: 'Remove picture',
    failed: 'This file is not a picture that can be used. Try another one.',
  },
} as const

export const de: Texts<typeof en> = {
  welcome: {
    title: 'Willkommen bei Hearth',
    what: 'Hearth ist ein Ort für deine Gemeinschaft, den niemand wegnehmen kann. Deine Gruppe gehört dir: Ihre Schlüssel bleiben auf deinem Rechner. Super-Peers, immer laufende Rechner deiner Wahl, geben die Nachrichten weiter.',
    name: 'Dein Name',
    nameHint: 'So sehen ihn andere in deinen Gruppen. Du kannst ihn später ändern.',
    continue: 'Weiter',
    begin: 'Hallo, {{name}}. Womit möchtest du anfangen?',
    join: { title: 'Einer Gruppe beitreten', text: 'Du hast einen Link oder einen QR-Code.' },
    create: { title: 'Eine Gruppe gründen', text: 'In zwei Minuten eine Gruppe, die dir gehört.' },
    serve: {
      title: 'Gruppen von diesem Rechner bereitstellen',
      text: 'Gruppen am Leben halten, indem du Nachrichten weitergibst.',
    },
    later: 'Erst einmal umsehen',
  },
  picture: {
    choose: 'Bild wählen',
    change: 'Bild ändern',
    remove: 'Bild entfernen',
    failed: 'Diese Datei ist kein brauchbares Bild. Versuche eine andere.',
  },
}
