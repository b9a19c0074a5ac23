import css from './chip.module.css'

export type Tone = 'good' | 'waiting' | 'warning' | 'danger' | 'off'

/** A state as a dot with its word: never colour alone. */
export function StateChip({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span className={css.chip} data-tone={tone}>
      <span className={css.dot} aria-hidden="true" />
      {text}
    </span>
  )
}
