import { Archive, BellOff, Link2, Pin, Plus, Search, Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso } from 'react-virtuoso'
import { Link, useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import css from './chat-list.module.css'
import { useNow } from './now.ts'
import { summaryOf } from './summary.ts'
import { shortTime } from './time.ts'

/** All conversations: pinned first, then by their last activity. */
export function ChatList({ selected }: { readonly selected: number | undefined }) {
  const { t } = useTranslation()
  const width = usePreferences((preferences) => preferences.listWidth)
  const groups = useHost((state) => state.groups)
  const [, navigate] = useLocation()
  const [search, setSearch] = useState('')
  const [archive, setArchive] = useState(false)
  const shown = useMemo(() => select([...groups.values()], search, archive), [groups, search, archive])
  const archived = useMemo(() => [...groups.values()].filter((group) => group.flags.archived).length, [groups])

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
            { text: t('chats.new.join'), icon: <Link2 size={18} />, run: () => navigate('/join') },
          ]}
        />
      </header>
      <div className={css.search}>
        <Search size={16} aria-hidden="true" />
        <input
          type="search"
          value={search}
          placeholder={t('chats.search')}
          aria-label={t('chats.search')}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      {shown.length === 0 && search !== '' && <p className={css.nothing}>{t('chats.nothingFound', { search })}</p>}
      <Virtuoso
        className={css.items ?? ''}
        data={shown}
        computeItemKey={(_, group) => group.id}
        itemContent={(_, group) => <Item group={group} current={group.id === selected} />}
      />
    </aside>
  )
}

function select(groups: readonly Group[], search: string, archive: boolean): Group[] {
  const wanted = search.trim().toLocaleLowerCase()
  return groups
    .filter((group) => (wanted !== '' || group.flags.archived === archive) && matches(group, wanted))
    .sort((a, b) => Number(b.flags.pinned) - Number(a.flags.pinned) || b.activeAt - a.activeAt)
}

function matches(group: Group, wanted: string): boolean {
  return group.displayName.toLocaleLowerCase().includes(wanted) || group.fullName.toLocaleLowerCase().includes(wanted)
}

function Item({ group, current }: { readonly group: Group; readonly current: boolean }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { displayName, image, unread, flags, activeAt } = group
  return (
    <Link href={`/chats/${group.id}`} className={css.item} aria-current={current ? 'page' : undefined}>
      <Avatar name={displayName} image={image} size={48} />
      <span className={css.text}>
        <span className={css.line}>
          <bdi className={css.name}>{displayName}</bdi>
          <time className={css.time} dateTime={new Date(activeAt).toISOString()}>
            {shortTime(activeAt, now, i18n.language)}
          </time>
        </span>
        <span className={css.line}>
          <bdi className={css.last}>{summaryOf(group, t)}</bdi>
          {flags.muted && <BellOff size={14} aria-label={t('chats.muted')} />}
          {flags.pinned && <Pin size={14} aria-label={t('chats.pinned')} />}
          {unread > 0 && (
            <span className={css.unread} data-muted={flags.muted}>
              <span aria-hidden="true">{unread.toLocaleString(i18n.language)}</span>
              <span className="visually-hidden">{t('chats.unread', { count: unread })}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  )
}
