import t from 'tap'
import { CadoApi } from '../../src/cado/client.ts'
import { readUrl } from '../../src/cado/options.ts'
import { platform as peer } from '../../src/cado/peer.ts'
import { listRuns } from '../../src/cado/pipelines.ts'
import { startCadoApi } from '../helpers/cado-api.ts'
import { cadoOptions } from '../helpers/cado-source.ts'
import { plainTls } from '../helpers/plain-tls.ts'

t.test('when a run was created: ms, seconds, a date in words, or nothing', async (t) => {
  const platform = await startCadoApi(t)
  const id = platform.add(1, 'web', 0, 'none')
  const created = [1_700_000_000_000, 1_700_000_001, '2023-11-14T22:13:22Z', 'once', null]
  for (const time of created) Object.assign(platform.process(id, 'complete'), { created: time })
  const url = readUrl(cadoOptions(platform), 'x')
  const { token } = platform
  const api = new CadoApi({ url, token, timeout: 9000, tls: plainTls, place: 'x', peer })
  t.teardown(() => api.close())
  const runs = (await listRuns(api, 1, new AbortController().signal)).get(id) ?? []
  t.same(
    runs.map(({ created }) => created),
    [1_700_000_002_000, 1_700_000_001_000, 1_700_000_000_000, 0, 0],
  )
})
