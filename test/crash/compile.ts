/**
 * TypeScript that runs in processes of its own, without a loader that would slow their start: each
 * file of a folder becomes JavaScript in another one.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'

export function compileFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  writeFileSync(join(to, 'package.json'), '{"type":"module"}')
  for (const name of readdirSync(from).filter((name) => name.endsWith('.ts'))) {
    const { outputText } = transpileModule(readFileSync(join(from, name), 'utf8'), {
      compilerOptions: {
        target: ScriptTarget.ES2022,
        module: ModuleKind.ES2022,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
      fileName: name,
    })
    writeFileSync(join(to, name.replace(/\.ts$/, '.js')), outputText)
  }
}
