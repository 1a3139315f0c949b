import t from 'tap'
import { pageText } from '../../src/http/page-text.ts'

t.equal(
  pageText(
    '<html><head><title>502</title><style>p { color: red }</style>\n<SCRIPT>\nvar a = "<b>"\n</SCRIPT>' +
      '</head><body><h1>Bad\n Gateway</h1><p>upstream</p></body></html>',
  ),
  '502 Bad Gateway upstream',
)
t.equal(pageText('  no page, a < b\n'), 'no page, a < b')
t.equal(pageText('<br>'.repeat(100_000)), '')
