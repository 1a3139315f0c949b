/**
 * Making and changing elements. Everything that is shown came from a file, a peer or a record of
 * somebody else's making, so text goes in as text: nothing here, or anywhere on this page, parses
 * markup. What is already there is left alone, so that focus, selection and a reader's place stay.
 */

type Child = Node | string | undefined

/** A new element; `class`, `text` and the rest of the names as attributes (undefined: left out). */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) setAttribute(made, key, value)
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** The element of the document with this id. Throws when the page has none. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found as Kind
}

/** Puts a text in, when it is another one. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

/** Puts an attribute, when it is another one; undefined takes it away. */
export function setAttribute(node: Element, name: string, value: string | undefined): void {
  if (value === undefined) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/**
 * Makes the children of a node those of these items, in their order, each found again by its key.
 * A child that stays is changed by `update` and, where it stands right, not moved.
 */
export function keyed<Item, Part extends { root: Element }>(
  parent: Element,
  parts: Map<string, Part>,
  items: readonly Item[],
  key: (item: Item) => string,
  create: (item: Item) => Part,
  update: (part: Part, item: Item) => void,
): void {
  const wanted = new Set(items.map(key))
  for (const [name, part] of parts) {
    if (wanted.has(name)) continue
    part.root.remove()
    parts.delete(name)
  }
  items.forEach((item, index) => {
    const name = key(item)
    let part = parts.get(name)
    if (!part) parts.set(name, (part = create(item)))
    update(part, item)
    const there = parent.children[index]
    if (there !== part.root) parent.insertBefore(part.root, there ?? null)
  })
}
