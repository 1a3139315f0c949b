/**
 * The configuration that the chart mounts is one that Cefline accepts, for every example: `cefline check` on the
 * ConfigMap's `cefline.yaml`, with the pod's own variables, and with what is mounted there in a
 * folder of the test's.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { cefline } from '../helpers/cefline.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { examples, needsGo, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

/** What of the pod's file system is written and read. */
const mounted = [
  '/etc/cefline/secrets',
  '/etc/cefline/certificates',
  '/var/lib/cefline',
  '/drop',
  '/evidence',
]

for (const example of examples) {
  t.test(example, needsGo('helm'), async (t) => {
    const { of, one } = render(example)
    const folder = t.testdir()
    const moved = (text: string) =>
      mounted.reduce((all, path) => all.replaceAll(path, `${folder}${path}`), text)
    const map = of('ConfigMap').find(({ data }) => data['cefline.yaml'] !== undefined)
    const text = moved(String(map.data['cefline.yaml']))
    const authority = await makeAuthority(folder)
    const certificate = await authority.sign('cefline.example.com', {
      san: 'DNS:cefline.example.com',
    })
    for (const [path = ''] of text.matchAll(/\/[^\s'"}]*\/etc\/cefline\/[^\s'"}]+/g)) {
      mkdirSync(dirname(path), { recursive: true })
      const source = { crt: certificate.cert, key: certificate.key }[path.split('.').at(-1) ?? '']
      const isSecret = path.includes('/secrets/')
      const secret = path.endsWith('/proxy/url')
        ? 'http://a:b@proxy.example.com:3128'
        : 'x'.repeat(32)
      writeFileSync(path, isSecret || !source ? secret : readFileSync(source))
    }
    const [container] = one('StatefulSet').spec.template.spec.containers
    for (const { mountPath } of container.volumeMounts) {
      if (mounted.some((path) => String(mountPath).startsWith(path))) {
        mkdirSync(moved(String(mountPath)), { recursive: true })
      }
    }
    for (const source of Object.values<Part>(parse(text).sources)) {
      if (typeof source.folder === 'string' && source.folder.startsWith('/')) {
        mkdirSync(source.folder, { recursive: true })
      }
    }
    const path = join(folder, 'cefline.yaml')
    writeFileSync(path, text)
    const env = Object.fromEntries(
      (container.env as Part[]).map(({ name, value = 'from-a-secret' }) => [name, moved(value)]),
    )
    if (env['STATUS_TOKEN_FILE']) {
      mkdirSync(dirname(env['STATUS_TOKEN_FILE']), { recursive: true })
      writeFileSync(env['STATUS_TOKEN_FILE'], 'token')
    }
    const { code, stdout, stderr } = await cefline(['check', '--json'], {
      cwd: folder,
      env: {
        ...env,
        CEFLINE_CONFIG: path,
        CEFLINE_EMBEDDED_DEFAULT: 'off',
        STATUS_LISTEN: '127.0.0.1:0',
      },
    })
    const { steps } = JSON.parse(stdout)
    t.same(
      steps.filter(({ ok }: Part) => !ok),
      [],
      stderr,
    )
    t.same(
      steps.filter(({ name }: Part) => name === 'warning'),
      [],
    )
    t.equal(code, 0)
  })
}
