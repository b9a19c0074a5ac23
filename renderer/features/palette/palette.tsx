import { Dialog } from '@base-ui/react/dialog'
import { Flame, Link2, RadioTower, Search, Settings, UserPlus, Users } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { chatPath } from '../../state/chats.ts'
import { useChats } from '../../state/use-chats.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { chatName } from '../chats/names.ts'
import css from './palette.module.css'

interface PaletteProps {
  /** What it opened for: anything, or only what begins something new. */
  readonly mode: 'go' | 'new'
  readonly onClose: () => void
}

interface Place {
  readonly path: string
  readonly text: string
  readonly icon: ReactNode
}

const SHOWN = 40

/** Go anywhere by its name: chats, pages, and what begins something new. */
export function Palette({ mode, onClose }: PaletteProps) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const [wanted, setWanted] = useState('')
  const [active, setActive] = useState(0)
  const places = usePlaces(mode)
  const found = useMemo(() => fitting(places, wanted), [places, wanted])

  function go(place: Place | undefined): void {
    if (place === undefined) return
    onClose()
    navigate(place.path)
  }

  function key(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') move(active + 1)
    else if (event.key === 'ArrowUp') move(active - 1)
    else if (event.key === 'Home') move(0)
    else if (event.key === 'End') move(found.length - 1)
    else if (event.key === 'Enter') go(found[active])
    else return
    event.preventDefault()
  }

  function move(to: number): void {
    if (found.length === 0) return
    const next = (to + found.length) % found.length
    setActive(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css.backdrop} />
        <Dialog.Popup className={css.palette} aria-label={t(`palette.${mode}`)}>
          <div className={css.search}>
            <Search size={18} aria-hidden="true" />
            <input
              role="combobox"
              value={wanted}
              placeholder={t(`palette.${mode}`)}
              aria-label={t(`palette.${mode}`)}
              aria-expanded={found.length > 0}
              aria-controls={listId}
              aria-activedescendant={found.length === 0 ? undefined : `${listId}-${active}`}
              autoComplete="off"
              spellCheck={false}
              // biome-ignore lint/a11y/noAutofocus: it was just asked for
              autoFocus
              onChange={(event) => {
                setWanted(event.currentTarget.value)
                setActive(0)
              }}
              onKeyDown={key}
            />
          </div>
          <div ref={list} className={css.list} id={listId} role="listbox" aria-label={t(`palette.${mode}`)}>
            {found.map((place, index) => (
              <div
                key={place.path}
                id={`${listId}-${index}`}
                className={css.place}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                onPointerMove={() => setActive(index)}
                onClick={() => go(place)}
                onKeyDown={(event) => event.key === 'Enter' && go(place)}
              >
                {place.icon}
                <bdi>{place.text}</bdi>
              </div>
            ))}
          </div>
          {found.length === 0 && <p className={css.nothing}>{t('palette.nothing', { wanted: wanted.trim() })}</p>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function usePlaces(mode: PaletteProps['mode']): readonly Place[] {
  const { t } = useTranslation()
  const chats = useChats()
  return useMemo(() => {
    const beginnings: Place[] = [
      { path: '/groups/new', text: t('chats.new.create'), icon: <Users size={18} aria-hidden="true" /> },
      { path: '/join', text: t('chats.new.link'), icon: <Link2 size={18} aria-hidden="true" /> },
      { path: '/contacts/invite', text: t('chats.new.invite'), icon: <UserPlus size={18} aria-hidden="true" /> },
    ]
    if (mode === 'new') return beginnings
    const recent = [...chats]
      .sort((a, b) => b.activeAt - a.activeAt)
      .map((chat) => {
        const text = chatName(chat, t)
        return { path: chatPath(chat.ref), text, icon: <Avatar name={text} image={chat.image} size={24} /> }
      })
    return [
      ...recent,
      ...beginnings,
      { path: '/super-peers', text: t('rail.superPeers'), icon: <RadioTower size={18} aria-hidden="true" /> },
      { path: '/serve', text: t('rail.serve'), icon: <Flame size={18} aria-hidden="true" /> },
      { path: '/settings', text: t('rail.settings'), icon: <Settings size={18} aria-hidden="true" /> },
    ]
  }, [chats, mode, t])
}

function fitting(places: readonly Place[], wanted: string): readonly Place[] {
  const text = wanted.trim().toLocaleLowerCase()
  const starts: Place[] = []
  const holds: Place[] = []
  for (const place of places) {
    const name = place.text.toLocaleLowerCase()
    if (name.startsWith(text)) starts.push(place)
    else if (name.includes(text)) holds.push(place)
  }
  return [...starts, ...holds].slice(0, SHOWN)
}
