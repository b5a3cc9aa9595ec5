import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failed } from './Failed';
import { ToStart } from './ToStart';

/** Stands in the place of a page that can't be shown, with the way back. */
export function FailedPage({ error, reset }: Pick<ErrorComponentProps, 'error' | 'reset'>) {
  return (
    <Failed error={error} retry={reset}>
      <ToStart />
    </Failed>
  );
}
