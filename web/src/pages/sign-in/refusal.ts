/** Why the server has refused a sign-in by OpenID Connect, as it says it in the address that it leads to. */
export const refusals = ['off', 'again', 'cancelled', 'no-member', 'no-email', 'unverified', 'provider'] as const;

export type Refusal = (typeof refusals)[number];

/** The reason that an address says; undefined where it says none that there is. */
export function refusalFrom(text: unknown): Refusal | undefined {
  return refusals.find((r) => r === text);
}
