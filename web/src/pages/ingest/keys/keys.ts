import type { Schemas } from '../../../api/client';

export type Key = Schemas['Key'];

/** What a key can be used for, in the order in which it is asked. */
export const scopes = ['ingest', 'read', 'quarantine', 'attributes'] as const;
export type Scope = (typeof scopes)[number];

export type KeyState = 'active' | 'expired' | 'revoked';

/** Whether a key is good at an instant. */
export function stateOf(key: Pick<Key, 'revoked' | 'expires'>, now: string): KeyState {
  if (key.revoked) return 'revoked';
  return key.expires && Date.parse(key.expires) <= Date.parse(now) ? 'expired' : 'active';
}

export const lifetimes = ['never', '30', '90', '365', 'date'] as const;
export type Lifetime = (typeof lifetimes)[number];

/** When a key made now expires: after so many days, or when a date is over in the reader's zone; null: never. */
export function expiryOf(lifetime: Lifetime, date: string, now: string): string | null {
  if (lifetime === 'never') return null;
  if (lifetime !== 'date') return new Date(Date.parse(now) + Number(lifetime) * 86_400_000).toISOString();
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return date ? new Date(year, month - 1, day + 1).toISOString() : null;
}
