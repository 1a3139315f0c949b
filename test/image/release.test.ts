/**
 * What a release is made by: actions pinned by commit, no more rights than are used, no registry
 * written down, and the notes out of the changelog.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { root } from '../helpers/root.ts'

interface Job {
  uses?: string
  permissions?: Record<string, string>
  steps?: { uses?: string }[]
}

const folder = join(root, '.github', 'workflows')

for (const name of readdirSync(folder)) {
  t.test(name, async (t) => {
    const text = readFileSync(join(folder, name), 'utf8')
    const { permissions, jobs } = parse(text) as {
      permissions: Record<string, string>
      jobs: Record<string, Job>
    }
    t.strictSame(permissions, {}, 'nothing for all jobs')
    for (const [job, { permissions, steps = [], uses }] of Object.entries(jobs)) {
      t.ok(permissions, `${job} says what it may do`)
      for (const action of [uses, ...steps.map((step) => step.uses)]) {
        if (action === undefined || action.startsWith('./')) continue
        t.match(action, /^(?:actions|sigstore)\/[\w-]+@[0-9a-f]{40}$/)
        t.match(text, new RegExp(`${action} # v\\d`), 'with the version that the commit is')
      }
    }
    t.notMatch(text, /\b[\w-]+\.(?:io|com|dev|net|org)\b/, 'no host of a registry')
  })
}

t.test('the notes are what the changelog says of that version', async (t) => {
  const there = t.testdir()
  mkdirSync(join(there, '.github'))
  const script = join(there, '.github', 'release-notes')
  copyFileSync(join(root, '.github', 'release-notes'), script)
  chmodSync(script, 0o755)
  const notes = (version: string) =>
    execFileSync(script, [version], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  writeFileSync(
    join(there, 'CHANGELOG.md'),
    '# Changelog\n\n## [1.1.0] - unreleased\n\n- c\n\n## [1.0.0] - 2026-12-01\n\n### Added\n\n- b\n\n## [0.9.0] - 2026-11-01\n\n- a\n',
  )
  t.equal(notes('1.0.0'), '\n### Added\n\n- b\n\n')
  t.equal(notes('0.9.0'), '\n- a\n')
  t.throws(() => notes('1.1.0'), { message: /give it the date/ })
  t.throws(() => notes('2.0.0'), { message: /CHANGELOG\.md has no heading "## \[2\.0\.0\]/ })
})

t.test('the changelog has the version of package.json', async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  t.match(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), `\n## [${version}] - `)
})
