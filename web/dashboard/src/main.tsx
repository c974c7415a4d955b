import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import './styles/index.css';
import { App } from './App.tsx';
import { makeQueryClient } from './api/queries.ts';
import { startTheme } from './app/theme.ts';

startTheme();
createRoot(document.getElementById('app') as HTMLElement).render(
  <BrowserRouter>
    <App queries={makeQueryClient()} />
  </BrowserRouter>,
);
