using System.Globalization;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Lists and sums over random calls, held against the same asked of a plain list in memory.</summary>
public abstract class RecordTablesTests(Product product) : IAsyncLifetime
{
    private const string Insert = """
        insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, started_at, answered_at, ended_at,
            total_seconds, talk_seconds, cause, ended_by, billed_seconds, rate_micros, cost_micros, cost_currency)
        values (@leg, @tenant, @session, @connection, @direction, @from, @to, @started, @answered, @ended, @total, @talk, 'remote_hangup', 'remote', @billed, @rate, @cost, @currency)
        """;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Columns = ["session_id", "connection_id", "direction", "from_party", "to_party", "ended_at",
        "talk_seconds", "cost", "currency", "is_answered"];

    private TestDatabase _test = null!;         // set before each test
    private TenantId _tenant, _other;

    private RecordTables Records => _test.Database.Records;
    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product);
        _tenant = await _test.TenantAsync();
        _other = await _test.TenantAsync("other");
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private sealed record Call(string Session, long Connection, string Direction, string From, string To, DateTimeOffset Ended, int Talk,
        long? Cost, string? Currency);

    private async Task<List<Call>> MakeAsync(int count, int seed)
    {
        var random = new Random(seed);
        var calls = new List<Call>();
        for (int i = 0; i < count; i++)
        {
            int talk = random.Next(3) == 0 ? 0 : random.Next(1, 600);
            bool isPriced = random.Next(4) > 0;
            calls.Add(new(Guid.NewGuid().ToString(), random.Next(1, 4), random.Next(2) == 0 ? "inbound" : "outbound",
                $"+1555010{random.Next(100):00000}", $"+49301{random.Next(100):00000}",
                Start.AddSeconds(random.Next(30 * 24 * 3600)).AddMicroseconds(random.Next(1_000_000)), talk,
                isPriced ? random.Next(2_000_000) : null, isPriced ? random.Next(3) == 0 ? "EUR" : "USD" : null));
        }
        foreach (var tenant in new[] { _tenant, _other })
            await _test.Database.Sql.WriteAsync(db =>
            {
                foreach (var call in calls)
                    db.Execute(Insert, new
                    {
                        leg = Guid.NewGuid().ToString("N"), tenant, session = call.Session, connection = call.Connection,
                        direction = call.Direction, from = call.From, to = call.To, started = call.Ended.AddSeconds(-call.Talk),
                        answered = call.Talk > 0 ? call.Ended.AddSeconds(-call.Talk) : (DateTimeOffset?)null, ended = call.Ended,
                        total = call.Talk, talk = call.Talk, billed = call.Cost is null ? (int?)null : call.Talk,
                        rate = call.Cost is null ? (long?)null : 5_000, cost = call.Cost, currency = call.Currency,
                    });
                return 0;
            }, Stop);
        return calls;
    }

    [Theory, Seeds(5)]
    public async Task A_list_is_what_the_filters_leave_in_the_order_that_was_asked_for(ulong seed)
    {
        var calls = await MakeAsync(300, (int)seed);
        var random = new Random((int)seed + 1);
        for (int i = 0; i < 40; i++)
        {
            var (filter, holds) = Filter(random);
            var from = random.Next(3) == 0 ? Start.AddDays(random.Next(20)) : (DateTimeOffset?)null;
            var until = random.Next(3) == 0 ? Start.AddDays(random.Next(10, 40)) : (DateTimeOffset?)null;
            bool isDescending = random.Next(2) == 0;
            int offset = random.Next(4) == 0 ? random.Next(200) : 0, limit = random.Next(1, 60);

            var page = await Records.ListAsync(_tenant, RecordSources.Calls, new()
            {
                Conditions = [filter], From = from, Until = until, Orders = isDescending ? [] : [new("ended_at", false)],
                Offset = offset, Limit = limit,
            }, Columns, Stop);

            var expected = calls.Where(c => holds(c) && (from is null || c.Ended >= from) && (until is null || c.Ended < until))
                .OrderBy(c => c.Ended).ToList();
            if (isDescending) expected.Reverse();
            Assert.Equal(expected.Count, page.Total);
            Assert.Equal(expected.Skip(offset).Take(limit).Select(c => c.Session), page.Rows.Select(r => r.Text("session_id")));
            foreach (var (call, row) in expected.Skip(offset).Take(limit).Zip(page.Rows))
                Assert.Equal((call.Connection, call.Direction, call.Ended, (long)call.Talk, call.Cost, call.Currency, call.Talk > 0),
                    (row.Whole("connection_id"), row.Text("direction"), row.Time("ended_at"), row.Whole("talk_seconds"), row.Whole("cost"),
                        row.Text("currency"), row["is_answered"]));
        }
    }

    [Theory, Seeds(5)]
    public async Task Sums_are_those_of_the_records(ulong seed)
    {
        var calls = await MakeAsync(300, (int)seed);
        var random = new Random((int)seed + 1);
        var (filter, holds) = Filter(random);
        var rows = await Records.SumAsync(_tenant, RecordSources.Calls, new()
        {
            By = ["direction", "currency", "day"], Metrics = ["calls", "answered_calls", "talk_seconds", "cost"], Conditions = [filter],
            From = Start.AddDays(3), Until = Start.AddDays(25),
        }, Stop);

        var expected = calls.Where(c => holds(c) && c.Ended >= Start.AddDays(3) && c.Ended < Start.AddDays(25))
            .GroupBy(c => (c.Direction, c.Currency, Day: (DateOnly?)DateOnly.FromDateTime(c.Ended.UtcDateTime)))
            .ToDictionary(g => g.Key, g => ((long?)g.Count(), (long?)g.Count(c => c.Talk > 0), (long?)g.Sum(c => c.Talk),
                g.Key.Currency is null ? null : g.Sum(c => c.Cost)));
        Assert.Equal(expected.Count, rows.Count);
        foreach (var row in rows)
            Assert.Equal(expected[(row.Text("direction")!, row.Text("currency"), (DateOnly?)row["day"])],
                (row.Whole("calls"), row.Whole("answered_calls"), row.Whole("talk_seconds"), row.Whole("cost")));
    }

    [Fact]
    public async Task Sums_over_nothing_are_no_rows()
    {
        await MakeAsync(10, 1);
        var nobody = await _test.TenantAsync("nobody");
        Assert.Empty(await Records.SumAsync(nobody, RecordSources.Calls, new() { By = [], Metrics = ["calls"] }, Stop));
        Assert.Empty(await Records.SumAsync(nobody, RecordSources.Calls, new() { By = ["direction"], Metrics = ["calls"] }, Stop));
        Assert.Equal(10, Assert.Single(await Records.SumAsync(_tenant, RecordSources.Calls, new() { By = [], Metrics = ["calls"] }, Stop))
            .Whole("calls"));
    }

    [Fact]
    public async Task A_page_beyond_the_end_is_empty_and_tells_how_many_there_are()
    {
        await MakeAsync(10, 1);
        var page = await Records.ListAsync(_tenant, RecordSources.Calls, new() { Offset = 50, Limit = 5 }, Columns, Stop);
        Assert.Empty(page.Rows);
        Assert.Equal(10, page.Total);
    }

    [Theory]
    [InlineData("50%", 0), InlineData("_", 0), InlineData("'; drop table rw_call_record; --", 0),
        InlineData("+4930", 10), InlineData("\\", 0)]
    public async Task What_a_customer_writes_is_only_ever_a_value(string text, int found)
    {
        await MakeAsync(10, 1);
        var page = await Records.ListAsync(_tenant, RecordSources.Calls,
            new() { Conditions = [new("to_party", "contains", [text])] }, Columns, Stop);
        Assert.Equal(found, page.Total);
    }

    private static (ResourceFilter Filter, Func<Call, bool> Holds) Filter(Random random)
    {
        string number = random.Next(100).ToString("00000", CultureInfo.InvariantCulture);
        long micros = random.Next(2_000_000);
        string amount = (micros / 1_000_000m).ToString(CultureInfo.InvariantCulture);
        var moment = Start.AddDays(random.Next(30));
        return random.Next(12) switch
        {
            0 => (new("direction", "eq", ["inbound"]), c => c.Direction == "inbound"),
            1 => (new("direction", "ne", ["inbound"]), c => c.Direction != "inbound"),
            2 => (new("connection_id", "in", ["1", "3"]), c => c.Connection is 1 or 3),
            3 => (new("to_party", "ends_with", [number]), c => c.To.EndsWith(number, StringComparison.Ordinal)),
            4 => (new("from_party", "starts_with", ["+1555"]), c => c.From.StartsWith("+1555", StringComparison.Ordinal)),
            5 => (new("from_party", "contains", [number[3..]]), c => c.From.Contains(number[3..], StringComparison.Ordinal)),
            6 => (new("cost", "gte", [amount]), c => c.Cost >= micros),
            7 => (new("cost", "lt", [amount]), c => c.Cost < micros),
            8 => (new("currency", "ne", ["USD"]), c => c.Currency != "USD"),
            9 => (new("talk_seconds", "gt", ["60"]), c => c.Talk > 60),
            10 => (new("is_answered", "eq", ["false"]), c => c.Talk == 0),
            _ => (new("ended_at", "lte", [moment.ToString("O", CultureInfo.InvariantCulture)]), c => c.Ended <= moment),
        };
    }
}

public sealed class RecordTablesOnSqlite() : RecordTablesTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RecordTablesOnPostgres() : RecordTablesTests(Product.Postgres);
