import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/error';
import { languageNow } from '../i18n/language';
import { sentence } from './Failed';
import { partWords } from './words';

const closing = () => ({ 'aria-label': partWords[languageNow()].close });

/** Says for a few seconds that something is done. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'tally', autoClose: 5000, closeButtonProps: closing() });
}

/** Says that something failed, until it is closed: whoever looked away must not miss it. */
export function toastFailed(title: string, error: unknown): void {
  const message =
    error instanceof ApiError
      ? [sentence(error.detail), error.hint ? sentence(error.hint) : ''].join(' ').trim()
      : String(error);
  notifications.show({ title, message, color: 'red', autoClose: false, role: 'alert', closeButtonProps: closing() });
}
