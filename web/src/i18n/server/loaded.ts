import type { ServerText } from './serverText';

let german: ServerText | undefined;
const listeners = new Set<() => void>();

/** The German of what the server says: it is fetched when somebody reads German, so that others need not. Until then, or where it can't be fetched, the English is shown. */
export const germanText = {
  get: (): ServerText | undefined => german,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  async fetch(): Promise<void> {
    if (german) return;
    try {
      ({ germanText: german } = await import('./german/german'));
      for (const listener of listeners) listener();
    } catch {
      // English is better than no page, and the next time the language is chosen it is tried again.
    }
  },
};
