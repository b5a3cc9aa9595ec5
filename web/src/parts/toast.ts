import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/error';
import { sentence } from './Failed';

/** Says for a few seconds that something is done. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'tally', autoClose: 5000 });
}

/** Says that something failed, until it is closed: whoever looked away must not miss it. */
export function toastFailed(title: string, error: unknown): void {
  const message =
    error instanceof ApiError
      ? [sentence(error.detail), error.hint ? sentence(error.hint) : ''].join(' ').trim()
      : String(error);
  notifications.show({ title, message, color: 'red', autoClose: false, role: 'alert' });
}
