import { ContextMenu as BaseContext } from '@base-ui/react/context-menu'
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactNode } from 'react'
import buttons from './button.module.css'
import css from './menu.module.css'

export interface MenuItem {
  readonly text: string
  readonly icon?: ReactNode
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly run: () => void
}

interface MenuProps {
  readonly label: string
  readonly icon: ReactNode
  readonly items: readonly MenuItem[]
  readonly className?: string | undefined
}

/** A button that opens a list of actions. */
export function Menu({ label, icon, items, className }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger className={[buttons.icon, className].filter(Boolean).join(' ')} aria-label={label} title={label}>
        {icon}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className={css.positioner}>
          <Base.Popup className={css.menu}>
            <Items items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface ContextMenuProps {
  readonly items: readonly MenuItem[]
  readonly children: ReactNode
}

/** Actions of a thing, opened where it is asked for them: other mouse button, long press, menu key. */
export function ContextMenu({ items, children }: ContextMenuProps) {
  return (
    <BaseContext.Root>
      <BaseContext.Trigger>{children}</BaseContext.Trigger>
      <BaseContext.Portal>
        <BaseContext.Positioner className={css.positioner}>
          <BaseContext.Popup className={css.menu}>
            <Items items={items} />
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  )
}

function Items({ items }: { readonly items: readonly MenuItem[] }) {
  return items.map((item) => (
    <Base.Item
      key={item.text}
      className={css.item}
      data-danger={item.danger}
      disabled={item.disabled ?? false}
      onClick={item.run}
    >
      {item.icon}
      {item.text}
    </Base.Item>
  ))
}
