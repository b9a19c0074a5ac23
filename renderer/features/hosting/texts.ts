import type { Texts } from '../../i18n/texts.ts'

export const en = {} as const

export const de: Texts<typeof en> = {}
