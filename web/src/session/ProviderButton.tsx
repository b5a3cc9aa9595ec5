import { Button, Divider, type MantineSpacing, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../i18n/words';
import { beginAt } from './beginAt';
import { waysQuery } from './provider';
import { sessionWords } from './words';

interface Props {
  /** Where it leads afterwards. Without it another tab is opened, and this page stays. */
  returnTo?: string;
  mt?: MantineSpacing;
}

/** The way to sign in through the directory of a company; nothing where there is none. */
export function ProviderButton({ returnTo, mt }: Props) {
  const t = useWords(sessionWords);
  const provider = useQuery(waysQuery).data?.openid;
  if (!provider) return null;
  return (
    <Stack gap="md" mt={mt}>
      <Divider label={t.or} />
      <Button
        component="a"
        href={beginAt(returnTo ?? '/')}
        target={returnTo === undefined ? '_blank' : undefined}
        rel={returnTo === undefined ? 'noopener' : undefined}
        variant="default"
        fullWidth
      >
        {t.continueWith(provider.name)}
      </Button>
      {returnTo === undefined && (
        <Text size="sm" c="dimmed" ta="center">
          {t.otherTab}
        </Text>
      )}
    </Stack>
  );
}
