import type { Schemas } from '../../api/client';

export type Setting = Schemas['Setting'];

/** What belongs together on the page. A setting that the server has and this list lacks stands in a group of its own at the end. */
export const groups = {
  general: ['provider_name', 'public_url', 'time_zone', 'services'],
  files: ['retention_days'],
  mail: [
    'smtp_host',
    'smtp_port',
    'smtp_security',
    'smtp_auth',
    'smtp_user',
    'smtp_password',
    'smtp_from',
    'smtp_from_name',
  ],
  recipients: ['mail_domains', 'webhook_private'],
  oidc: ['oidc_issuer', 'oidc_client_id', 'oidc_client_secret', 'oidc_name', 'oidc_trusted_issuers'],
} as const;

export type Group = keyof typeof groups | 'others';

/** The settings in their groups; groups without any are left out. */
export function grouped(settings: Setting[]): { group: Group; settings: Setting[] }[] {
  const known = new Set<string>(Object.values(groups).flat());
  const list: { group: Group; settings: Setting[] }[] = Object.entries(groups).map(([group, names]) => ({
    group: group as Group, // its keys are groups
    settings: names.flatMap((name) => settings.find((s) => s.name === name) ?? []),
  }));
  list.push({ group: 'others', settings: settings.filter((s) => !known.has(s.name)) });
  return list.filter((g) => g.settings.length > 0);
}

/** What was entered and is not saved, by name. null brings back what holds without a setting. */
export type Draft = Record<string, unknown>;

/** A draft with another value; one that is as saved is no change. */
export function entered(draft: Draft, setting: Setting, value: unknown): Draft {
  const { [setting.name]: _, ...others } = draft;
  return JSON.stringify(value) === JSON.stringify(setting.value) ? others : { ...others, [setting.name]: value };
}

/** A value as the text of a field. */
export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A value as a list of texts. */
export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
