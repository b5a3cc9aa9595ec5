import { Autocomplete, Button, Collapse, Select, Stack, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { useRefusal } from '../parts/Refused';
import type { Definition } from '../reports/definitions';
import { valuesOf, withValues } from '../reports/question';
import { valueCalled } from '../reports/valueCalled';
import classes from './Fields.module.css';
import type { JobDraft } from './job';
import { runWords } from './words';

interface Props {
  definition: Definition;
  draft: JobDraft;
  onChange: (change: Partial<JobDraft>) => void;
  error: unknown;
}

/** The options and filters that the report's definition has. They stay folded where nothing is chosen and nothing wrong. */
export function ReportOptions({ definition, draft, onChange, error }: Props) {
  const t = useWords(runWords);
  const r = useServerText().report(definition.name);
  const wrong = useRefusal(error);
  const options = definition.options ?? [];
  const filters = definition.filters ?? [];
  const [opened, { toggle }] = useDisclosure(Object.keys(draft.options).length + draft.where.length > 0);
  if (options.length + filters.length === 0) return null;
  const shown = opened || wrong('options', 'where') !== undefined;
  const choose = (name: string, value: string, standard: string) => {
    const { [name]: _, ...others } = draft.options;
    onChange({ options: value === '' || value === standard ? others : { ...others, [name]: value } });
  };
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        leftSection={<IconAdjustmentsHorizontal size={16} stroke={1.6} />}
        aria-expanded={shown}
        onClick={toggle}
      >
        {t.options}
      </Button>
      <Collapse expanded={shown}>
        <Stack pt="sm" gap="sm">
          <div className={classes.row}>
            {options.map((o) => {
              const common = { label: r.label(o.name), title: r.text(o.about), error: wrong(`options.${o.name}`) };
              const value = draft.options[o.name] ?? o.default;
              return o.length ? (
                <Autocomplete
                  key={o.name}
                  {...common}
                  data={(o.values ?? []).map(r.text)}
                  value={r.text(value)}
                  onChange={(v) => choose(o.name, valueCalled(v, o, r), o.default)}
                />
              ) : (
                <Select
                  key={o.name}
                  {...common}
                  allowDeselect={false}
                  data={(o.values ?? []).map((v) => ({ value: v, label: r.label(v) }))}
                  value={value}
                  onChange={(v) => v !== null && choose(o.name, v, o.default)}
                />
              );
            })}
            {filters.map((field) => {
              const values = valuesOf(draft.where, field.name);
              return (
                <TagsInput
                  key={field.name}
                  label={r.label(field.name)}
                  title={r.text(field.about)}
                  placeholder={values.length === 0 ? t.valueHint : undefined}
                  value={values}
                  onChange={(next) => onChange({ where: withValues(draft.where, field.name, next) ?? [] })}
                  clearable
                />
              );
            })}
          </div>
        </Stack>
      </Collapse>
    </div>
  );
}
