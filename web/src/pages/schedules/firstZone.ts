import { currentZone, ownZone } from '../../i18n/zones';
import type { Who } from '../../session/session';

/** The zone that a new schedule begins with: that of the provider for its own members, where the settings say one, else that of the browser. */
export function firstZone({ tenant, time_zone: zone }: Pick<Who, 'tenant' | 'time_zone'>): string {
  return currentZone((tenant === '' && zone) || ownZone);
}
