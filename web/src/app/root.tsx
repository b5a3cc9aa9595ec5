import { Center } from '@mantine/core';
import { createRootRoute, Outlet } from '@tanstack/react-router';
import { Failed } from '../parts/Failed';
import { NotFound } from '../parts/NotFound';

/** Above all pages. */
export const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => (
    <Center component="main" mih="100dvh">
      <Failed error={error} retry={reset} />
    </Center>
  ),
});
