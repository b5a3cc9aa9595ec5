/** The one error that all of some have; undefined where one has none, or another one. */
export function sameError(errors: (Error | null)[]): Error | undefined {
  const [first] = errors;
  return first && errors.every((e) => e?.message === first.message) ? first : undefined;
}
