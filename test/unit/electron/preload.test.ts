import { readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'
import { CHANNELS } from '../../../electron/channels.ts'
import type { ElectronBridge } from '../../../renderer/runtime/bridge.ts'
import { electron } from '../../support/fake-electron.ts'

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).electron)

await import('../../../electron/preload.ts')
const bridge = electron.contextBridge.exposed.hearth as ElectronBridge
beforeEach(() => {
  electron.ipcRenderer.asked.length = 0
})

test('is short, and its channels cannot be added to', () => {
  const lines = readFileSync(new URL('../../../electron/preload.ts', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines.length).toBeLessThan(50)
  expect(Object.isFrozen(CHANNELS)).toBe(true)
  expect(Object.keys(electron.contextBridge.exposed)).toEqual(['hearth'])
})

test('asks the shell on the agreed channels', async () => {
  await expect(bridge.access()).resolves.toBe('answer')
  bridge.openExternal('https://example.org/')
  bridge.setUnread(3)
  await bridge.saveFile('qr.png', new Uint8Array([1]))
  await bridge.setSettings({ startHidden: true })
  expect(electron.ipcRenderer.asked).toEqual([
    [CHANNELS.access],
    [CHANNELS.openExternal, 'https://example.org/'],
    [CHANNELS.setUnread, 3],
    [CHANNELS.saveFile, 'qr.png', new Uint8Array([1])],
    [CHANNELS.setSettings, { startHidden: true }],
  ])
})

test('the page hears values, never the event, until it stops listening', () => {
  const heard = vi.fn()
  const stop = bridge.onReply(heard)
  electron.ipcRenderer.emit(CHANNELS.reply, { sender: 'secret' }, '/chats/1', 'Hi')
  expect(heard).toHaveBeenCalledExactlyOnceWith('/chats/1', 'Hi')
  stop()
  electron.ipcRenderer.emit(CHANNELS.reply, {}, '/chats/1', 'Hi')
  expect(heard).toHaveBeenCalledOnce()
})

test('who listens for links gets those that wait', () => {
  bridge.onLink(vi.fn())
  expect(electron.ipcRenderer.asked).toEqual([[CHANNELS.listening]])
})
