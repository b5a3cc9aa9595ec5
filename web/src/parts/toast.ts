import type { NotificationData } from '@mantine/notifications';
import { ApiError } from '../api/error';
import { languageNow } from '../i18n/language';
import { serverTextNow } from '../i18n/server/useServerText';
import { problemText } from './Failed';
import { partWords } from './words';

let any = false;
const listeners = new Set<() => void>();

/** Whether there was a toast: before, nothing of what draws them is needed. */
export const toasted = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: (): boolean => any,
};

/** Fetches what draws toasts, so that it is there when the server can't be reached. */
export const fetchToasts = () => import('./Toasts');

async function show(toast: NotificationData): Promise<void> {
  const toasts = await fetchToasts();
  toasts.show({ ...toast, closeButtonProps: { 'aria-label': partWords[languageNow()].close } });
  any = true;
  for (const listener of listeners) listener();
}

/** Says for a few seconds that something is done. */
export function toastDone(message: string): void {
  show({ message, color: 'tally', autoClose: 5000 });
}

/** Says that something failed, until it is closed: whoever looked away must not miss it. */
export function toastFailed(title: string, error: unknown): void {
  const message = error instanceof ApiError ? problemText(error, serverTextNow().said) : String(error);
  show({ title, message, color: 'red', autoClose: false, role: 'alert' });
}
