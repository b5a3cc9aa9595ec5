import { ActionIcon, Button, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { type Condition, conditionOf, conditionText, fields, operators, valuesOfField } from './conditions';
import classes from './Fields.module.css';
import { runWords } from './words';

interface Props {
  /** FIELD:OPERATOR:VALUE each */
  filter: string[];
  onChange: (filter: string[]) => void;
  error?: string;
}

/** Conditions on tenants, of which all must hold. */
export function Conditions({ filter, onChange, error }: Props) {
  const t = useWords(runWords);
  const set = (i: number, c: Condition) => onChange(filter.map((text, j) => (j === i ? conditionText(c) : text)));
  return (
    <Stack gap="xs">
      {filter.map((text, i) => {
        const c = conditionOf(text);
        const values = valuesOfField(c.field);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may say the same while they are entered
          <div key={i} className={classes.condition}>
            <Select
              aria-label={t.field}
              allowDeselect={false}
              data={fields.map((value) => ({ value, label: t[value] }))}
              value={c.field}
              onChange={(v) => {
                const field = fields.find((x) => x === v) ?? c.field;
                const [first] = valuesOfField(field);
                set(
                  i,
                  first
                    ? { field, operator: 'equals', value: first }
                    : { ...c, field, value: values[0] ? '' : c.value },
                );
              }}
            />
            <Select
              aria-label={t.operator}
              allowDeselect={false}
              data={operators
                .filter((o) => values.length === 0 || o === 'equals' || o === 'not-equals')
                .map((value) => ({ value, label: t[value] }))}
              value={c.operator}
              onChange={(v) => set(i, { ...c, operator: operators.find((o) => o === v) ?? c.operator })}
            />
            {values.length > 0 ? (
              <Select
                aria-label={t.value}
                allowDeselect={false}
                data={values.map((value) => ({ value, label: labelOf(value, t) }))}
                value={c.value}
                onChange={(v) => v && set(i, { ...c, value: v })}
              />
            ) : (
              <TextInput
                aria-label={t.value}
                placeholder={t.value}
                value={c.value}
                onChange={(e) => set(i, { ...c, value: e.currentTarget.value })}
              />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              size="input-sm"
              aria-label={t.removeCondition(i + 1)}
              onClick={() => onChange(filter.filter((_, j) => j !== i))}
            >
              <IconTrash size={18} stroke={1.6} />
            </ActionIcon>
          </div>
        );
      })}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={16} />}
        onClick={() => onChange([...filter, 'company_name:contains:'])}
      >
        {t.addCondition}
      </Button>
    </Stack>
  );
}

export function labelOf(value: string, t: (typeof runWords)['en']): string {
  if (value === 'true') return t.yes;
  if (value === 'false') return t.no;
  return value === 'PRODUCTION' || value === 'TRIAL' ? t[value] : value;
}
