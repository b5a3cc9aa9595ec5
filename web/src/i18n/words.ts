import { type Language, useLanguage } from './language';

/** A text, or a function that makes one of values. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of each text are its own
type Text = string | ((...values: any[]) => string);

type Same<E> = { [K in keyof E]: E[K] extends string ? string : E[K] };

/** The texts of a page or part. Both languages have the same ones, or it does not compile. */
export type Words<E> = Record<Language, Same<E>>;

/** Declares the texts of a page; they live beside it, in its words.ts. */
export function words<E extends Record<string, Text>>(texts: { en: E; de: Same<E> }): Words<E> {
  return texts as Words<E>;
}

/** The texts in the language of the reader: `const t = useWords(words)`, then `t.title` or `t.rows(5)`. */
export function useWords<E>(texts: Words<E>): Same<E> {
  return texts[useLanguage().language];
}
