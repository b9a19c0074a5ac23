import {
  Activity,
  Archive,
  Bell,
  Database,
  Info,
  Languages,
  type LucideIcon,
  Monitor,
  MonitorSmartphone,
  Palette,
  Router,
  UserRound,
} from 'lucide-react'

/** The sections of the settings, in their order; each has its own address. */
export const SECTIONS = [
  { name: 'profile', Icon: UserRound },
  { name: 'notifications', Icon: Bell },
  { name: 'appearance', Icon: Palette },
  { name: 'language', Icon: Languages },
  { name: 'desktop', Icon: Monitor },
  { name: 'backup', Icon: Archive },
  { name: 'storage', Icon: Database },
  { name: 'routers', Icon: Router },
  { name: 'browsers', Icon: MonitorSmartphone },
  { name: 'diagnostics', Icon: Activity },
  { name: 'about', Icon: Info },
] as const satisfies readonly { readonly name: string; readonly Icon: LucideIcon }[]

export type SectionName = (typeof SECTIONS)[number]['name']
