extension TransfersPage {
  /// The script of the page. Text comes into the page by `textContent` alone; names in it may be anybody's.
  static let script: StaticString = #"""
    (() => {
    'use strict';
    const interval = 1000, patience = 5000;
    const zeroCopy = new Set(['sendfile', 'splice', 'splice-through-pipe', 'copy_file_range']);
    const texts = new Set(['what', 'from', 'to', 'route']);
    const $ = id => document.getElementById(id);
    const rows = new Map();
    let transfers = [], summary = null, before = { at: NaN, bytes: new Map() };
    let lost = null, paused = false, asking = false, timer = 0;
    let sort = { key: 'seconds', down: true };

    // Characters that cannot be seen, and those that turn a line round, as signs for them.
    const visible = value => String(value ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => {
      const code = c.codePointAt(0);
      if (code === 0x200c || code === 0x200d) return c;
      if (code < 32) return String.fromCodePoint(0x2400 + code);
      return code === 127 ? '\u2421' : `\\u{${code.toString(16).toUpperCase()}}`;
    });
    // A finite number, or null: Number(null) would be 0.
    const number = value => typeof value === 'number' && Number.isFinite(value) ? value : null;
    const size = bytes => {
      if (bytes === null) return '–';
      if (bytes < 1024) return `${Math.round(bytes)} B`;
      let unit = -1;
      do { bytes /= 1024; unit++; } while (unit < 5 && Math.round(bytes * 10) >= 10240);
      return `${bytes.toFixed(1)} ${['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'][unit]}`;
    };
    const speed = rate => rate === null ? '–' : `${size(rate)}/s`;
    const two = value => String(Math.floor(value)).padStart(2, '0');
    const span = s => {
      if (s === null) return '–';
      if (s < 1) return `${Math.round(s * 1000)} ms`;
      if (s < 10) return `${s.toFixed(1)} s`;
      if (s < 60) return `${Math.floor(s)} s`;
      if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
      if (s < 86400) return `${Math.floor(s / 3600)} h ${two(s % 3600 / 60)} min`;
      return `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
    };
    const clock = date => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');

    // A rate is the difference to the answer before by the server's own clock. Across a long gap it would not be one of
    // now, and a new transfer has no answer before: then the server's own figure stands in.
    const take = answer => {
      if (!Array.isArray(answer?.transfers)) throw new Error('the answer is not a list of transfers');
      const at = number(answer.uptimeSeconds) ?? NaN, gap = at - before.at, bytes = new Map();
      transfers = answer.transfers.map(one => {
        const moved = number(one.bytes) ?? 0, past = before.bytes.get(one.id);
        bytes.set(one.id, moved);
        const isKnown = past !== undefined && past <= moved && gap > 0 && gap < 10;
        return {
          id: one.id, service: visible(one.service), direction: visible(one.direction), state: visible(one.state),
          from: visible(one.from), to: visible(one.to), route: visible(one.route), bytes: moved,
          what: `${visible(one.service)} ${visible(one.direction)}`,
          total: number(one.total), now: isKnown ? (moved - past) / gap : number(one.rate),
          average: number(one.averageRate), seconds: number(one.seconds),
          declined: (Array.isArray(one.declined) ? one.declined : [])
            .map(it => ({ route: visible(it?.route), reason: visible(it?.reason) })),
        };
      });
      before = { at, bytes };
      summary = {
        service: visible(answer.service), version: visible(answer.version), uptime: number(answer.uptimeSeconds),
      };
    };

    const ask = async () => {
      if (asking) return;
      asking = true;
      const began = performance.now();
      try {
        const answer = await fetch(location.href, {
          headers: { Accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.timeout(patience),
        });
        if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
        take(await answer.json());
        lost = null;
      } catch (error) {
        // What a browser says of a connection differs from browser to browser, and helps nobody.
        const reason = error instanceof TypeError ? 'the server cannot be reached'
          : error?.name === 'TimeoutError' ? 'the server does not answer'
          : error instanceof SyntaxError ? 'the answer is not JSON' : error.message;
        lost = { since: lost?.since ?? new Date(), reason };
      }
      asking = false;
      draw();
      plan(Math.max(0, interval - (performance.now() - began)));
    };
    const plan = delay => {
      clearTimeout(timer);
      if (!paused && document.visibilityState === 'visible') timer = setTimeout(ask, delay);
    };

    const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    const make = (name, parent, className) => {
      const node = parent.appendChild(document.createElement(name));
      if (className) node.className = className;
      return node;
    };
    const makeRow = () => {
      const row = { line: document.createElement('tr'), told: '' };
      const cell = (label, className) => {
        const td = make('td', row.line, className);
        if (label) td.dataset.label = label;
        return td;
      };
      const what = cell('');
      row.service = make('b', make('bdi', what));
      row.kind = make('small', what);
      row.from = make('bdi', cell('From'));
      row.to = make('bdi', cell('To'));
      const bytes = cell('Bytes', 'number');
      row.bytes = make('span', bytes);
      row.total = make('small', bytes);
      row.progress = make('progress', bytes);
      row.progress.setAttribute('aria-label', 'Part of the total');
      row.now = cell('Rate now', 'number');
      row.average = cell('Average', 'number');
      row.seconds = cell('Elapsed', 'number');
      const route = cell('');
      row.route = make('span', route, 'badge');
      row.details = make('details', route);
      row.count = make('summary', row.details);
      row.list = make('ul', row.details);
      return row;
    };
    const fill = (row, one) => {
      set(row.service, one.service);
      set(row.kind, one.state && one.state !== 'moving' ? `${one.direction} · ${one.state}` : one.direction);
      set(row.from, one.from);
      set(row.to, one.to);
      set(row.bytes, size(one.bytes));
      row.bytes.title = `${one.bytes} bytes`;
      row.total.hidden = row.progress.hidden = one.total === null;
      if (one.total !== null) {
        set(row.total, ` of ${size(one.total)}`);
        row.progress.max = Math.max(1, one.total);
        row.progress.value = one.total > 0 ? one.bytes : 1;
      }
      set(row.now, speed(one.now));
      set(row.average, speed(one.average));
      set(row.seconds, span(one.seconds));
      set(row.route, one.route || 'no route yet');
      row.route.className = zeroCopy.has(one.route) ? 'badge zero' : one.route === 'buffered' ? 'badge copy' : 'badge';
      row.details.hidden = one.declined.length === 0;
      set(row.count, `${one.declined.length} declined`);
      // The list is made anew only when it differs, so that what somebody has marked in it stays marked.
      const told = JSON.stringify(one.declined);
      if (told === row.told) return;
      row.told = told;
      row.list.replaceChildren();
      for (const { route, reason } of one.declined) {
        const item = make('li', row.list);
        make('b', item).textContent = route;
        item.append(`: ${reason}`);
      }
    };

    const compare = (one, other) => {
      const [a, b] = [one[sort.key], other[sort.key]];
      const order = texts.has(sort.key) ? a.localeCompare(b, 'en', { numeric: true }) : (a ?? -1) - (b ?? -1);
      return (sort.down ? -order : order) || one.id - other.id;
    };
    const draw = () => {
      document.body.classList.toggle('lost', lost !== null);
      $('contact').hidden = lost === null;
      if (lost) set($('contact'), `Lost contact since ${clock(lost.since)}: ${lost.reason}. Still trying.`);
      if (!summary) { $('none').hidden = true; return; }

      const words = $('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = transfers.filter(one => {
        const text = `${one.what} ${one.state} ${one.from} ${one.to} ${one.route}`.toLowerCase();
        return words.every(word => text.includes(word));
      }).sort(compare);
      const rates = transfers.map(one => one.now).filter(rate => rate !== null);
      const rate = transfers.length && !rates.length ? null : rates.reduce((sum, rate) => sum + rate, 0);
      const count = words.length ? `${shown.length} of ${transfers.length}` : String(transfers.length);
      set($('service'), `${summary.service} ${summary.version}${paused ? ' · paused' : ''}`);
      set($('count'), count);
      set($('rate'), speed(rate));
      set($('uptime'), span(summary.uptime === null ? null : Math.floor(summary.uptime)));
      document.title = `${transfers.length ? `${transfers.length}, ${speed(rate)}` : 'Idle'} – Transfers`;

      $('table').hidden = shown.length === 0;
      $('none').hidden = shown.length > 0;
      set($('none'), transfers.length ? 'No transfer matches the filter.' : 'Nothing moves now.');
      const ids = new Set(shown.map(one => one.id));
      for (const [id, row] of rows) {
        if (!ids.has(id)) { row.line.remove(); rows.delete(id); }
      }
      shown.forEach((one, place) => {
        let row = rows.get(one.id);
        if (!row) rows.set(one.id, row = makeRow());
        fill(row, one);
        const there = $('rows').children[place] ?? null;
        if (there !== row.line) $('rows').insertBefore(row.line, there);
      });
      for (const heading of document.querySelectorAll('th[data-key]')) {
        if (heading.dataset.key !== sort.key) heading.removeAttribute('aria-sort');
        else heading.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending');
      }
    };

    for (const heading of document.querySelectorAll('th[data-key]')) {
      heading.querySelector('button').addEventListener('click', () => {
        const key = heading.dataset.key;
        sort = { key, down: key === sort.key ? !sort.down : !texts.has(key) };
        draw();
      });
    }
    $('filter').addEventListener('input', draw);
    $('pause').addEventListener('click', () => {
      paused = !paused;
      set($('pause'), paused ? 'Resume' : 'Pause');
      draw();
      if (!paused) plan(0);
    });
    document.addEventListener('visibilitychange', () => plan(0));
    plan(0);
    })();
    """#
}
