import { describe, expect, test } from 'vitest'
import type { MsgContent } from '../../../core/chat/content.ts'
import {
  type Author,
  effectiveScope,
  mayReact,
  mayUseScope,
  type Prohibition,
  prohibition,
  redactProfile,
} from '../../../core/chat/permissions.ts'
import { featureAllows, groupPreference, withPreference } from '../../../core/chat/preferences.ts'
import {
  atLeast,
  compareRoles,
  isPrivileged,
  isRosterRole,
  mayChangeRole,
  mayModerate,
  mayRemove,
  mayRestrict,
  maySend,
} from '../../../core/chat/roles.ts'
import { containsLink, containsObfuscatedLink, withoutLinks } from '../../../core/chat/simplex-links.ts'
import { FULL_PROFILE, GROUP_PROFILE, MEMBER_ID, OTHER_ID, PROFILE } from './samples.ts'

const LINK = 'https://smp14.simplex.im/c#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E'
const ORDER = ['relay', 'observer', 'author', 'member', 'moderator', 'admin', 'owner'] as const

describe('roles', () => {
  test('their order, unknown ones below all', () => {
    for (let i = 1; i < ORDER.length; i++) expect(compareRoles(ORDER[i - 1]!, ORDER[i]!)).toBeLessThan(0)
    for (const odd of ['commenter', '', 'Owner', 'constructor']) {
      expect(compareRoles(odd, 'relay')).toBeLessThan(0)
      expect(atLeast(odd, 'relay')).toBe(false)
      expect(maySend(odd)).toBe(false)
    }
    expect(ORDER.filter(maySend)).toEqual(['author', 'member', 'moderator', 'admin', 'owner'])
    expect(ORDER.filter(isRosterRole)).toEqual(['member', 'moderator', 'admin'])
    expect(ORDER.filter(isPrivileged)).toEqual(['member', 'moderator', 'admin', 'owner'])
  })

  test('who may change a role to what', () => {
    const change = (sender: string, from: string, to: string, relayGroup = false) =>
      mayChangeRole({ sender, from, to, relayGroup })
    expect(change('moderator', 'observer', 'member')).toBe(true)
    expect(change('moderator', 'member', 'moderator')).toBe(false)
    expect(change('member', 'observer', 'author')).toBe(false)
    expect(change('admin', 'observer', 'admin')).toBe(true)
    expect(change('admin', 'owner', 'admin')).toBe(false)
    expect(change('admin', 'member', 'owner')).toBe(false)
    expect(change('owner', 'admin', 'owner')).toBe(true)
    expect(change('moderator', 'observer', 'author', true)).toBe(true)
    expect(change('admin', 'observer', 'member', true)).toBe(false)
    expect(change('admin', 'moderator', 'observer', true)).toBe(false)
    expect(change('owner', 'observer', 'moderator', true)).toBe(true)
    for (const sender of ORDER) {
      expect(change(sender, 'relay', 'member')).toBe(false)
      expect(change(sender, 'member', 'relay')).toBe(false)
    }
  })

  test('restricting, removing, moderating reach up to the own role', () => {
    expect([
      mayRestrict('moderator', 'moderator'),
      mayRestrict('moderator', 'admin'),
      mayRestrict('member', 'observer'),
    ]).toEqual([true, false, false])
    expect([mayRemove('admin', 'admin'), mayRemove('admin', 'owner'), mayRemove('moderator', 'observer')]).toEqual([
      true,
      false,
      false,
    ])
    expect([
      mayModerate('moderator', 'moderator'),
      mayModerate('moderator', 'owner'),
      mayModerate('author', 'relay'),
    ]).toEqual([true, false, false])
  })
})

describe('preferences', () => {
  test('defaults of chat §3.3', () => {
    const on = ['reactions', 'voice', 'files', 'simplexLinks', 'reports', 'support'] as const
    const off = [
      'timedMessages',
      'directMessages',
      'fullDelete',
      'history',
      'sessions',
      'comments',
      'signMessages',
    ] as const
    for (const feature of on) expect(groupPreference(undefined, feature).enable).toBe(true)
    for (const feature of off) expect(groupPreference({}, feature).enable).toBe(false)
    expect(groupPreference(undefined, 'timedMessages').ttl).toBe(86400)
    expect(groupPreference({ voice: 5 }, 'voice').enable).toBe(true)
    expect(groupPreference({ voice: { enable: 'maybe' } }, 'voice').enable).toBe(true)
  })

  test('a minimum role', () => {
    const preferences = {
      files: { enable: 'on', role: 'moderator' },
      voice: { enable: 'off' },
      simplexLinks: { enable: 'on', role: 'later' },
    }
    expect(ORDER.filter((role) => featureAllows(preferences, 'files', role))).toEqual(['moderator', 'admin', 'owner'])
    expect(ORDER.filter((role) => featureAllows(preferences, 'voice', role))).toEqual([])
    expect(ORDER.filter((role) => featureAllows(preferences, 'simplexLinks', role))).toEqual(['owner'])
  })

  test('a change keeps every other key', () => {
    const before = GROUP_PROFILE.groupPreferences
    expect(withPreference(before, 'voice', { enable: false })).toEqual({ ...before, voice: { enable: 'off' } })
    expect(withPreference({ files: { enable: 'on', later: 1 } }, 'files', { enable: true, role: 'admin' })).toEqual({
      files: { enable: 'on', later: 1, role: 'admin' },
    })
  })
})

describe('content permissions of chat §2.12', () => {
  const author = (role: string): Author => ({ memberId: MEMBER_ID, role })
  const text: MsgContent = { type: 'text', text: 'hi' }
  const own = { type: 'member', memberId: MEMBER_ID } as const
  const others = { type: 'member', memberId: OTHER_ID } as const
  const image: MsgContent = { type: 'image', text: '', image: '' }
  const voice: MsgContent = { type: 'voice', text: '', duration: 1 }
  const report: MsgContent = { type: 'report', text: '', reason: 'spam' }
  const file = { fileName: 'f', fileSize: 1 }
  const off = (name: string) => ({ [name]: { enable: 'off' } })
  const check = (role: string, content: MsgContent, preferences = {}, more: object = {}) =>
    prohibition({ author: author(role), content, preferences, ...more })

  test('the main conversation needs a role above observer', () => {
    const outcomes = ['later', ...ORDER].map((role) => check(role, text))
    expect(outcomes).toEqual(['role', 'role', 'role', undefined, undefined, undefined, undefined, undefined])
    expect(prohibition({ author: { ...author('observer'), pending: true }, content: text, preferences: {} })).toBe(
      undefined,
    )
  })

  const rows: readonly (readonly [string, Prohibition | undefined, Prohibition | undefined])[] = [
    ['a super-peer never authors', check('relay', text, {}, { scope: own }), 'role'],
    ['only owners post as the group', check('admin', text, {}, { asGroup: true }), 'asGroup'],
    ['owners post as the group', check('owner', text, {}, { asGroup: true }), undefined],
    ['observers write to their support', check('observer', text, {}, { scope: own }), undefined],
    ['but to no other', check('member', text, {}, { scope: others }), 'scope'],
    ['moderators to any', check('moderator', text, {}, { scope: others }), undefined],
    ['support off', check('member', text, off('support'), { scope: own }), 'support'],
    ['unless it has begun', check('member', text, off('support'), { scope: own, supportChatExists: true }), undefined],
    ['voice off', check('member', voice, off('voice')), 'voice'],
    ['voice off in support', check('member', voice, off('voice'), { scope: own }), 'voice'],
    ['voice of the approving host', check('admin', voice, off('voice'), { scope: others, hostVersion: 17 }), undefined],
    ['of an older one', check('admin', voice, off('voice'), { scope: others, hostVersion: 16 }), 'voice'],
    ['a voice message is no file', check('member', voice, off('files'), { file }), undefined],
    ['files off', check('member', text, off('files'), { file }), 'files'],
    ['images are files', check('member', image, off('files')), 'files'],
    ['files in support', check('member', image, off('files'), { scope: own, file }), undefined],
    ['links off', check('member', { type: 'text', text: `see ${LINK}` }, off('simplexLinks')), 'simplexLinks'],
    ['links in support', check('member', { type: 'text', text: LINK }, off('simplexLinks'), { scope: own }), undefined],
    ['links on', check('member', { type: 'text', text: LINK }), undefined],
    ['reports by members', check('member', report), undefined],
    ['reports by moderators', check('moderator', report, {}, { scope: others }), 'reports'],
    ['reports off', check('member', report, off('reports')), 'reports'],
    ['reports off, in support', check('member', report, off('reports'), { scope: own }), undefined],
  ]
  test.each(rows)('%s', (_, actual, expected) => {
    expect(actual).toBe(expected)
  })

  test('shared chats and previews are links', () => {
    const preview = { uri: LINK, title: '', description: '', image: '' }
    expect(check('member', { type: 'link', text: '', preview }, off('simplexLinks'))).toBe('simplexLinks')
    const chatLink = { type: 'contact', connLink: LINK, profile: PROFILE, business: false } as const
    expect(check('member', { type: 'chat', text: '', chatLink }, off('simplexLinks'))).toBe('simplexLinks')
  })

  test('scopes', () => {
    expect(mayUseScope(author('observer'), own)).toBe(true)
    expect(mayUseScope(author('member'), others)).toBe(false)
    expect(effectiveScope(author('member'), report, undefined)).toEqual(own)
    expect(effectiveScope(author('member'), text, undefined)).toBe(undefined)
    expect(effectiveScope(author('member'), report, others)).toEqual(others)
    expect(effectiveScope({ ...author('observer'), pending: true }, text, undefined)).toEqual(own)
    expect([mayReact(undefined), mayReact(off('reactions'))]).toEqual([true, false])
  })
})

describe('links in texts', () => {
  const full = 'https://simplex.chat/contact#/?v=2-7&smp=smp%3A%2F%2Fx'
  test.each([
    LINK,
    full,
    'simplex:/contact#/?v=2',
    'SIMPLEX:/invitation#/?v=2',
    'https://host.example/i#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E',
    'https://simplex.chat/invitation/#%2F%3Fv%3D2',
  ])('%s is one', (link) => {
    expect(containsLink(`a ${link} b`)).toBe(true)
    expect(containsObfuscatedLink([...link].join('\u200b '))).toBe(true)
    expect(withoutLinks(`hello ${link} there`)).toBe('hello  there'.replace('  ', '  '))
    expect(withoutLinks(`hello ${[...link].join(' ')}`)).toBe(undefined)
  })

  test.each(['https://example.org/c#top', 'a/c#d', 'contact me', 'https://simplex.chat/downloads/', ''])(
    '%s is none',
    (other) => {
      expect(containsLink(other)).toBe(false)
      expect(containsObfuscatedLink(other)).toBe(false)
    },
  )

  test('a long text costs linear time only', () => {
    for (const piece of ['/c#', 'contact', '/contact#', 'a ', '/c#aaaa']) {
      expect(containsLink(piece.repeat(20000))).toBe(false)
    }
  })
})

describe('profiles in groups', () => {
  const described = { ...FULL_PROFILE, shortDescr: `find me ${LINK}`, description: 'plain' }
  const open = { directMessages: { enable: 'on' } }

  test('direct preferences always go, links and domains unless allowed', () => {
    expect(redactProfile(described, {}, 'member')).toEqual({
      ...described,
      preferences: undefined,
      contactLink: undefined,
      shortDescr: 'find me',
      contactDomain: undefined,
    })
    expect(redactProfile(described, open, 'member')).toEqual({ ...described, preferences: undefined })
    const noLinks = { ...open, simplexLinks: { enable: 'off' } }
    expect(redactProfile(described, noLinks, 'member')).toMatchObject({
      contactLink: undefined,
      contactDomain: { name: 'y' },
    })
    const forAdmins = { directMessages: { enable: 'on', role: 'admin' } }
    expect(redactProfile(described, forAdmins, 'member').contactLink).toBe(undefined)
    expect(redactProfile(described, forAdmins, 'admin').contactLink).toBe(described.contactLink)
  })
})
