/**
 * Drop folders on shares: each is a volume with its one claim, and another share is another volume.
 */
import t from 'tap'
import { named, namespace, needsGo, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

const options = needsGo('helm')

t.test('shares are bound to their claims, and only those are made', options, async (t) => {
  const { of } = render('smb')
  const [volumes, claims] = [of('PersistentVolume'), of('PersistentVolumeClaim')]
  t.equal(volumes.length, 3)
  for (const { metadata, spec } of volumes) {
    t.equal(spec.persistentVolumeReclaimPolicy, 'Retain')
    const claim = named(claims, spec.claimRef.name as string)
    t.equal(claim.spec.volumeName, metadata.name)
    t.equal(claim.metadata.namespace, namespace)
    t.same(claim.spec.accessModes, spec.accessModes)
    t.equal(claim.spec.storageClassName, '')
  }
  const [first] = volumes
  t.ok(['uid=1000', 'gid=1000', 'seal'].every((option) => first.spec.mountOptions.includes(option)))
  const old = volumes.find(({ metadata }) =>
    /^siem-cefline-drop-old-\w{8}$/.test(String(metadata.name)),
  )
  t.equal(old.spec.csi.readOnly, true)
})

t.test('another share is another volume, which an upgrade can make', options, async (t) => {
  const names = (alerts: object, values: object = {}) => {
    const { of, one } = render('smb', { dropFolders: { alerts }, ...values })
    const { volumes } = one('StatefulSet').spec.template.spec
    const { claimName } = named(
      volumes.map((metadata: Part) => ({ metadata, ...metadata })),
      'drop-alerts',
    ).persistentVolumeClaim
    const claim = named(of('PersistentVolumeClaim'), claimName as string)
    return `${claimName} ${claim.spec.volumeName}`
  }
  const first = names({})
  t.equal(names({ subPath: 'new', mountPath: '/drop/alerts' }), first, 'what the pod alone says')
  const others = [
    names({ smb: { source: '//files.example.com/other' } }),
    names({ readOnly: true }, { config: { sources: { alerts: { after: 'keep' } } } }),
    names({ size: '20Gi' }),
    names({}, { runAs: { user: 2000 } }),
  ]
  t.equal(new Set([first, ...others]).size, 5, others.join('\n'))
})
