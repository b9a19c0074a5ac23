import { Link2, MoreHorizontal, Pencil, PowerOff, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Menu } from '../../ui/menu.tsx'
import { Page } from '../../ui/page.tsx'
import { RestartNote } from '../../ui/restart-note.tsx'
import { AddressCard } from './address-card.tsx'
import { Blocked } from './blocked.tsx'
import { Everyone } from './everyone.tsx'
import { Live } from './live.tsx'
import { NewAddress } from './new-address.tsx'
import { Requests } from './requests.tsx'
import { Sees } from './sees.tsx'
import { ServedList } from './served-list.tsx'
import { StopAll } from './stop-all.tsx'
import { useFigures } from './use-figures.ts'

/** The super-peer of this machine: its address, who asks, what it serves, and how it is. */
export function Serving() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [stopping, setStopping] = useState(false)
  const [renewing, setRenewing] = useState(false)
  const figures = useFigures()
  return (
    <Page
      title={t('serve.title')}
      actions={
        <Menu
          label={t('action.more')}
          icon={<MoreHorizontal size={18} aria-hidden="true" />}
          items={[
            {
              text: t('serve.identity.title'),
              icon: <Pencil size={18} aria-hidden="true" />,
              run: () => navigate('/serve/identity'),
            },
            {
              text: t('serve.limits.title'),
              icon: <SlidersHorizontal size={18} aria-hidden="true" />,
              run: () => navigate('/serve/limits'),
            },
            {
              text: t('serve.newAddress.menu'),
              icon: <Link2 size={18} aria-hidden="true" />,
              run: () => setRenewing(true),
            },
            {
              text: t('serve.stop.menu'),
              icon: <PowerOff size={18} aria-hidden="true" />,
              danger: true,
              run: () => setStopping(true),
            },
          ]}
        />
      }
    >
      <RestartNote />
      <AddressCard onRenew={() => setRenewing(true)} />
      <Requests />
      <ServedList />
      <Blocked />
      <Live figures={figures} />
      <Everyone />
      <Sees />
      <NewAddress open={renewing} onClose={() => setRenewing(false)} />
      <StopAll open={stopping} onClose={() => setStopping(false)} />
    </Page>
  )
}
