import { Select, TextInput } from '@mantine/core';
import { useWords } from '../i18n/words';
import { useTenantChoice } from '../reports/useTenantChoice';
import { useWho } from '../session/session';
import { partWords } from './words';

/** Stands in the list for the service provider, whose id is empty. */
const provider = ' ';

interface Props {
  label: string;
  description?: string;
  /** "" is the service provider. */
  value: string;
  onChange: (tenant: string) => void;
  error?: string;
  /** Whether the provider is to choose, too. */
  orProvider: boolean;
  /** What the provider's choice means, where it is another thing than the provider. */
  providerLabel?: string;
}

/** One tenant, or the service provider, to whom something is to belong. Whoever may not list tenants writes its id. */
export function TenantOf({ label, description, value, onChange, error, orProvider, providerLabel }: Props) {
  const t = useWords(partWords);
  const who = useWho();
  const choice = useTenantChoice(value ? [value] : []);
  const common = { label, description, error, required: !orProvider };
  if (!who.can_list_tenants) {
    return <TextInput {...common} value={value} onChange={(e) => onChange(e.currentTarget.value)} />;
  }
  return (
    <Select
      {...common}
      {...choice}
      allowDeselect={false}
      nothingFoundMessage={t.noTenant}
      data={[...(orProvider ? [{ value: provider, label: providerLabel ?? t.provider }] : []), ...choice.data]}
      value={value || (orProvider ? provider : null)}
      onChange={(v) => onChange(v === null || v === provider ? '' : v)}
    />
  );
}
