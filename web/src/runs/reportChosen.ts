import type { Definition } from '../reports/definitions';
import type { JobDraft } from './job';

/** What changes in a form with another report: what was chosen of the one before, and the zone where the new one is in UTC whatever is asked. */
export function reportChosen(definition: Pick<Definition, 'name' | 'zone'>): Partial<JobDraft> {
  const chosen: Partial<JobDraft> = { report: definition.name, table: '', options: {}, where: [] };
  return definition.zone === 'always-utc' ? { ...chosen, zone: '' } : chosen;
}
