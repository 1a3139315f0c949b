import t from 'tap'
import { Loops } from '../../src/app/loops.ts'

interface Made {
  close(): Promise<void>
}

const plan = (component: string) => ({ component, identity: [component] })

t.test('one that fails to close keeps nobody from taking its place', async (t) => {
  const running: string[] = []
  const loops = new Loops<ReturnType<typeof plan>, Made>({
    make: ({ component }) => ({
      close: () =>
        component === 'first' ? Promise.reject(new Error('it is stuck')) : Promise.resolve(),
    }),
    async *check() {},
    run: (_name, { component }, _made, signal) => {
      running.push(component)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    removed: () => {},
  })
  for (const component of ['first', 'second']) {
    const { changes } = await loops.prepare(new Map([['a', plan(component)]]))
    await loops.take(changes)
  }
  t.same(running, ['first', 'second'])
  await loops.stop()
})
