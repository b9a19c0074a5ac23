import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearch } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useKnown } from '../../state/known.ts'
import { useSuperPeers } from '../../state/super-peers.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { isolate } from '../../ui/isolate.ts'
import { Page } from '../../ui/page.tsx'
import { ChoiceHint } from '../superpeers/choice-hint.tsx'
import { nameOf } from '../superpeers/names.ts'
import { Picker } from '../superpeers/picker.tsx'
import { WizardActions } from './create/wizard.tsx'
import css from './group.module.css'

/** More super-peers for a group, or others in the place of one. */
export function AddSuperPeers({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const known = useKnown()
  const superPeers = useSuperPeers(group.id)
  const [selected, setSelected] = useState<readonly string[]>([])
  const { busy, failure, run } = useCall()
  const replace = Number(new URLSearchParams(useSearch()).get('replace') ?? '')
  const old = superPeers.find(({ id }) => id === replace)
  const staying = superPeers.filter(({ id }) => id !== replace).flatMap(({ address }) => address ?? [])
  const taken = superPeers.flatMap(({ address }) => address ?? [])
  const back = group.status === 'active' ? `/groups/${group.id}/super-peers` : `/groups/${group.id}/setup`
  const name = old === undefined ? '' : isolate(nameOf(old, known, t))

  async function add(): Promise<void> {
    const done = await run(async () => {
      for (const address of selected) {
        await api().superPeers.add({ group: group.id, address })
        setSelected((rest) => rest.filter((other) => other !== address))
      }
      // One that never served goes at once; one that serves stays until its successor does.
      if (old !== undefined && old.status !== 'active') {
        await api().superPeers.remove({ group: group.id, superPeer: old.id })
      }
    })
    if (done) navigate(old?.status === 'active' ? `${back}?replaced=${old.id}` : back)
  }

  return (
    <Page
      title={old === undefined ? t('groups.addSuperPeers.title') : t('groups.addSuperPeers.replace', { name })}
      back={back}
      narrow
    >
      <p className={css.muted}>
        {old === undefined
          ? t('groups.addSuperPeers.lead')
          : t(old.status === 'active' ? 'groups.addSuperPeers.replaceActive' : 'groups.addSuperPeers.replaceOther', {
              name,
            })}
      </p>
      {known !== undefined && (
        <>
          <Picker known={known} selected={selected} onChange={setSelected} taken={taken} />
          <ChoiceHint known={known} addresses={[...new Set([...staying, ...selected])]} writers={group.writers} />
        </>
      )}
      <WizardActions
        failure={failure}
        out={
          <Button look="quiet" onClick={() => navigate(back)}>
            {t('action.cancel')}
          </Button>
        }
        on={
          <Button look="primary" busy={busy} disabled={selected.length === 0} onClick={add}>
            {t(old === undefined ? 'action.add' : 'superPeers.replace')}
          </Button>
        }
      />
    </Page>
  )
}
