import { ORPCError } from '@orpc/client'
import type { TFunction } from 'i18next'
import { OfflineError } from './connection.ts'

/** A failed call in words: what happened, and whether trying again can help. */
export interface Failure {
  readonly text: string
  readonly temporary: boolean
}

/** Known codes have their own sentence; the host's own English sentence stands in for the others. */
export function failureOf(error: unknown, t: TFunction): Failure {
  if (error instanceof OfflineError) return { text: t('error.offline'), temporary: true }
  if (error instanceof ORPCError && error.code === 'HEARTH') {
    const { code, kind, temporary } = error.data as { code: string; kind: string; temporary: boolean }
    const text = t([`error.${kind}.${code}`, `error.${code}`, `error.kind.${kind}`], { defaultValue: error.message })
    return { text, temporary }
  }
  if (isLost(error)) return { text: t('error.lost'), temporary: true }
  const message = error instanceof Error ? error.message : String(error)
  return { text: t('error.unknown', { message }), temporary: false }
}

/** The connection broke after the call had left: nobody here knows whether it was done. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || /WebSocket is not open/.test(error.message))
}
