import { userInfo } from 'node:os'
import t from 'tap'
import { whoRuns } from '../../src/commands/who.ts'

t.test('the user, or the one behind sudo', async (t) => {
  t.equal(whoRuns({}), userInfo().username)
  t.equal(whoRuns({ SUDO_USER: '' }), userInfo().username)
  const isRoot = process.getuid?.() === 0
  const expected = isRoot ? 'alice' : userInfo().username
  t.equal(whoRuns({ SUDO_USER: 'alice' }), expected, 'believed of root alone')
})
