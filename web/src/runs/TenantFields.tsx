import { MultiSelect, Stack, TagsInput, Text } from '@mantine/core';
import { useWords } from '../i18n/words';
import { Choice } from '../parts/Choice';
import { useRefusal } from '../parts/Refused';
import { useTenantChoice } from '../reports/useTenantChoice';
import { useWho } from '../session/session';
import { Conditions } from './Conditions';
import classes from './Fields.module.css';
import type { JobDraft, Whose } from './job';
import { runWords } from './words';

interface Props {
  draft: JobDraft;
  onChange: (change: Partial<JobDraft>) => void;
  error: unknown;
}

/** Whose usage: chosen tenants, all, or those that a filter finds. Who sees one tenant only is not asked. */
export function TenantFields({ draft, onChange, error }: Props) {
  const t = useWords(runWords);
  const wrongOf = useRefusal(error);
  const who = useWho();
  const wrong = wrongOf('tenants', 'tenant', 'all_tenants');
  if (!who.reach.all && who.reach.tenants === 1 && draft.whose === 'these' && draft.tenants[0] === who.tenant && !wrong)
    return null;
  const ways: { value: Whose; label: string }[] = [
    { value: 'all', label: t.all },
    { value: 'these', label: t.one },
    { value: 'filter', label: t.filter },
  ];
  return (
    <fieldset className={classes.group}>
      <legend>{t.whose}</legend>
      <Stack gap="xs">
        <Choice
          label={t.whose}
          data={ways}
          value={draft.whose}
          onChange={(whose) => {
            const first = whose === 'filter' && draft.filter.length === 0;
            onChange(first ? { whose, filter: ['company_name:contains:'] } : { whose });
          }}
        />
        {draft.whose === 'these' && (
          <Chosen ids={draft.tenants} onChange={(tenants) => onChange({ tenants })} error={wrong} />
        )}
        {draft.whose === 'filter' && (
          <Conditions
            filter={draft.filter}
            onChange={(filter) => onChange({ filter })}
            error={wrongOf('filter') ?? wrong}
          />
        )}
        {draft.whose !== 'these' && (
          <Text size="xs" c="dimmed">
            {draft.whose === 'all' ? t.allHint : t.filterHint}
          </Text>
        )}
      </Stack>
    </fieldset>
  );
}

/** Tenants by their names; whoever may not list tenants writes their ids. */
function Chosen({ ids, onChange, error }: { ids: string[]; onChange: (ids: string[]) => void; error?: string }) {
  const t = useWords(runWords);
  const who = useWho();
  const choice = useTenantChoice(ids);
  const common = { label: t.tenants, value: ids, onChange, error, clearable: true, required: true };
  if (!who.can_list_tenants) return <TagsInput {...common} placeholder={ids.length === 0 ? t.valueHint : undefined} />;
  return <MultiSelect {...common} {...choice} hidePickedOptions nothingFoundMessage={t.noTenant} />;
}
