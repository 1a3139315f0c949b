/** `src/cef/dictionary.ts` as it is compiled for the appliance; the build copies it to the page. */
export declare const dictionary: ReadonlyMap<string, { readonly name: string }>
