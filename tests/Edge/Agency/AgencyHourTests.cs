using System.Globalization;
using Dapper;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyHoursOnSqliteTests() : AgencyHourTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyHoursOnPostgresTests() : AgencyHourTests(Product.Postgres);

/// <summary>What is kept of hours is what their calls come to, whatever is written and whenever it is added up.</summary>
public abstract class AgencyHourTests(Product product) : IAsyncLifetime
{
    private const int Hours = 48, Steps = 400;

    private static readonly DateTimeOffset First = new(2026, 2, 10, 0, 0, 0, TimeSpan.Zero);

    private static readonly Func<CallSum, long>[] Counts =
    [
        sum => sum.Calls, sum => sum.Talk, sum => sum.Billed, sum => sum.Analyzed, sum => sum.Judged, sum => sum.Talked,
        sum => sum.Scripted, sum => sum.Adherence, sum => sum.Interruptions, sum => sum.Objections, sum => sum.Handled,
        sum => sum.Signals, sum => sum.Leads, sum => sum.Booked, sum => sum.Positive, sum => sum.Neutral, sum => sum.Negative,
        sum => sum.Resolved, sum => sum.Escalated, sum => sum.Rated, sum => sum.Stars, sum => sum.Retried,
        sum => sum.LlmMicros,
    ];

    private readonly List<string> _legs = [];
    private AgencyLab _lab = null!;       // set before each test

    private Database Database => _lab.Host.Node.Node.Database;
    private TenantId Agency => new(Guid.Parse((string)_lab.Host.AccountA["id"]!));
    private TenantId Client => new(Guid.Parse(_lab.Client));
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await AgencyLab.StartAsync(product);
        // The agency has its row by then.
        await _lab.Host.DoneAsync(200, _lab.Host.OwnerA, "GET", "/dashboard/overview");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Kept_hours_and_calls_come_to_the_same_through_late_changes_and_sweeps()
    {
        var random = new Random(45);
        string later = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"],
            $$"""{"scheduled_for":"{{later}}"}"""))["id"]!;
        var row = (await new BatchTable(Database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        for (int step = 0; step < Steps; step++)
        {
            await ChangeAsync(random, row);
            if (step % 40 == 20) await new FigureHourTable(Database).AddAsync(Stop);
            if (step % 8 == 0) await SameAsync(random);
        }
        await new FigureHourTable(Database).AddAsync(Stop);
        await SameAsync(random);
    }

    [Fact]
    public async Task An_overview_of_kept_hours_reads_no_calls()
    {
        // Case X02, of the overview: what it reads does not grow with the calls.
        for (int n = 0; n < 3; n++) await InsertAsync(Client, "outbound", First.AddMinutes(n));
        await new FigureHourTable(Database).AddAsync(Stop);
        var search = new FigureSearch(Agency, [Agency, Client]) { From = First, Before = First.AddDays(1) };
        Assert.Equal(3, Assert.Single(await new FigureTable(Database).SumAsync(search, Stop)).Calls);
        // No call says so: it is read from what is kept.
        await WriteAsync("update agency_hour_sums set calls = 1003 where tenant_id = @client", new { client = Client });
        Assert.Equal(1_003, Assert.Single(await new FigureTable(Database).SumAsync(search, Stop)).Calls);
        // Zones of half hours read calls, and so does an hour in which something has changed.
        Assert.Equal(3, (await new FigureTable(Database).SumAsync(search with { IsFine = true }, Stop)).Sum(sum => sum.Calls));
        await InsertAsync(Client, "outbound", First.AddMinutes(9));
        Assert.Equal(4, Assert.Single(await new FigureTable(Database).SumAsync(search, Stop)).Calls);
    }

    [Fact]
    public async Task Tools_that_were_asked_are_counted_by_their_call_and_kept_with_its_hour()
    {
        await InsertAsync(Client, "outbound", First);
        var leg = Telnyx.Samples.Facts(Direction.Outbound) with { Tenant = Client, Uuid = Guid.Parse(_legs[^1]) };
        await new TurnTable(Database).BeginAsync(Agency, _lab.Client, "outbound", _legs[^1], First, Stop);
        var talks = new AgencyTalks(Database);
        await talks.KeepAsync(leg, "assistant", "One moment.", [("1", "price", "{}"), ("2", "price", "{}"), ("3", "hangup", "{}")],
            callId: null, First);
        await talks.KeepAsync(leg, "tool", "ten euros", [], "1", First, took: TimeSpan.FromMilliseconds(1_500));
        await talks.KeepAsync(leg, "tool", "Not done: the server answered 500.", [], "2", First, took: TimeSpan.FromSeconds(2));
        var search = new FigureSearch(Agency, [Agency, Client]) { From = First, Before = First.AddDays(1) };
        var figures = new FigureTable(Database);
        ToolSum[] asked = [new() { Tool = "price", Uses = 2, Failed = 1, Took = 3_500 }, new() { Tool = "hangup", Uses = 1 }];
        Assert.Equal(asked, await figures.ListToolsAsync(search, Stop));
        await new FigureHourTable(Database).AddAsync(Stop);
        Assert.Equal(asked, await figures.ListToolsAsync(search, Stop));
        // What is kept has nothing of what was said, and stays when that goes.
        await WriteAsync("delete from call_turns where call_id = @call", new { call = _legs[^1] });
        Assert.Equal(asked, await figures.ListToolsAsync(search with { IsFine = true }, Stop));
        Assert.Empty(await figures.ListToolsAsync(search with { Direction = "inbound" }, Stop));
        Assert.Empty(await figures.ListToolsAsync(new(Agency, [Agency]) { From = First, Before = First.AddDays(1) }, Stop));
    }

    [Fact]
    public async Task Waits_for_the_first_answer_are_read_of_the_calls_that_were_answered()
    {
        // One who was answered, with a tool between; one who was not; and a call that nobody took.
        for (int n = 0; n < 3; n++)
        {
            await InsertAsync(Client, "outbound", First.AddMinutes(n));
            if (n < 2) await WriteAsync("update rw_leg set answered_at = started_at where id = @leg", new { leg = _legs[^1] });
        }
        static TurnRow At(string role, double seconds) => new() { Role = role, Body = "x", SaidAt = First.AddSeconds(seconds) };
        var turns = new TurnTable(Database);
        await turns.AddAsync(Agency, _legs[0],
        [
            At(TurnRow.Agent, 1), At(TurnRow.User, 4), At(TurnRow.ToolCall, 4.1), At(TurnRow.Agent, 5.25), At(TurnRow.User, 8),
            At(TurnRow.Agent, 20),
        ], Stop);
        await turns.AddAsync(Agency, _legs[1], [At(TurnRow.Agent, 1), At(TurnRow.User, 4)], Stop);
        await turns.AddAsync(Agency, _legs[2], [At(TurnRow.User, 1), At(TurnRow.Agent, 9)], Stop);
        var search = new FigureSearch(Agency, [Agency, Client]) { From = First, Before = First.AddDays(1) };
        Assert.Equal([TimeSpan.FromSeconds(1.25)], await new FigureTable(Database).FirstWaitsAsync(search, Stop));
        Assert.Empty(await new FigureTable(Database).FirstWaitsAsync(search with { Direction = "inbound" }, Stop));
        Assert.Empty(await new FigureTable(Database).FirstWaitsAsync(new(Agency, [Agency])
        {
            From = First, Before = First.AddDays(1),
        }, Stop));
        var asked = await _lab.Host.DoneAsync(200, _lab.Viewer, "GET",
            "/dashboard/quality?period=custom&start_date=2026-02-10&end_date=2026-02-10");
        Assert.Equal((1.25m, 1.25m, 1), ((decimal)asked["first_response_p50"]!, (decimal)asked["first_response_p95"]!,
            (int)asked["first_response_calls"]!));
    }

    [Fact]
    public async Task What_a_model_found_of_a_customer_and_later_tries_are_counted_by_calls_and_by_kept_hours()
    {
        string later = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string id = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"],
            $$"""{"scheduled_for":"{{later}}"}"""))["id"]!;
        var batch = (await new BatchTable(Database).FindAsync(Agency, Guid.Parse(id), Stop))!;
        // Of two that were answered the first one's try was the second, and so was that of one that nobody answered.
        for (int n = 0; n < 3; n++)
        {
            var at = First.AddMinutes(n);
            await InsertAsync(batch.Account, "outbound", at);
            string leg = _legs[^1];
            if (n < 2) await WriteAsync("update rw_leg set state = 'answered', answered_at = @at where id = @leg", new { leg, at });
            await WriteAsync("""
                insert into calls (id, tenant_id, direction, disposition, analysis_disposition, analyzed_at, issue_resolved, escalated,
                    satisfaction, created_at, updated_at)
                values (@leg, @agency, 'outbound', 'conversation', 'conversation', @at, @resolved, 0, @stars, @at, @at)
                """, new { leg, agency = Agency, at, resolved = n == 0 ? 1 : 0, stars = n < 2 ? n + 4 : (int?)null });
            await WriteAsync("""
                insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state,
                    node, leg_uuid, claimed_at, ended_at, cause, evidence)
                values (@leg, @tenant, @batch, @list, @leg, 0, '+15550300001', '+15550100001', 0, @nth, 'settled', 1, @leg, @at, @at, 'x',
                    '{}')
                """, new { leg, tenant = batch.Account, batch = batch.Id, list = batch.ListId, at, nth = n == 1 ? 1 : 2 });
        }
        var search = new FigureSearch(Agency, [Agency, Client]) { From = First, Before = First.AddDays(1) };
        foreach (bool isKept in new[] { false, true })
        {
            if (isKept) await new FigureHourTable(Database).AddAsync(Stop);
            var kpis = Kpis.Of(await new FigureTable(Database).SumAsync(search, Stop));
            Assert.Equal((isKept, 3L, 2L, 1L, 0L, 2L, 9L, 1L), (isKept, kpis.Attempts, kpis.Connected, kpis.ResolvedIssues,
                kpis.Escalations, kpis.Rated, kpis.Stars, kpis.ConnectedLater));
        }
    }

    private async Task ChangeAsync(Random random, BatchRow batch)
    {
        int kind = _legs.Count < 10 ? 0 : random.Next(20);
        string leg = _legs.Count == 0 ? "" : _legs[random.Next(_legs.Count)];
        var at = Times.Cut(First.AddSeconds(random.Next(Hours * 3_600)));
        string? cause = random.Next(3) == 0 ? null : random.Next(2) == 0 ? "remote_failure" : "ring_timeout";
        string? mood = random.Next(3) == 0 ? null : random.Next(2) == 0 ? "positive" : "negative";
        string word = random.Next(2) == 0 ? "appointment_booked" : "not_interested";
        switch (kind)
        {
            case < 6:
                await InsertAsync(random.Next(2) == 0 ? Agency : Client, random.Next(2) == 0 ? "inbound" : "outbound", at);
                break;
            case < 8:
                await WriteAsync("update rw_leg set state = 'answered', answered_at = @at where id = @leg", new { leg, at });
                break;
            case < 11:
                await WriteAsync("update rw_leg set state = 'ended', ended_at = @at, cause = @cause where id = @leg",
                    new { leg, at, cause });
                await WriteAsync("""
                    insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, started_at,
                        ended_at, total_seconds, talk_seconds, cause, ended_by, cost_micros, cost_currency)
                    select id, tenant_id, session_id, connection_id, direction, from_party, to_party, started_at, @at, @talk, @talk,
                        'hangup', 'local', @micros, @currency from rw_leg where id = @leg
                    on conflict (leg_id) do nothing
                    """, new
                {
                    leg, at, talk = random.Next(200), micros = (long)random.Next(9_000), currency = word[0] == 'a' ? "USD" : "EUR",
                });
                break;
            case < 14:
                await WriteAsync("""
                    insert into calls (id, tenant_id, direction, disposition, analysis_disposition, analyzed_at, talk_permille,
                        interruptions, meeting_booked, issue_resolved, escalated, satisfaction, analysis_cost_micros, sentiment,
                        created_at, updated_at)
                    values (@leg, @agency, 'outbound', @word, 'appointment_booked', @at, @share, 2, 1, 1, 1, 4, 70, @mood, @at, @at)
                    on conflict (id) do update set disposition = excluded.disposition, sentiment = excluded.sentiment,
                        talk_permille = excluded.talk_permille
                    """, new { leg, agency = Agency, word, at, share = random.Next(1_000), mood });
                break;
            case 14:
                // A batch places calls of its own account.
                await WriteAsync("""
                    insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try,
                        state, node, claimed_at, ended_at, cause, evidence)
                    select @leg, @tenant, @batch, @list, @leg, 0, '+15550300001', '+15550100001', 0, 2, 'settled', 1, @at, @at, 'x', '{}'
                    from rw_leg where id = @leg and tenant_id = @tenant
                    on conflict (id) do nothing
                    """, new { leg, tenant = batch.Account, batch = batch.Id, list = batch.ListId, at });
                // The call is named later.
                await WriteAsync("update rw_attempt set leg_uuid = @leg where id = @leg", new { leg });
                break;
            case 15:
                await WriteAsync("update call_batches set is_test = not is_test where id = @id", new { id = batch.Id });
                break;
            case 16:
                await WriteAsync("delete from rw_attempt where leg_uuid = @leg", new { leg });
                break;
            case 17:
                await WriteAsync("update rw_leg set started_at = @at where id = @leg", new { leg, at });
                break;
            case 18:
                await WriteAsync("delete from rw_call_record where leg_id = @leg", new { leg });
                break;
            default:
                await WriteAsync("delete from rw_leg where id = @leg", new { leg });
                break;
        }
    }

    /// <summary>Its id is its UUID.</summary>
    private async Task InsertAsync(TenantId tenant, string direction, DateTimeOffset at)
    {
        string id = Guid.NewGuid().ToString();
        _legs.Add(id);
        await WriteAsync("""
            insert into rw_leg (id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, state, is_held, started_at,
                labels, headers)
            values (@id, @id, @id, @tenant, 1, @direction, '+15550100001', '+15550300001', 'initiated', false, @at, '{}', '[]')
            """, new { id, tenant, direction, at });
    }

    /// <summary>The statement that reads calls is what the other is measured by.</summary>
    private async Task SameAsync(Random random)
    {
        int from = random.Next(Hours), before = from + 1 + random.Next(Hours - from);
        var search = new FigureSearch(Agency, random.Next(3) == 0 ? [Client] : [Agency, Client])
        {
            From = First.AddHours(from), Before = First.AddHours(before), IsFine = random.Next(8) == 0,
            Direction = random.Next(3) switch { 0 => "inbound", 1 => "outbound", _ => "" },
        };
        var figures = new FigureTable(Database);
        var (sums, costs) = await Database.Sql.ReadAsync(db => (figures.ListSums(db, search), FigureTable.ListCosts(db, search)), Stop);
        Assert.Equal(Lines(sums), Lines(await figures.SumAsync(search, Stop)));
        Assert.Equal(costs, await figures.CostAsync(search, Stop));
    }

    private static string[] Lines(List<CallSum> sums) =>
    [
        .. sums.GroupBy(sum => (sum.Slot, sum.Direction, sum.Answered, sum.Ended, sum.Cause, sum.Disposition))
            .Select(alike => $"{alike.Key} {string.Join(' ', Counts.Select(count => alike.Sum(count)))}")
            .Order(StringComparer.Ordinal),
    ];

    private async Task WriteAsync(string sql, object values) => await Database.Sql.WriteAsync(db => db.Execute(sql, values), Stop);
}
