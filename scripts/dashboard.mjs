// Writes the Grafana dashboard, helm/strava-heatmap-gateway/files/dashboards/strava-heatmap-gateway.json.
//   node scripts/dashboard.mjs           writes it
//   node scripts/dashboard.mjs --check   exits 1 when it is stale
import { readFileSync, writeFileSync } from 'node:fs';
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DatasourceVariableBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const FILE = 'helm/strava-heatmap-gateway/files/dashboards/strava-heatmap-gateway.json';
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const TARGET = 'namespace=~"$namespace", job=~"$job", pod=~"$pod"';
/** Excludes probes, metrics and health checks. */
const OWN = 'route!~"/(livez|readyz|metrics|health)"';

/** A metric of the gateways selected by the dashboard variables. */
const of = (name, ...matchers) => `${name}{${[TARGET, ...matchers].join(', ')}}`;
const rate = (name, ...matchers) => `rate(${of(name, ...matchers)}[$__rate_interval])`;
const sumBy = (labels, expression) => `sum by (${labels}) (${expression})`;
const maxBy = (labels, expression) => `max by (${labels}) (${expression})`;
const quantile = (q, by, name, ...matchers) =>
  `histogram_quantile(${q}, ${sumBy(`le, ${by}`, rate(`${name}_bucket`, ...matchers))})`;
/** `part` divided by `whole`: 0 where `part` has no series yet, and no value where `whole` is 0. */
const share = (labels, part, whole) =>
  `(${sumBy(labels, part)} or 0 * ${sumBy(labels, whole)}) / (${sumBy(labels, whole)} > 0)`;

const query = (expression, legend) =>
  new DataqueryBuilder().datasource(DATASOURCE).expr(expression).legendFormat(legend).range();

/** A time series panel. `queries` are pairs of an expression and its legend. */
function lines(title, unit, queries, { description, stacked, min = 0, max } = {}) {
  const panel = new TimeseriesBuilder()
    .title(title)
    .unit(unit)
    .datasource(DATASOURCE)
    .span(8)
    .height(8)
    .lineWidth(1)
    .fillOpacity(stacked ? 30 : 8)
    .drawStyle(GraphDrawStyle.Line)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['mean', 'lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (description) panel.description(description);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (min !== null) panel.min(min);
  if (max !== undefined) panel.max(max);
  queries.forEach(([expression, legend], i) =>
    panel.withTarget(query(expression, legend).refId(String.fromCharCode(65 + i))),
  );
  return panel;
}

/** A panel with the current value. `steps` are thresholds: the colour from that value on; the first one is the base colour. */
function stat(title, unit, expression, steps, { description, legend = '', decimals } = {}) {
  const panel = new StatBuilder()
    .title(title)
    .unit(unit)
    .datasource(DATASOURCE)
    .span(4)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps(steps.map(([value, color]) => ({ value, color }))),
    )
    .withTarget(query(expression, legend).refId('A'));
  if (description) panel.description(description);
  if (decimals !== undefined) panel.decimals(decimals);
  return panel;
}

const REQUESTS = 'heatmap_http_requests_total';
const DURATION = 'heatmap_http_request_duration_seconds';
const TILES = 'heatmap_tile_requests_total';
const UPSTREAM = 'heatmap_upstream_requests_total';
const REFRESHES = 'heatmap_cookie_refreshes_total';
const EXPIRY = 'heatmap_cookies_expiry_timestamp_seconds';
const LEFT = `(${of(EXPIRY)} > 0) - time()`;
/** Tiles served with a body, without the tiles known to contain no heat. */
const SERVED = 'outcome=~"hit|coalesced|stale|miss|anonymous"';

const rows = {
  Overview: [
    stat('Gateways', 'none', `count(${of('heatmap_build_info')})`, [[null, 'green']], {
      description: 'Gateways that return metrics.',
    }),
    stat(
      'Session',
      'none',
      `min(${of('heatmap_session_valid')})`,
      [
        [null, 'red'],
        [1, 'green'],
      ],
      {
        description: '1 while the session of every gateway is accepted; 0 if one is rejected or missing.',
      },
    ),
    stat(
      'Cookies expire in',
      's',
      `min(${LEFT})`,
      [
        [null, 'red'],
        [7200, 'orange'],
        [14_400, 'green'],
      ],
      { description: 'Shortest remaining time of all gateways. Empty without signed cookies.' },
    ),
    stat('Requests', 'reqps', `sum(${rate(REQUESTS, OWN)})`, [[null, 'green']], { decimals: 1 }),
    stat(
      'Server errors',
      'percentunit',
      `(sum(${rate(REQUESTS, OWN, 'status=~"5.."')}) or 0 * sum(${rate(REQUESTS, OWN)})) / (sum(${rate(REQUESTS, OWN)}) > 0)`,
      [
        [null, 'green'],
        [0.01, 'orange'],
        [0.05, 'red'],
      ],
      { description: 'Share of requests with a 5xx response.' },
    ),
    stat(
      'Tiles without an upstream request',
      'percentunit',
      `sum(${rate(TILES, 'outcome=~"hit|coalesced|stale"')}) / (sum(${rate(TILES, SERVED)}) > 0)`,
      [[null, 'green']],
    ),
  ],
  'Requests by route': [
    lines('Requests', 'reqps', [[sumBy('route', rate(REQUESTS)), '{{route}}']]),
    lines('Server errors', 'percentunit', [
      [share('route', rate(REQUESTS, 'status=~"5.."'), rate(REQUESTS)), '{{route}}'],
    ]),
    lines('Duration, 95th percentile', 's', [[quantile(0.95, 'route', DURATION), '{{route}}']]),
    lines('Responses by status', 'reqps', [[sumBy('status', rate(REQUESTS)), '{{status}}']], {
      stacked: true,
    }),
    lines('Tiles by encoding', 'reqps', [[sumBy('encoding', rate(TILES)), '{{encoding}}']], {
      stacked: true,
    }),
    lines('Duration of all requests', 's', [
      [`histogram_quantile(0.5, sum by (le) (${rate(`${DURATION}_bucket`, OWN)}))`, '50 %'],
      [`histogram_quantile(0.95, sum by (le) (${rate(`${DURATION}_bucket`, OWN)}))`, '95 %'],
      [`histogram_quantile(0.99, sum by (le) (${rate(`${DURATION}_bucket`, OWN)}))`, '99 %'],
    ]),
  ],
  'Cookies and refreshes': [
    lines(
      'Refreshes by reason and result',
      'ops',
      [[sumBy('reason, result', rate(REFRESHES)), '{{reason}} {{result}}']],
      { description: 'Normal operation: one scheduled success a day.' },
    ),
    lines(
      'Tiles refused by Strava (401, 403)',
      'percentunit',
      [
        [
          share(
            'pod',
            rate(UPSTREAM, 'source="authenticated"', 'status=~"401|403"'),
            rate(UPSTREAM, 'source="authenticated"', 'status!="cancelled"'),
          ),
          '{{pod}}',
        ],
      ],
      { description: 'A refresh ends a peak; a plateau means that refreshes do not help.', max: 1 },
    ),
    lines('Time until cookies expire', 's', [[`min by (pod) (${LEFT})`, '{{pod}}']], {
      description: 'Normal operation: a sawtooth, from a day down to 4 h, when a refresh renews the cookies.',
    }),
    lines('Refreshes by gateway', 'ops', [[sumBy('pod, result', rate(REFRESHES)), '{{pod}} {{result}}']], {
      description: 'The gateways that request new cookies from Strava, and the results.',
    }),
    lines('Session', 'none', [[`min by (pod) (${of('heatmap_session_valid')})`, '{{pod}}']], {
      description: '1 while the session is accepted, 0 if it is rejected or missing.',
      max: 1,
    }),
    lines('Upstream requests by source and status', 'reqps', [
      [sumBy('source, status', rate(UPSTREAM)), '{{source}} {{status}}'],
    ]),
    lines('Upstream duration', 's', [
      [quantile(0.5, 'source', 'heatmap_upstream_request_duration_seconds'), '{{source}} 50 %'],
      [quantile(0.95, 'source', 'heatmap_upstream_request_duration_seconds'), '{{source}} 95 %'],
    ]),
    lines('Upstream requests in flight and queued', 'none', [
      [sumBy('pod', of('heatmap_upstream_in_flight')), '{{pod}} in flight'],
      [sumBy('pod', of('heatmap_upstream_queue_depth')), '{{pod}} queued'],
    ]),
    lines('Upstream issues by kind', 'none', [[maxBy('kind', of('heatmap_upstream_issue')), '{{kind}}']]),
    lines('Pause that Strava asked for', 's', [
      [maxBy('source', of('heatmap_upstream_pause_seconds')), '{{source}}'],
    ]),
    lines(
      'Failed upstream tiles by kind',
      'reqps',
      [[sumBy('kind', rate('heatmap_upstream_failures_total')), '{{kind}}']],
      { description: 'Why the upstream delivered no tile; a stale tile may have been served instead.' },
    ),
  ],
  Cache: [
    lines('Tiles by outcome', 'reqps', [[sumBy('outcome', rate(TILES)), '{{outcome}}']], {
      stacked: true,
    }),
    lines(
      'Tiles without an upstream request',
      'percentunit',
      [[share('pod', rate(TILES, 'outcome=~"hit|coalesced|stale"'), rate(TILES, SERVED)), '{{pod}}']],
      {
        description:
          'Share of the tiles with heat that came from a cache or from a request already in flight.',
        max: 1,
      },
    ),
    lines('Memory cache size', 'bytes', [
      [sumBy('pod', of('heatmap_cache_bytes')), '{{pod}}'],
      [`max(${of('heatmap_cache_limit_bytes')})`, 'limit'],
    ]),
    lines('Tiles in the memory cache', 'none', [[sumBy('pod', of('heatmap_cache_entries')), '{{pod}}']]),
    lines('Evictions', 'ops', [[sumBy('pod', rate('heatmap_cache_evictions_total')), '{{pod}}']], {
      description: 'Tiles removed to stay within TILE_CACHE_MAX_BYTES.',
    }),
    lines(
      'Secondary cache hit ratio',
      'percentunit',
      [
        [
          share(
            'cache',
            rate('heatmap_secondary_cache_lookups_total', 'result="hit"'),
            rate('heatmap_secondary_cache_lookups_total'),
          ),
          '{{cache}}',
        ],
      ],
      {
        description:
          'Share of lookups on disk or in Redis that found the tile. Only tiles that are missing or stale in memory are looked up.',
        max: 1,
      },
    ),
    lines('Stale tiles and errors', 'reqps', [
      [sumBy('outcome', rate(TILES, 'outcome=~"stale|error"')), '{{outcome}}'],
    ]),
  ],
  'Access and limits': [
    lines('Rejections by reason', 'reqps', [
      [sumBy('reason', rate('heatmap_auth_rejections_total')), '{{reason}}'],
    ]),
    lines('Closed connections by reason', 'cps', [
      [sumBy('reason', rate('heatmap_connections_closed_total')), '{{reason}}'],
    ]),
    lines('429 responses by route', 'reqps', [[sumBy('route', rate(REQUESTS, 'status="429"')), '{{route}}']]),
    lines('Redis', 'none', [[`min by (pod) (${of('heatmap_redis_up')})`, '{{pod}}']], {
      description: '1 while Redis answers commands. Empty without REDIS_URL.',
      max: 1,
    }),
    lines('Redis errors', 'ops', [
      [sumBy('operation, reason', rate('heatmap_redis_errors_total')), '{{operation}}: {{reason}}'],
    ]),
  ],
  Resources: [
    lines('CPU usage', 'percentunit', [[sumBy('pod', rate('process_cpu_seconds_total')), '{{pod}}']]),
    lines('Memory', 'bytes', [
      [sumBy('pod', of('process_resident_memory_bytes')), '{{pod}} resident'],
      [sumBy('pod', of('nodejs_heap_size_used_bytes')), '{{pod}} heap'],
      [sumBy('pod', of('nodejs_external_memory_bytes')), '{{pod}} external'],
    ]),
    lines('Event loop lag', 's', [
      [`max by (pod) (${of('nodejs_eventloop_lag_mean_seconds')})`, '{{pod}} mean'],
      [`max by (pod) (${of('nodejs_eventloop_lag_p99_seconds')})`, '{{pod}} 99 %'],
    ]),
    lines(
      'Garbage collection',
      'percentunit',
      [[sumBy('pod, kind', rate('nodejs_gc_duration_seconds_sum')), '{{pod}} {{kind}}']],
      { description: 'Share of time spent on garbage collection.' },
    ),
    lines('Open file descriptors', 'none', [[`max by (pod) (${of('process_open_fds')})`, '{{pod}}']]),
    lines('Uptime', 's', [[`time() - max by (pod) (${of('process_start_time_seconds')})`, '{{pod}}']]),
  ],
};

function variable(name, label, within) {
  const matchers = within.map((other) => `${other}=~"$${other}"`).join(', ');
  const text = `label_values(heatmap_build_info${matchers && `{${matchers}}`}, ${name})`;
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(DATASOURCE)
      .query({ query: text, refId: name })
      .definition(text)
      .multi(true)
      .includeAll(true)
      // Matches targets without the label as well.
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
  );
}

function dashboard() {
  const builder = new DashboardBuilder('Strava heatmap gateway')
    .uid('strava-heatmap-gateway')
    .description('Requests, cookies, cache, limits and resources. Generated by scripts/dashboard.mjs.')
    .tags(['strava-heatmap-gateway'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Runbooks')
        .type(DashboardLinkType.Link)
        .url('https://github.com/strava-heatmap-gateway/strava-heatmap-gateway/blob/main/docs/runbooks')
        .targetBlank(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(variable('namespace', 'Namespace', []))
    .withVariable(variable('job', 'Job', ['namespace']))
    .withVariable(variable('pod', 'Pod', ['namespace', 'job']));
  let id = 0;
  for (const [title, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) builder.withPanel(panel.id(++id));
  }
  return builder.build();
}

const url = new URL(`../${FILE}`, import.meta.url);
const content = `${JSON.stringify(dashboard(), null, 2)}\n`;
if (process.argv.includes('--check')) {
  let found = '';
  try {
    found = readFileSync(url, 'utf8');
  } catch {
    // A missing file counts as stale.
  }
  if (found !== content) process.stderr.write(`${FILE} is stale: run "npm run dashboard"\n`);
  process.exitCode = found === content ? 0 : 1;
} else writeFileSync(url, content);
