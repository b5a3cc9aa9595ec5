/** Time zones to choose from, UTC first. */
export const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')];

/** The zone of the reader's own clock, in which lists say when something happened. */
export const ownZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A zone with how far its clocks are from UTC at an instant, such as Asia/Kolkata (UTC+5:30). */
export function zoneLabel(zone: string, at: Date): string {
  if (zone === 'UTC') return zone;
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  const offset = parts.find((p) => p.type === 'timeZoneName')?.value.replace('GMT', 'UTC');
  return offset ? `${zone.replaceAll('_', ' ')} (${offset})` : zone;
}

/** All zones for a choice, with their offsets now. */
export function zoneChoices(at: Date, also?: string) {
  const all = also && !zones.includes(also) ? [also, ...zones] : zones;
  return all.map((zone) => ({ value: zone, label: zoneLabel(zone, at) }));
}
