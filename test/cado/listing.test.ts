import t from 'tap'
import type { Test } from 'tap'
import { CadoApi } from '../../src/cado/client.ts'
import { listAll } from '../../src/cado/listing.ts'
import { platform } from '../../src/cado/peer.ts'
import { plainTls } from '../helpers/plain-tls.ts'
import { withPages } from '../helpers/cado-pages.ts'

const idOf = ({ id }: Record<string, unknown>) => (typeof id === 'number' ? id : undefined)

async function listed(t: Test, pages: object[]): Promise<number[]> {
  const url = await withPages(t, pages)
  const options = { url, token: 't', timeout: 5000, tls: plainTls, place: 'x', peer: platform }
  const api = new CadoApi(options)
  t.teardown(() => api.close())
  const all = await listAll(api, 'things', {}, idOf, new AbortController().signal)
  return all.map(({ id }) => Number(id))
}

const page = (ids: unknown[], total?: number) => ({
  data: ids.map((id) => ({ id })),
  ...(total === undefined ? {} : { pagination: { type: 'page', total_pages: total } }),
})

t.test('to the last page, one that comes twice once', async (t) => {
  t.same(await listed(t, [page([1, 2], 2), page([2, 3], 2)]), [1, 2, 3])
  t.same(await listed(t, [page([1], 9), page([], 9)]), [1], 'an empty page is the end')
  t.same(await listed(t, [page([1, 'x', null], 1)]), [1], 'what has no number is left out')
})

t.test('without a number of pages: to an empty page, or one that is there again', async (t) => {
  t.same(await listed(t, [page([1]), page([2]), page([])]), [1, 2])
  t.same(await listed(t, [page([1]), page([1])]), [1])
})

t.test('pages that lead nowhere', async (t) => {
  await t.rejects(listed(t, [page([1], 3), page([1], 3)]), { code: 'mark-stuck' })
  await t.rejects(listed(t, [page(['x'], 3)]), { code: 'bad-answer' })
  await t.rejects(listed(t, [{ data: {} }]), { code: 'bad-answer' })
})
