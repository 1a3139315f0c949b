/**
 * What a command prints on a terminal, as a web page to take a picture of.
 */

/** Select Graphic Rendition (ECMA-48): those that Cefline's commands use. */
const styles: Record<string, string> = {
  1: 'font-weight:bold',
  2: 'opacity:.65',
  7: 'filter:invert(1)',
  31: 'color:#ff8a80',
  32: 'color:#8fe0a0',
  33: 'color:#ffd479',
  36: 'color:#8bd5ff',
}

/** A dark window that shows the command and its output. */
export function terminalPage(command: string, output: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #10161d }
pre { margin: 0; padding: 18px 22px; color: #dbe4ec; font: 13px/1.45 'DejaVu Sans Mono', monospace; width: max-content }
</style><pre>$ ${escaped(command)}\n${painted(output)}</pre>`
}

function painted(text: string): string {
  let open = 0
  const html = text.split(/\u001b\[([\d;]*)m/).map((part, index) => {
    if (index % 2 === 0) return escaped(part)
    const codes = part.split(';').filter((code) => code in styles)
    if (codes.length > 0) {
      open += 1
      return `<span style="${codes.map((code) => styles[code]).join(';')}">`
    }
    // Every other one ends something, and pictures need not nest them any better.
    if (open === 0) return ''
    open -= 1
    return '</span>'
  })
  return html.join('') + '</span>'.repeat(open)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
