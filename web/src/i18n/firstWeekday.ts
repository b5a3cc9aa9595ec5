/** Where weeks begin on a Sunday or Saturday, for browsers that do not say it; elsewhere they begin on a Monday. After the data of CLDR. */
const sunday =
  'AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW';
const saturday = 'AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY';

interface WeekInfo {
  /** 1 is Monday, 7 is Sunday. */
  firstDay: number;
}

/** Newer browsers know the weeks of a locale, some as a method and some as a value. */
type LocaleWithWeeks = Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

/** The day that weeks of a locale begin on: 0 is Sunday. */
export function firstWeekday(tag: string, locale: LocaleWithWeeks = new Intl.Locale(tag)): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  const { firstDay } = locale.getWeekInfo?.() ?? locale.weekInfo ?? { firstDay: guessed(locale) };
  return (firstDay % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6;
}

function guessed(locale: Intl.Locale): number {
  const region = locale.maximize().region ?? '';
  if (sunday.split(' ').includes(region)) return 7;
  return saturday.split(' ').includes(region) ? 6 : 1;
}
