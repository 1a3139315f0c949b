/**
 * The whole terminal, for as long as something is watched: drawn on its other screen, so that what was
 * there is back at the end, however the process ends (but for SIGKILL).
 *
 * The sequences are those of xterm (ctlseqs), which every terminal of today takes.
 */
import type { WriteStream } from 'node:tty'

const otherScreen = '\u001b[?1049h\u001b[?25l\u001b[?7l'
/** Also without a cursor that is hidden and lines that are not wrapped. */
const firstScreen = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const restOfLine = '\u001b[K'
const restOfScreen = '\u001b[J'

/** What it needs of `process.stdout`. */
export type ScreenOutput = Pick<WriteStream, 'write' | 'columns' | 'rows'>

export class Screen {
  readonly #output: ScreenOutput
  readonly #leave = () => this.leave()
  #isIn = false

  constructor(output: ScreenOutput) {
    this.#output = output
  }

  get width(): number {
    return this.#output.columns || 80
  }

  get height(): number {
    return this.#output.rows || 24
  }

  /** Safe twice. */
  enter(): void {
    if (this.#isIn) return
    this.#isIn = true
    process.once('exit', this.#leave)
    this.#output.write(otherScreen)
  }

  /** In one write, over what was there: nothing flickers. No line may be wider than the screen, and no
   * more may be given than it has. */
  draw(lines: readonly string[]): void {
    if (!this.#isIn) return
    const text = lines.map((line) => line + restOfLine).join('\r\n')
    this.#output.write(`${home}${text}${restOfScreen}`)
  }

  /** Safe before `enter`, safe twice. */
  leave(): void {
    if (!this.#isIn) return
    this.#isIn = false
    process.off('exit', this.#leave)
    this.#output.write(firstScreen)
  }
}
