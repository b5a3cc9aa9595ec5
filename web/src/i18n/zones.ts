import { zoneLabel } from './zoneLabel';

/** Time zones to choose from, UTC first. To list them takes the browser a moment: a page that needs the name of one alone imports zoneLabel. */
export const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];

/** The zone of the reader's own clock, in which lists say when something happened. */
export const ownZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** All zones for a choice, with their offsets now. */
export function zoneChoices(at: Date, also?: string) {
  const all = also && !zones.includes(also) ? [also, ...zones] : zones;
  return all.map((zone) => ({ value: zone, label: zoneLabel(zone, at) }));
}
