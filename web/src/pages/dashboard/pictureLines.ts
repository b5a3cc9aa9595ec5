import type { Formats } from '../../i18n/format';
import type { Answer, Asked } from '../../reports/answers';
import { periodsText, spanText, zonesOf } from '../../reports/period';
import { previousOf } from '../../reports/previous';
import type { dashboardWords } from './words';

/** What a picture of an answer says of it, away from its page: whose usage, of when, on whose clocks, and what it is compared with. */
export function pictureLines(
  { tenants }: Pick<Answer, 'tenants'>,
  asked: Asked,
  compared: boolean,
  t: (typeof dashboardWords)['en'],
  f: Formats,
): string[] {
  const [first] = tenants ?? [];
  if (!tenants || !first) return [];
  const zones = zonesOf(tenants);
  const zone = zones.length === 1 ? ` ${t.inZone(first.zone)}` : `, ${t.ownZones(zones.length)}`;
  return [
    asked.all_tenants ? t.allTenants : f.list(tenants.map((x) => x.company || x.tenant)),
    periodsText(tenants, f) + zone,
    ...(compared ? [t.comparedWith(spanText(previousOf(asked, first), f))] : []),
  ];
}
