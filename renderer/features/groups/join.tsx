import { useTranslation } from 'react-i18next'
import { Redirect, useLocation, useSearch } from 'wouter'
import { Page } from '../../ui/page.tsx'
import { findLink, kindOf } from './join/link.ts'
import { LinkEntry } from './join/link-entry.tsx'
import { Preview } from './join/preview.tsx'

/** Joining a group by its link: the link is part of the address, so that reload and back work. */
export function JoinPage() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const given = new URLSearchParams(useSearch()).get('link') ?? ''
  const link = findLink(given)
  if (link !== undefined && kindOf(link) === 'person') {
    return <Redirect to={`/connect?link=${encodeURIComponent(link)}`} replace />
  }
  const ready = link !== undefined && kindOf(link) === 'group'

  return (
    <Page title={t('groups.join.title')} back={ready ? '/join' : '/chats'} narrow>
      {ready ? (
        <Preview key={link} link={link} />
      ) : (
        <LinkEntry begin={given} onLink={(found) => navigate(`/join?link=${encodeURIComponent(found)}`)} />
      )}
    </Page>
  )
}
