import { Users } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, Page } from '../../ui/page.tsx'
import { Beside } from '../chats/beside.tsx'
import { AddSuperPeers } from './add-super-peers.tsx'
import { EditGroup } from './edit.tsx'
import { GroupSuperPeers } from './group-super-peers.tsx'
import { Members } from './members/members.tsx'
import { Overview } from './overview.tsx'
import { Setup, SetupShare } from './setup.tsx'

const Statistics = lazy(async () => ({ default: (await import('./statistics/statistics.tsx')).Statistics }))

/** The pages of one group. */
export function GroupPages({ group: id }: { readonly group: number }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const group = useHost((state) => state.groups.get(id))
  if (group === undefined) {
    return (
      <Page title={t('groups.gone.title')} back="/chats">
        <Empty
          icon={<Users size={28} />}
          title={t('groups.gone.title')}
          text={t('groups.gone.text')}
          action={<Button onClick={() => navigate('/chats')}>{t('groups.gone.action')}</Button>}
        />
      </Page>
    )
  }
  const owner = group.part === 'owner'
  return (
    <Switch>
      <Route path="/groups/:id/setup">
        <Setup group={group} />
      </Route>
      <Route path="/groups/:id/setup/share">
        <SetupShare group={group} />
      </Route>
      <Route path="/groups/:id/super-peers/add">
        {owner ? <AddSuperPeers group={group} /> : <Redirect to={`/groups/${id}/super-peers`} replace />}
      </Route>
      {isUnfinished(group) && (
        <Route>
          <Redirect to={`/groups/${id}/setup`} replace />
        </Route>
      )}
      <Route>
        <Beside chat={{ kind: 'group', id }}>
          <Switch>
            <Route path="/groups/:id/members">
              <Members group={group} />
            </Route>
            <Route path="/groups/:id/super-peers">
              <GroupSuperPeers group={group} />
            </Route>
            {owner && (
              <Route path="/groups/:id/statistics">
                <Suspense fallback={<Page title={t('groups.statistics.title')}>{null}</Page>}>
                  <Statistics group={group} />
                </Suspense>
              </Route>
            )}
            {owner && (
              <Route path="/groups/:id/edit">
                <EditGroup group={group} />
              </Route>
            )}
            <Route path="/groups/:id">
              <Overview group={group} />
            </Route>
            <Route>
              <Redirect to={`/groups/${id}`} replace />
            </Route>
          </Switch>
        </Beside>
      </Route>
    </Switch>
  )
}

function isUnfinished({ status }: Group): boolean {
  return status === 'creating' || status === 'ready' || status === 'joining' || status === 'failed'
}
