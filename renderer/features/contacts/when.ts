import { useTranslation } from 'react-i18next'
import { useNow } from '../chats/now.ts'
import { clockTime, dayName, sameDay } from '../chats/time.ts'

/** When something happened: the time today, the day before that. */
export function useWhen(): (time: number) => string {
  const { i18n } = useTranslation()
  const now = useNow()
  return (time) => (sameDay(time, now) ? clockTime(time, i18n.language) : dayName(time, now, i18n.language))
}
