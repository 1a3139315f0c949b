/**
 * Puts a function around a method of a prototype or a module. Fails loudly when there is none: a
 * point that is no longer where it was must not be passed over in silence.
 */

type Method = (this: never, ...parameters: never[]) => unknown

export function wrap<Name extends string, Wrapped extends Method>(
  target: object,
  name: Name,
  make: (original: Wrapped) => Wrapped,
): void {
  const original: unknown = Reflect.get(target, name)
  if (typeof original !== 'function') throw new Error(`the oracle finds no method ${name} to wrap`)
  Object.defineProperty(target, name, {
    value: make(original as Wrapped),
    configurable: true,
    writable: true,
  })
}
