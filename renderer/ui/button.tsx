import type { ButtonHTMLAttributes, ReactNode } from 'react'
import css from './button.module.css'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly icon?: ReactNode
  /** The action is under way: the button keeps its size and cannot be pressed again. */
  readonly busy?: boolean
}

export function Button({ look = 'plain', icon, busy = false, children, disabled, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[css.button, css[look], className].filter(Boolean).join(' ')}
      disabled={disabled === true || busy}
      aria-busy={busy}
    >
      {icon}
      {children}
      {busy && <span className={css.spinner} aria-hidden="true" />}
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  readonly label: string
  readonly icon: ReactNode
  readonly pressed?: boolean
}

export function IconButton({ label, icon, pressed, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[css.icon, className].filter(Boolean).join(' ')}
      aria-label={label}
      title={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {icon}
    </button>
  )
}
