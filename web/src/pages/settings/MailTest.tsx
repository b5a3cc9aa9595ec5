import { Alert, Button, Divider, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertCircle, IconMailCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { useWho } from '../../session/session';
import { settingsWords } from './words';

/** Sends a short mail by the settings as they are saved, and shows what the mail server said. */
export function MailTest({ unsaved }: { unsaved: boolean }) {
  const t = useWords(settingsWords);
  const { said } = useServerText();
  const who = useWho();
  const [to, setTo] = useState(who.name);
  const test = useMutation({
    mutationFn: () => call(api.POST('/api/v1/settings/mail-test', { body: { to } })),
  });
  const wrongOf = useRefusal(test.error);
  const wrong = wrongOf('to');
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        test.mutate();
      }}
    >
      <Stack gap="sm" pt="lg">
        <Divider />
        <Text fw={600} size="sm" pt="xs">
          {t.test}
        </Text>
        <Group align="flex-start" gap="sm">
          <TextInput
            label={t.testTo}
            type="email"
            required
            withAsterisk={false}
            flex="1 1 240px"
            maw={360}
            value={to}
            onChange={(e) => setTo(e.currentTarget.value)}
            error={wrong}
          />
          <Button type="submit" variant="default" mt={25} loading={test.isPending} disabled={unsaved}>
            {t.sendTest}
          </Button>
        </Group>
        {unsaved && (
          <Text size="xs" c="dimmed">
            {t.testUnsaved}
          </Text>
        )}
        {!wrong && <Refused error={test.error} />}
        {test.data && (
          <Alert
            role="status"
            variant="light"
            color={test.data.sent ? 'tally' : 'red'}
            icon={test.data.sent ? <IconMailCheck size={18} /> : <IconAlertCircle size={18} />}
            title={test.data.sent ? t.testSent(test.data.to) : t.testFailed}
          >
            {said(test.data.answer)}
          </Alert>
        )}
      </Stack>
    </form>
  );
}
