import { ApiError } from '../api/error';
import { queries } from '../api/queries';
import { anyUnsaved } from '../parts/unsaved';

/** Where a refusal told that somebody may do less than the app thinks, until it has asked again. */
let deniedAt: string | undefined;

function askAgain(): Promise<void> {
  deniedAt = undefined;
  return queries.refetchQueries({ queryKey: ['session'] });
}

/**
 * Asks who is signed in again when something is refused for want of a permission, so that navigation and menus offer what is allowed now. Where that could
 * take away a form or a dialog with what is entered or said in it, it waits for the next page; see {@link askedAgain}.
 */
export function watchDenied(): void {
  const denied = (error: unknown) => error instanceof ApiError && error.status === 403;
  queries.getQueryCache().subscribe((e) => {
    if (e.type !== 'updated' || e.action.type !== 'error' || !denied(e.action.error)) return;
    if (anyUnsaved()) deniedAt = location.pathname;
    else askAgain();
  });
  queries.getMutationCache().subscribe((e) => {
    if (e.type === 'updated' && e.action.type === 'error' && denied(e.action.error)) deniedAt = location.pathname;
  });
}

/** Asks again where that waited for a page at another path. */
export async function askedAgain(path: string): Promise<void> {
  if (deniedAt !== undefined && deniedAt !== path) await askAgain();
}
