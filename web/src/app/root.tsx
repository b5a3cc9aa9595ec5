import { Center } from '@mantine/core';
import { createRootRoute, Outlet } from '@tanstack/react-router';
import { FailedPage } from '../parts/FailedPage';
import { NotFound } from '../parts/NotFound';

/** Above all pages. */
export const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => (
    <Center component="main" mih="100dvh">
      <FailedPage error={error} reset={reset} />
    </Center>
  ),
});
