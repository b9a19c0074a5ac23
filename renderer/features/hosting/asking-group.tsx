import type { ReactNode } from 'react'
import type { Failure } from '../../host/errors.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import css from './hosting.module.css'

interface AskingGroupProps {
  readonly name: string | undefined
  readonly image: string | undefined
  /** Stands for the name before the group's link was read. */
  readonly unread: string
  readonly notes: readonly string[]
  readonly buttons: ReactNode
  readonly reason?: string | undefined
  readonly failure: Failure | undefined
}

/** A group that asks to be served, or may not ask any more. */
export function AskingGroup({ name, image, unread, notes, buttons, reason, failure }: AskingGroupProps) {
  return (
    <li className={css.request}>
      <div className={css.main}>
        <Avatar name={name ?? '?'} image={image} size={44} />
        <span className={css.text}>
          {name === undefined ? <span className={css.name}>{unread}</span> : <bdi className={css.name}>{name}</bdi>}
          {notes.map((note) => (
            <span key={note} className={css.note}>
              {note}
            </span>
          ))}
        </span>
      </div>
      <div className={css.buttons}>{buttons}</div>
      {reason !== undefined && <p className={css.reason}>{reason}</p>}
      <FailureNote failure={failure} />
    </li>
  )
}
