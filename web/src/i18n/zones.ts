import type { SelectProps } from '@mantine/core';
import { zoneLabel } from './zoneLabel';

/** Names that browsers list still, and what these zones are called now. */
const renamed: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
const formerly = new Map(Object.entries(renamed).map(([old, now]) => [now, old]));

/** What a zone is called now. */
export const currentZone = (zone: string): string => renamed[zone] ?? zone;

/** Time zones to choose from by their current names, UTC first. To list them takes the browser a moment: a page that needs the name of one alone imports zoneLabel. */
export const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map(currentZone).sort()])];

const plain = (text: string) => text.toLowerCase().replaceAll('_', ' ').trim();

/** Whether a zone is meant by what somebody looks for: a part of its name, of the one that it had, or of its label. */
export function zoneFound({ value, label }: { value: string; label: string }, search: string): boolean {
  return plain(`${value}\n${formerly.get(value) ?? ''}\n${label}`).includes(plain(search));
}

/** How a field finds zones in its list. Enter takes the first; where a zone is chosen already, it stays so. */
export const zoneSearch: Pick<
  SelectProps,
  'searchable' | 'selectFirstOptionOnChange' | 'allowDeselect' | 'limit' | 'filter'
> = {
  searchable: true,
  selectFirstOptionOnChange: true,
  allowDeselect: false,
  limit: 60,
  filter: ({ options, search, limit }) =>
    options
      .filter((o) => 'value' in o && zoneFound({ value: String(o.value), label: String(o.label) }, search))
      .slice(0, limit),
};

/** The zone of the reader's own clock, in which lists say when something happened. */
export const ownZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** All zones for a choice, with their offsets now. */
export function zoneChoices(at: Date, also?: string) {
  const all = also && !zones.includes(also) ? [also, ...zones] : zones;
  return all.map((zone) => ({ value: zone, label: zoneLabel(zone, at) }));
}
