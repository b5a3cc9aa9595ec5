import { ApiError } from '../api/error';
import { sentence } from '../parts/Failed';

/** What an error says of the field of a form at a path, or below it: what is wrong, and what to do. */
export function wrongAt(error: unknown, ...paths: string[]): string | undefined {
  if (!(error instanceof ApiError) || !error.path) return undefined;
  const at = error.path;
  if (!paths.some((p) => at === p || at.startsWith(`${p}.`) || at.startsWith(`${p}[`))) return undefined;
  return [sentence(error.detail), error.hint ? sentence(error.hint) : ''].join(' ').trim();
}
