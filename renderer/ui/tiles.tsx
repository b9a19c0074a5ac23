import type { ReactNode } from 'react'
import css from './tiles.module.css'

/** Figures beside each other, as many as fit. */
export function Tiles({ children }: { readonly children: ReactNode }) {
  return <dl className={css.tiles}>{children}</dl>
}

interface TileProps {
  readonly label: string
  /** Undefined: not known yet. */
  readonly value: string | undefined
  readonly detail?: string | undefined
}

export function Tile({ label, value, detail }: TileProps) {
  return (
    <div className={css.tile}>
      <dt>{label}</dt>
      <dd className={css.value}>{value ?? '–'}</dd>
      {detail !== undefined && <dd className={css.detail}>{detail}</dd>}
    </div>
  )
}
