import { Alert, Button, Checkbox, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, call, type Schemas } from '../../../api/client';
import { idempotencyKey } from '../../../api/idempotencyKey';
import { queries } from '../../../api/queries';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { CopyOnce } from '../../../parts/CopyOnce';
import { DateField } from '../../../parts/DateField';
import { sentence } from '../../../parts/Failed';
import { Refused, useRefusal } from '../../../parts/Refused';
import { closeUnlessKept, useUnsaved } from '../../../parts/unsaved';
import { partWords } from '../../../parts/words';
import { serverNow } from '../../../session/clock';
import { useWho } from '../../../session/session';
import { ingestWords } from '../words';
import { expiryOf, type Lifetime, lifetimes, type Scope, scopes } from './keys';
import { keysQuery } from './keysQuery';
import { mayGive } from './mayGive';
import { OneTenant } from './OneTenant';

/** Makes a key, and shows it this once. While it is shown a click beside the dialog does not close it. */
export function KeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const [made, setMade] = useState<Schemas['NewKey']>();
  return (
    <Modal
      opened={opened}
      onClose={() => closeUnlessKept(onClose)}
      onExitTransitionEnd={() => setMade(undefined)}
      title={made ? t.keyMade : t.addKey}
      size="lg"
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      withCloseButton={!made}
      closeButtonProps={{ 'aria-label': p.close }}
    >
      {made ? <Shown made={made} onClose={onClose} /> : <Form onClose={onClose} onMade={setMade} />}
    </Modal>
  );
}

function Shown({ made, onClose }: { made: Schemas['NewKey']; onClose: () => void }) {
  const t = useWords(ingestWords);
  const { said } = useServerText();
  return (
    <Stack>
      {made.text ? (
        <>
          <Text size="sm">{t.keyOnce}</Text>
          <CopyOnce label={made.key.name} text={made.text} />
        </>
      ) : (
        <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} title={t.keyLost}>
          {made.left_out && sentence(said(made.left_out))}
        </Alert>
      )}
      {made.known === false && (
        <Alert
          color="orange"
          variant="light"
          icon={<IconAlertTriangle size={18} />}
          title={t.keyUnknown(made.key.tenant)}
        >
          {t.keyUnknownHint}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t.keyKept}
        </Button>
      </Group>
    </Stack>
  );
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (made: Schemas['NewKey']) => void }) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const who = useWho();
  const [name, setName] = useState('');
  const [all, setAll] = useState(who.reach.all);
  const [tenant, setTenant] = useState(who.tenant);
  const [chosen, setChosen] = useState<Scope[]>(['ingest']);
  const [lifetime, setLifetime] = useState<Lifetime>('never');
  const [date, setDate] = useState('');
  // A request whose answer was lost makes no second key.
  const attempt = useRef({ id: '', body: '' });
  const saved = useUnsaved([name, all, tenant, chosen, lifetime, date]);
  const make = useMutation({
    mutationFn: () => {
      const body = {
        name,
        tenant: all ? undefined : tenant.trim(),
        scopes: chosen,
        expires: expiryOf(lifetime, date, serverNow()) ?? undefined,
      };
      const said = JSON.stringify([name, all, tenant, chosen, lifetime, date]);
      if (attempt.current.body !== said) attempt.current = { id: idempotencyKey(), body: said };
      return call(api.POST('/api/v1/keys', { body, params: { header: { 'Idempotency-Key': attempt.current.id } } }));
    },
    onSuccess: (made) => {
      saved();
      queries.invalidateQueries({ queryKey: keysQuery.queryKey });
      onMade(made);
    },
  });
  const wrong = useRefusal(make.error);
  const placed = ['name', 'tenant', 'scopes', 'expires'].some((path) => wrong(path));
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t.keyName}
          description={t.keyNameHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          error={wrong('name')}
        />
        <Stack gap={6}>
          <Text size="sm" fw={600} id="key-whose">
            {t.keyWhose}
          </Text>
          {who.reach.all && (
            <SegmentedControl
              aria-labelledby="key-whose"
              style={{ alignSelf: 'flex-start' }}
              value={all ? 'all' : 'one'}
              onChange={(v) => setAll(v === 'all')}
              data={[
                { value: 'all', label: t.allTenants },
                { value: 'one', label: t.oneTenant },
              ]}
            />
          )}
          {!all && <OneTenant value={tenant} onChange={setTenant} error={wrong('tenant')} />}
        </Stack>
        <Checkbox.Group
          label={t.scopes}
          value={chosen}
          onChange={(v) => setChosen(scopes.filter((s) => v.includes(s)))}
          error={wrong('scopes')}
        >
          <Stack gap="xs" pt={6}>
            {scopes.map((s) => {
              const allowed = mayGive(who, s);
              return (
                <Checkbox
                  key={s}
                  value={s}
                  label={t[s]}
                  description={allowed ? t[`${s}Hint`] : t.scopeDenied}
                  disabled={!allowed}
                />
              );
            })}
          </Stack>
        </Checkbox.Group>
        <Group align="flex-start" gap="sm">
          <Select
            label={t.expires}
            allowDeselect={false}
            w={200}
            data={lifetimes.map((value) => ({ value, label: t[`life_${value}`] }))}
            value={lifetime}
            onChange={(v) => setLifetime(lifetimes.find((x) => x === v) ?? 'never')}
            error={lifetime === 'date' ? undefined : wrong('expires')}
          />
          {lifetime === 'date' && (
            <DateField
              label={t.lastDate}
              required
              min={serverNow().slice(0, 10)}
              value={date}
              onChange={setDate}
              error={wrong('expires')}
            />
          )}
        </Group>
        {!placed && <Refused error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {p.cancel}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t.addKey}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
