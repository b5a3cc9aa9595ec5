import createClient from 'openapi-fetch';
import { fetchSignedIn } from '../session/again';
import { ApiError, errorOf } from './error';
import type { components, paths } from './schema.gen';

/** The routes of the server, typed by docs/openapi.json. Wrap each request in {@link call}. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchSignedIn });

/** The types of what the server says, by their names there. */
export type Schemas = components['schemas'];

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer as JSON; throws an {@link ApiError} where the server refuses or can't be reached. Files are for links, and not for this. */
export async function call<T>(request: Promise<Answer<T>>): Promise<Exclude<T, string>> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ status: 0, code: 'unavailable', detail: String(error) });
  }
  if (!answer.response.ok) throw errorOf(answer.response.status, answer.error);
  return answer.data as Exclude<T, string>;
}
