import type { Texts } from '../../i18n/shape.ts'

export const en = {
  palette: {
    go: 'Go to a chat or page',
    new: 'Begin something new',
    nothing: 'Nothing is called “{{wanted}}”.',
  },
} as const

export const de: Texts<typeof en> = {
  palette: {
    go: 'Gehe zu Chat oder Seite',
    new: 'Etwas Neues beginnen',
    nothing: 'Nichts heißt „{{wanted}}“.',
  },
}
