import { useMemo } from 'react'
import { renderSVG } from 'uqr'
import css from './qr.module.css'

/** A QR code, dark on light in both themes so that every camera reads it. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const source = useMemo(() => `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`, [text])
  return <img className={css.qr} src={source} alt={label} />
}
