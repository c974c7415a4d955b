import { type ComponentType, lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Guard } from './app/Guard.tsx';
import { NotFound } from './app/NotFound.tsx';
import { PATHS } from './app/paths.ts';
import { Shell } from './app/Shell.tsx';

const PAGES: Record<string, ComponentType> = {
  [PATHS.home]: lazy(() => import('./pages/home/index.tsx')),
  [PATHS.transactions]: lazy(() => import('./pages/transactions/index.tsx')),
  [`${PATHS.transactions}/:id`]: lazy(() => import('./pages/payment/index.tsx')),
  [PATHS.webhooks]: lazy(() => import('./pages/webhooks/index.tsx')),
  [`${PATHS.webhooks}/:id`]: lazy(() => import('./pages/delivery/index.tsx')),
  [PATHS.keys]: lazy(() => import('./pages/keys/index.tsx')),
  [PATHS.settings]: lazy(() => import('./pages/settings/index.tsx')),
  [PATHS.docs]: lazy(() => import('./pages/docs/index.tsx')),
};
const Login = lazy(() => import('./pages/login/index.tsx'));

export function Pages() {
  return (
    <Routes>
      <Route path={PATHS.login} element={<Login />} />
      <Route element={<Guard />}>
        <Route path="/" element={<Navigate to={PATHS.home} replace />} />
        <Route element={<Shell />}>
          {Object.entries(PAGES).map(([path, Page]) => (
            <Route key={path} path={path} element={<Page />} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Route>
      </Route>
    </Routes>
  );
}
