import { Autocomplete, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../../i18n/words';
import { tenantsQuery } from '../../../reports/tenants';
import { useWho } from '../../../session/session';
import { ingestWords } from '../words';

interface Props {
  value: string;
  onChange: (id: string) => void;
  error?: string;
}

/** A tenant's id, found by its name, or written: a key may be there before the first event of its tenant. */
export function OneTenant({ value, onChange, error }: Props) {
  const t = useWords(ingestWords);
  const who = useWho();
  const [text] = useDebouncedValue(value.trim(), 250);
  const found = useQuery({ ...tenantsQuery(text), enabled: who.can_list_tenants });
  const tenants = found.data ?? [];
  return (
    <Autocomplete
      label={t.tenantId}
      description={t.tenantIdHint}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      required
      withAsterisk={false}
      value={value}
      onChange={onChange}
      error={error}
      data={tenants.map((x) => x.id)}
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{tenants.find((x) => x.id === option.value)?.company_name || option.value}</Text>
          <Text className="mono" c="dimmed">
            {option.value}
          </Text>
        </div>
      )}
    />
  );
}
