import t from 'tap'
import {
  accountDomain,
  folderOf,
  hostName,
  isAddress,
  lastPart,
} from '../../src/mappings/netwrix-names.ts'

const tables: [name: string, of: (text: string) => string, rows: [string, string][]][] = [
  [
    'accountDomain',
    accountDomain,
    [
      ['ENTERPRISE\\Administrator', 'ENTERPRISE'],
      ['Acme Domain\\user', 'Acme Domain'],
      ['ACME\\Administrator (Microsoft.Office)', 'ACME'],
      ['user@acme.tld', ''],
      ['system', ''],
      ['', ''],
      ['\\user', ''],
      ['DOM\\', ''],
      ['\\local\\enterprise\\Users\\x', ''],
      ['a\\b\\c', ''],
      [`${'d'.repeat(256)}\\user`, ''],
    ],
  ],
  [
    'hostName',
    hostName,
    [
      ['dc1.acme.local', 'dc1.acme.local'],
      ['10.0.0.1', '10.0.0.1'],
      ['SQL01\\INSTANCE', 'SQL01'],
      ['https://acme.sharepoint.com', 'acme.sharepoint.com'],
      ['https://acme.sharepoint.com/sites/one two', 'acme.sharepoint.com'],
      ['https://esx.acme.local:443/sdk', 'esx.acme.local'],
      ['unknown', ''],
      ['N/A', ''],
      ['n', 'n'],
      ['2001:db8::1', '2001:db8::1'],
      ['', ''],
      ['a host', ''],
      ['one, two', ''],
      ['\\\\server\\share', ''],
      ['h'.repeat(101), ''],
    ],
  ],
  [
    'lastPart',
    lastPart,
    [
      ['\\local\\enterprise\\Users\\Jason Smith', 'Jason Smith'],
      ['\\\\server\\share\\folder\\', 'folder'],
      ['https://acme.sharepoint.com/a b/test.txt', 'test.txt'],
      ['plain', 'plain'],
      ['\\\\', ''],
      ['', ''],
    ],
  ],
  [
    'folderOf',
    folderOf,
    [
      ['\\\\server\\share\\a\\b.txt', '\\\\server\\share\\a'],
      ['\\\\server\\share\\a\\a\\', '\\\\server\\share\\a'],
      ['https://acme.sharepoint.com/a b/test.txt', 'https://acme.sharepoint.com/a b'],
      ['C:\\a', 'C:'],
      ['\\a', ''],
      ['plain', ''],
      ['\\\\', ''],
      ['', ''],
    ],
  ],
  [
    'isAddress',
    (text) => (isAddress(text) ? 'address' : ''),
    [
      ['10.0.0.7', 'address'],
      ['2001:db8::1', 'address'],
      ['fe80::1', 'address'],
      ['10.0.0', ''],
      ['3com', ''],
      ['ws1', ''],
      ['ws1:445', ''],
      ['', ''],
    ],
  ],
]

for (const [name, of, rows] of tables) {
  t.test(name, async (t) => {
    for (const [text, part] of rows) t.equal(of(text), part, text)
  })
}
