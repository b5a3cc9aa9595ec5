import type { components } from './schema.gen';

type Problem = components['schemas']['Problem'];

/** A refusal of the server, with what is wrong and what to do in its words. Status 0: it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string | undefined;
  /** JSON path of the value that is wrong, such as "password". */
  readonly path: string | undefined;
  /** The permission that is lacking. */
  readonly needs: Problem['needs'];

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? `status ${problem.status}`);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? 'internal';
    this.detail = this.message;
    this.hint = problem.hint;
    this.path = problem.path;
    this.needs = problem.needs;
  }

  /** Whether the same request may go well in a moment. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The error that an answer tells of, whatever its body is: a proxy on the way answers in words of its own. */
export function errorOf(status: number, body: unknown): ApiError {
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return new ApiError({ ...problem, status });
}
