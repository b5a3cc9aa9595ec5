/** A zone with how far its clocks are from UTC at an instant, such as Asia/Kolkata (UTC+5:30). */
export function zoneLabel(zone: string, at: Date): string {
  if (zone === 'UTC') return zone;
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  } catch {
    return zone; // An address may name one that there is not.
  }
  const offset = parts.find((p) => p.type === 'timeZoneName')?.value.replace('GMT', 'UTC');
  return offset ? `${zone.replaceAll('_', ' ')} (${offset})` : zone;
}
