import { Select } from '@mantine/core';
import { useTenantChoice } from '../reports/useTenantChoice';

/** Narrows a list to what belongs to one tenant, which the server finds by what is typed. */
export function TenantFilter({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (tenant: string | undefined) => void;
}) {
  const choice = useTenantChoice(value ? [value] : []);
  return (
    <Select
      aria-label={label}
      placeholder={placeholder}
      clearable
      allowDeselect={false}
      w={220}
      {...choice}
      value={value ?? null}
      onChange={(tenant) => onChange(tenant ?? undefined)}
    />
  );
}
