import type { ReactNode } from 'react'
import { Avatar } from './avatar.tsx'
import css from './presented.module.css'

interface PresentedProps {
  readonly name: string
  /** Shown where it says more than the name. */
  readonly fullName?: string
  readonly image: string | undefined
  /** Of the picture, in pixels. */
  readonly size: number
  /** Lines below the name. */
  readonly children?: ReactNode
}

/** A person or group at the top of what is said about it. */
export function Presented({ name, fullName = '', image, size, children }: PresentedProps) {
  return (
    <div className={css.head}>
      <Avatar name={name} image={image} size={size} />
      <div className={css.text}>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {fullName !== '' && fullName !== name && <bdi>{fullName}</bdi>}
        {children}
      </div>
    </div>
  )
}

/** What somebody wrote about a group or themselves; nothing where that is nothing. */
export function Description({ text }: { readonly text: string | undefined }) {
  if (text === undefined || text === '') return null
  return (
    <p className={css.description} dir="auto">
      {text}
    </p>
  )
}
