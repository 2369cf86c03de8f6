// Keeps the page live. Everything it does is also there without it: reload, and press the button.
const root = document.querySelector('.wrap');
const live = document.querySelector('.live');
const said = document.querySelector('.said');
let ahead = Number(root.dataset.now) - Date.now();

const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
const words = (seconds) => {
  const at = units.findIndex(([, size]) => seconds >= size);
  if (at < 0) return '0 s';
  const [unit, size] = units[at];
  const rest = at < 2 ? Math.floor((seconds % size) / units[at + 1][1]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${units[at + 1][0]}` : ''}`;
};

function tick() {
  const now = Date.now() + ahead;
  for (const time of document.querySelectorAll('time[data-distance]')) {
    const left = (Date.parse(time.dateTime) - now) / 1000;
    const text = left > 0 ? `in ${words(Math.ceil(left))}` : `${words(-left)} ago`;
    if (time.textContent !== text) time.textContent = text;
  }
  for (const bar of document.querySelectorAll('svg.life')) {
    const { from, to } = bar.dataset;
    const spent = Math.min(100, Math.max(0, 100 * (now - from) / (to - from || 1)));
    bar.querySelector('.left').setAttribute('x', `${spent}%`);
    bar.querySelector('.left').setAttribute('width', `${100 - spent}%`);
    bar.querySelector('.now').setAttribute('cx', `${spent}%`);
  }
}

// The clock of whoever looks, with the day where it is another one.
function clocks(within) {
  const today = new Date(Date.now() + ahead).toDateString();
  for (const time of within.querySelectorAll('time[data-clock]')) {
    const at = new Date(time.dateTime);
    const clock = { hour: '2-digit', minute: '2-digit', ...(time.dataset.clock === 'seconds' && { second: '2-digit' }) };
    const day = at.toDateString() === today ? {} : { day: 'numeric', month: 'short' };
    time.textContent = at.toLocaleString(undefined, { ...clock, ...day });
    time.title = time.dateTime;
  }
}

// Only what differs is replaced, so that focus, selection and opened details stay where they are.
function show(markup) {
  const news = new DOMParser().parseFromString(markup, 'text/html').querySelector('#tokens');
  const old = document.querySelector('#tokens');
  clocks(news);
  const ids = [...old.querySelectorAll('li.token')].map((card) => card.id).join();
  if (ids !== [...news.querySelectorAll('li.token')].map((card) => card.id).join()) {
    keep(old, news);
    return;
  }
  for (const part of ['.counts', '.pages']) {
    const [was, is] = [old.querySelector(part), news.querySelector(part)];
    if (was && is) was.replaceWith(is);
  }
  for (const card of news.querySelectorAll('li.token')) keep(document.getElementById(card.id), card);
}

function keep(was, is) {
  const open = [...was.querySelectorAll('details')].map((one) => one.open);
  is.querySelectorAll('details').forEach((one, index) => { one.open = open[index] ?? false; });
  const focused = was.contains(document.activeElement) ? document.activeElement : null;
  const selector = focused && (focused.id ? `#${focused.id}` : focused.localName);
  was.replaceWith(is);
  if (focused) (is.querySelector(selector) ?? is).focus?.();
}

function listen() {
  const stream = new EventSource(root.dataset.events);
  stream.addEventListener('open', () => { live.textContent = 'Live'; });
  stream.addEventListener('error', () => { live.textContent = 'Connecting again…'; });
  stream.addEventListener('tokens', (event) => {
    const news = JSON.parse(event.data);
    ahead = news.now - Date.now();
    show(news.markup);
    tick();
  });
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  event.preventDefault();
  const button = form.querySelector('button');
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  said.textContent = '';
  try {
    const answer = await fetch(form.action, {
      method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' },
    });
    said.textContent = (await answer.json()).said;
  } catch {
    said.textContent = 'The program did not answer. Reload the page and try again.';
  } finally {
    button.removeAttribute('aria-busy');
  }
});

clocks(document);
tick();
setInterval(tick, 1000);
listen();
