import { Archive, Link2, Plus, UserPlus, Users } from 'lucide-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso } from 'react-virtuoso'
import { useLocation } from 'wouter'
import { type Chat, type ChatRef, chatKey } from '../../state/chats.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useChats } from '../../state/use-chats.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { ContactRequests } from '../contacts/requests.tsx'
import { ChatItem } from './chat-item.tsx'
import css from './chat-list.module.css'

/** All conversations: pinned first, then by their last activity; above them whoever asks to talk. */
export function ChatList({ selected }: { readonly selected: ChatRef | undefined }) {
  const { t } = useTranslation()
  const width = usePreferences((preferences) => preferences.listWidth)
  const chats = useChats()
  const [, navigate] = useLocation()
  const [search, setSearch] = useState('')
  const [archive, setArchive] = useState(false)
  const shown = useMemo(() => select(chats, search, archive), [chats, search, archive])
  const archived = useMemo(() => chats.filter(({ flags }) => flags.archived).length, [chats])
  const current = selected && chatKey(selected)

  return (
    <aside className={css.list} style={{ '--list-width': `${width}px` } as never} aria-label={t('rail.chats')}>
      <header className={css.header}>
        <h1>{t(archive ? 'chats.archive' : 'rail.chats')}</h1>
        {(archived > 0 || archive) && (
          <IconButton
            label={t('chats.archive')}
            icon={<Archive size={18} />}
            pressed={archive}
            onClick={() => setArchive(!archive)}
          />
        )}
        <Menu
          label={t('chats.new.label')}
          icon={<Plus size={20} />}
          items={[
            { text: t('chats.new.create'), icon: <Users size={18} />, run: () => navigate('/groups/new') },
            { text: t('chats.new.link'), icon: <Link2 size={18} />, run: () => navigate('/join') },
            { text: t('chats.new.invite'), icon: <UserPlus size={18} />, run: () => navigate('/contacts/invite') },
          ]}
        />
      </header>
      <div className={css.search}>
        <SearchField label={t('chats.search')} value={search} onChange={setSearch} />
      </div>
      {search === '' && !archive && <ContactRequests />}
      {shown.length === 0 && search !== '' && <p className={css.nothing}>{t('chats.nothingFound', { search })}</p>}
      <Virtuoso
        className={css.items ?? ''}
        data={shown}
        computeItemKey={(_, chat) => chat.key}
        itemContent={(_, chat) => <ChatItem chat={chat} current={chat.key === current} />}
        onKeyDown={step}
      />
    </aside>
  )
}

function select(chats: readonly Chat[], search: string, archive: boolean): Chat[] {
  const wanted = search.trim().toLocaleLowerCase()
  return chats
    .filter((chat) => (wanted !== '' || chat.flags.archived === archive) && matches(chat, wanted))
    .sort((a, b) => Number(b.flags.pinned) - Number(a.flags.pinned) || b.activeAt - a.activeAt)
}

function matches({ name, fullName }: Chat, wanted: string): boolean {
  return name.toLocaleLowerCase().includes(wanted) || fullName.toLocaleLowerCase().includes(wanted)
}

/** Arrow keys go from row to row. */
function step(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('a[href]')]
  const place = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[place + (event.key === 'ArrowDown' ? 1 : -1)]
  if (place < 0 || next === undefined) return
  event.preventDefault()
  next.focus()
}
