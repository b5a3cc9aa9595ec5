import { leftOut, rules } from './reasons';
import { asking } from './sentences/asking';
import { composed } from './sentences/composed';
import { events } from './sentences/events';
import { people } from './sentences/people';
import { sending } from './sentences/sending';
import { server } from './sentences/server';

/** Sentences that stand whole in the server's source. */
export const written: Record<string, string> = {
  ...leftOut,
  ...rules,
  ...events,
  ...asking,
  ...people,
  ...sending,
  ...server,
};

export const sentences: Record<string, string> = { ...written, ...composed };
