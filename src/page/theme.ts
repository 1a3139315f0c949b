/**
 * Dark or light: as the system has it, or as the viewer chose, which is kept in the browser.
 */
import { byId, setAttribute, setText } from './dom.ts'

type Theme = 'system' | 'light' | 'dark'

const key = 'cefline-theme'
const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const names: Record<Theme, string> = {
  system: '◐ System',
  light: '○ Light',
  dark: '● Dark',
}

/** Sets the theme, and again at each press of the switch; `changed` after each. */
export function startTheme(changed: () => void): void {
  const button = byId<HTMLButtonElement>('theme')
  let theme = stored()
  const show = () => {
    setAttribute(document.documentElement, 'data-theme', theme === 'system' ? undefined : theme)
    setText(button, names[theme])
    button.setAttribute('aria-label', `Theme: ${theme}. Change to ${next[theme]}`)
    changed()
  }
  button.addEventListener('click', () => {
    theme = next[theme]
    keep(theme)
    show()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  show()
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(key)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

/** A browser may forbid it: then the choice holds until the page is left. */
function keep(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, theme)
  } catch {
    return
  }
}
