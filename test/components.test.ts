import t from 'tap'
import { whereOf } from '../src/components.ts'

t.test('a component is named after what the user would look for', async (t) => {
  const where = (options: Record<string, unknown>) => whereOf({ options })
  t.equal(where({ folder: './drop' }), './drop')
  t.equal(where({ listen: '127.0.0.1:8515', folder: './push' }), '127.0.0.1:8515')
  t.equal(where({ url: ['tcp://a:1', 'tcp://u:secret@b:2'] }), 'tcp://a:1, else tcp://****@b:2')
  t.equal(where({ bucket: 'siem', folder: '/cado/' }), 's3://siem/cado')
  t.equal(where({ bucket: 'siem', folder: null }), 's3://siem')
  t.equal(where({}), 'standard output')
})
