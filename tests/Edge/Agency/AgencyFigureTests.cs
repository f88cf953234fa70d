using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyFiguresOnSqliteTests() : AgencyFigureTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyFiguresOnPostgresTests() : AgencyFigureTests(Product.Postgres);

/// <summary>Section J of the agency's cases: figures of calls that were made.</summary>
public abstract class AgencyFigureTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("KpiTests in the gate count the same; a call that is judged and a backlog stay")]
    public async Task Calls_are_in_the_figures_of_their_client_and_stay_there()
    {
        // Cases D11, D12 and F04.
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, new[] { "ok-1", "busy", "noans" }.Select(AgencyLab.Number)))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        string answered = (string)Assert.Single(await _lab.CallsAsync(Host.OwnerA, "?outcome=answered"))["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/calls/" + answered, """{"disposition":"appointment_booked"}""");
        // Another client's, by another API.
        await _lab.EndsAsync(await _lab.DialAsync(await _lab.KeyOfAsync(_lab.OtherClient), "busy"));

        var mine = await OverviewAsync(Host.OwnerA, "?client_id=" + _lab.Client);
        var summary = mine["summary"]!;
        Assert.Equal((3, 3, 1, 1, 2, 1, 1), ((int)summary["total_calls"]!, (int)summary["attempts"]!, (int)summary["completed_calls"]!,
            (int)summary["connected_calls"]!, (int)summary["unanswered_calls"]!, (int)summary["meetings_booked"]!,
            (int)mine["pending_analysis"]!));
        Assert.Equal((33.3m, 33.3m, 33.3m, 1.0m), ((decimal)summary["contact_rate"]!, (decimal)summary["answer_rate"]!,
            (decimal)summary["overall_conversion_rate"]!, (decimal)summary["minutes_billed"]!));
        Assert.Equal("""{"answered":1,"busy":1,"no_answer":1}""", mine["outcome_breakdown"]!.ToJsonString());
        Assert.Equal("""{"appointment_booked":1}""", mine["disposition_breakdown"]!.ToJsonString());
        Assert.Equal(0, (int)mine["previous"]!["summary"]!["total_calls"]!);
        Assert.Equal(4, (int)(await OverviewAsync(Host.OwnerA, ""))["summary"]!["total_calls"]!);
        Assert.Equal(3, (int)(await OverviewAsync(Host.OwnerA, "?campaign_id=" + campaign))["summary"]!["total_calls"]!);
        Assert.Equal(3, (int)(await OverviewAsync(Host.OwnerA, "?agent_id=" + _lab.Agent))["summary"]!["total_calls"]!);
        Assert.Equal(0, (int)(await OverviewAsync(Host.OwnerA, "?direction=inbound"))["summary"]!["total_calls"]!);

        // A client's user sees the same, and nothing of what it costs the agency, or of its neighbour.
        var seen = await OverviewAsync(_lab.Viewer, "");
        var open = summary.DeepClone().AsObject();
        foreach (string cost in new[] { "costs", "total_cost", "currency", "cost_per_meeting", "client_prices", "margin" })
        {
            Assert.True(open.Remove(cost), cost);
            Assert.False(seen["summary"]!.AsObject().ContainsKey(cost), cost);
        }
        Assert.Equal(open.ToJsonString(), seen["summary"]!.ToJsonString());
        Assert.Equal(1, (int)(await OverviewAsync(_lab.OtherViewer, ""))["summary"]!["total_calls"]!);
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            foreach (string query in new[] { "?client_id=" + _lab.Client, "?campaign_id=" + campaign })
                Assert.Equal(0, (int)(await OverviewAsync(token, query))["summary"]!["total_calls"]!);

        await Host.DoneAsync(200, Host.OwnerA, "POST", "/agents/assign",
            $$"""{"agent_id":"{{_lab.Agent}}","client_id":"{{_lab.OtherClient}}"}""");
        Assert.Equal(3, (int)(await OverviewAsync(_lab.Viewer, ""))["summary"]!["total_calls"]!);

        await OthersAsync(campaign);
    }

    private async Task OthersAsync(string campaign)
    {
        var funnel = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/funnel");
        Assert.Equal("""{"total_calls":3,"connected":1,"conversation":1,"qualified":1,"appointment_booked":1}""",
            funnel["funnel"]!.ToJsonString());
        var days = (await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/timeseries"))["timeseries"]!.AsArray();
        Assert.Equal(7, days.Count);
        Assert.Equal(3, days.Sum(day => (int)day!["total_calls"]!));
        foreach (string path in new[]
            {
                "/dashboard/timeseries", "/dashboard/campaigns", "/dashboard/agents", "/dashboard/numbers", $"/campaigns/{campaign}/report",
            })
            Assert.Equal((path, 1), (path, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", path))["pending_analysis"]!));
        var hours = (await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/timeseries?period=today&interval=hour"))["timeseries"]!
            .AsArray();
        Assert.Equal(24, hours.Count);
        await Host.RefusedAsync(400, "validation_error", _lab.Viewer, "GET", "/dashboard/timeseries?interval=hour");
        var heat = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/heatmap?metric=meetings_booked");
        Assert.Equal(["period", "metric", "heatmap", "best_times"], heat.Select(one => one.Key));
        Assert.Equal(3, heat["heatmap"]!.AsArray().Sum(hour => (int)hour!["total_calls"]!));
        Assert.Equal(1, (int)Assert.Single(heat["best_times"]!.AsArray())!["value"]!);
        await EachAsync();
        // Nobody has listened: that is not 0.
        var quality = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/quality");
        Assert.Equal((1, 1, 7), ((int)quality["quality"]!["completed_calls"]!, (int)quality["pending_analysis"]!,
            quality["trend"]!.AsArray().Count));
        Assert.Equal(1, quality["trend"]!.AsArray().Sum(day => (int)day!["completed_calls"]!));
        var overview = await OverviewAsync(_lab.Viewer, "");
        Assert.Equal(quality["quality"]!.ToJsonString(), overview["quality"]!.ToJsonString());
        Assert.Null(quality["quality"]!["avg_talk_ratio"]);
        Assert.Equal("""{"positive":0,"neutral":0,"negative":0}""", quality["quality"]!["sentiment"]!.ToJsonString());
        var objections = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/objections");
        Assert.True(objections.ContainsKey("objections") && objections["objections"] is null);
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            foreach (string figure in new[] { "quality", "objections" })
                Assert.Equal(0, (int)(await Host.DoneAsync(200, token, "GET",
                    $"/dashboard/{figure}?client_id={_lab.Client}"))["pending_analysis"]!);
        var campaigns = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/campaigns");
        var stats = Assert.Single(campaigns["campaign_stats"]!.AsArray())!;
        Assert.Equal((campaign, 3, 33.3m), ((string?)stats["id"], (int)stats["total_calls"]!, (decimal)stats["conversion_rate"]!));
        Assert.Empty(campaigns["active_batches"]!.AsArray());
        campaigns = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/campaigns?status=completed");
        Assert.Equal((campaign, "completed"), ((string?)campaigns["active_batches"]![0]!["campaign_id"],
            (string?)Assert.Single(campaigns["active_batches"]!.AsArray())!["status"]));
        Assert.Empty((await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/campaigns?status=failed"))["active_batches"]!.AsArray());
        await Host.RefusedAsync(400, "invalid_enum", _lab.Viewer, "GET", "/dashboard/campaigns?status=running");
        Assert.Empty((await Host.DoneAsync(200, _lab.OtherViewer, "GET", "/dashboard/campaigns"))["campaign_stats"]!.AsArray());
        var report = await Host.DoneAsync(200, _lab.Viewer, "GET", $"/campaigns/{campaign}/report?period=7d");
        Assert.Equal((campaign, 3, 7, 3), ((string?)report["campaign_id"], (int)report["summary"]!["total_calls"]!,
            report["days"]!.AsArray().Count, report["days"]!.AsArray().Sum(day => (int)day!["total_calls"]!)));
        string[] table = await Host.TableAsync(_lab.Viewer, $"/campaigns/{campaign}/report?period=7d&format=csv");
        Assert.StartsWith("date,total_calls,attempts,", table[0], StringComparison.Ordinal);
        Assert.Equal(8, table.Length);
        string from = $"{DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-dd}", to = $"{DateTimeOffset.UtcNow.AddDays(1):yyyy-MM-dd}";
        report = await Host.DoneAsync(200, _lab.Viewer, "GET", $"/campaigns/{campaign}/report?from={from}&to={to}");
        Assert.Equal((from, to, 3, 3), ((string?)report["period"]!["start_date"], (string?)report["period"]!["end_date"],
            report["days"]!.AsArray().Count, (int)report["summary"]!["total_calls"]!));
        report = await Host.DoneAsync(200, _lab.Viewer, "GET", $"/campaigns/{campaign}/report?to=2024-02-29");
        Assert.Equal(("2024-01-31", 0), ((string?)report["period"]!["start_date"], (int)report["summary"]!["total_calls"]!));
        await Host.RefusedAsync(400, "validation_error", _lab.Viewer, "GET", $"/campaigns/{campaign}/report?from={to}&to={from}");
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "GET", $"/campaigns/{campaign}/report");
        var usage = await Host.DoneAsync(200, _lab.Viewer, "GET", $"/clients/{_lab.Client}/usage");
        Assert.Equal((3, 1, 1.0m, 1, false), ((int)usage["total_calls"]!, (int)usage["completed_calls"]!, (decimal)usage["minutes_billed"]!,
            (int)usage["campaigns"]!, usage.ContainsKey("total_cost")));
        Assert.True((await Host.DoneAsync(200, Host.OwnerA, "GET", $"/clients/{_lab.Client}/usage")).ContainsKey("total_cost"));
        string ofMonth = $"/clients/{_lab.Client}/usage?month=";
        Assert.Equal(3, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", $"{ofMonth}{DateTimeOffset.UtcNow:yyyy-MM}"))["total_calls"]!);
        var past = await Host.DoneAsync(200, Host.OwnerA, "GET", ofMonth + "2024-02");
        Assert.Equal(("""{"start_date":"2024-02-01","end_date":"2024-02-29","label":"2024-02"}""", 0),
            (past["period"]!.ToJsonString(), (int)past["total_calls"]!));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", ofMonth + "2024-13");
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "GET", $"/clients/{_lab.Client}/usage");
    }

    private async Task EachAsync()
    {
        var agents = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/agents?period=7d");
        var agent = Assert.Single(agents["agents"]!.AsArray())!;
        Assert.Equal((_lab.Agent, 3, 33.3m, 1), ((string?)agent["id"], (int)agent["total_calls"]!, (decimal)agent["contact_rate"]!,
            (int)agents["pagination"]!["total"]!));
        var numbers = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/numbers?period=7d");
        var number = Assert.Single(numbers["numbers"]!.AsArray())!;
        Assert.Equal((AgencyLab.From, 4, 4), ((string?)number["phone_number"], (int)number["total_calls"]!, (int)number["attempts"]!));
        // Calls of a campaign that nobody has are nobody's.
        foreach (var (figure, rows) in new[] { ("campaigns", "campaign_stats"), ("agents", "agents"), ("numbers", "numbers") })
        {
            var none = await Host.DoneAsync(200, Host.OwnerA, "GET", $"/dashboard/{figure}?campaign_id={Guid.CreateVersion7()}");
            Assert.Equal(0, (int)Assert.Single(none[rows]!.AsArray())!["total_calls"]!);
        }
        var live = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/live");
        Assert.Equal((0, 3), ((int)live["calls_in_progress"]!, live["accounts"]!.AsArray().Count));
        const string idle = """{"pending":0,"processing":0,"retryable":0,"dead":0,"oldest_pending_age_seconds":null}""";
        Assert.Equal((0, idle), ((int)live["slots"]!["used"]!, live["queues"]!["webhook"]!.ToJsonString()));
        // A client's users see its account alone, and neither an agent nor a number of others, nor the queues.
        live = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/live");
        Assert.Equal(_lab.Client, (string?)Assert.Single(live["accounts"]!.AsArray())!["client_id"]);
        Assert.Equal((live["accounts"]![0]!["max_concurrent_calls"]?.ToJsonString(), false),
            (live["slots"]!["limit"]?.ToJsonString(), live.ContainsKey("queues")));
        foreach (string figure in new[] { "agents", "numbers" })
            Assert.Empty((await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/" + figure))[figure]!.AsArray());
    }

    /// <summary>In one of these it is always too early or too late.</summary>
    private const string Clocks = """["Etc/GMT","Etc/GMT+12","Etc/GMT+6","Etc/GMT-6"]""";

    [Fact, Depth("the gate has KpiTests, and who must not be called")]
    public async Task Figures_show_whether_dialling_was_lawful()
    {
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc",
            $$"""{"phone_number":"{{AgencyLab.Number("busy")}}","client_id":"{{_lab.Client}}"}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/consent", $$"""
            {"phone_number":"{{AgencyLab.Number("ok-1")}}","client_id":"{{_lab.Client}}","kind":"written","source":"web form"}
            """);
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(),
            new[] { "ok-1", "busy" }.Select(AgencyLab.Number)))["id"]!;
        await _lab.BecomesAsync(batch, "completed");

        var seen = await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/compliance");
        Assert.Equal((1, """{"dnc":1}""", 0, 0, 0.0m, 0), ((int)seen["attempts"]!["dialled"]!, seen["blocked"]!.ToJsonString(),
            (int)seen["deferred"]!, (int)seen["opt_outs"]!, (decimal)seen["opt_out_rate"]!, (int)seen["legal_overrides"]!));
        Assert.Equal(("""{"added":1,"by_source":{"api":1},"provisional":0}""", """{"given":{"express":0,"written":1},"revoked":0}"""),
            (seen["dnc"]!.ToJsonString(), seen["consent"]!.ToJsonString()));
        Assert.Equal(1, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/compliance"))["attempts"]!["dialled"]!);
        foreach (string token in new[] { _lab.OtherViewer, Host.OwnerB })
        {
            seen = await Host.DoneAsync(200, token, "GET", "/dashboard/compliance?client_id=" + _lab.Client);
            Assert.Equal((0, "{}", 0), ((int)seen["attempts"]!["dialled"]!, seen["blocked"]!.ToJsonString(), (int)seen["dnc"]!["added"]!));
        }

        Assert.Equal((1, 0), await BeyondHoursAsync($$"""{"zones":{{Clocks}} }"""));
        Assert.Equal((0, 1), await BeyondHoursAsync($$"""{"zones":{{Clocks}},"legal_override":{"because":"asked"} }"""));
    }

    /// <summary>Calls outside of the hours, and those by an override, before their hour is added up and after it.</summary>
    private async Task<(int Outside, int Overridden)> BeyondHoursAsync(string evidence)
    {
        var database = Host.Node.Node.Database;
        await database.Sql.WriteAsync(db => db.Execute(
            "update rw_attempt set evidence = @evidence, leg_uuid = leg_uuid where tenant_id = @client",
            new { evidence, client = _lab.Client }), Stop);
        var attempts = (await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/compliance"))["attempts"]!.ToJsonString();
        await new FigureHourTable(database).AddAsync(Stop);
        var kept = (await Host.DoneAsync(200, _lab.Viewer, "GET", "/dashboard/compliance"))["attempts"]!;
        Assert.Equal(attempts, kept.ToJsonString());
        return ((int)kept["outside_hours"]!, (int)kept["overridden"]!);
    }

    [Fact]
    public async Task Without_calls_each_figure_is_nothing_and_each_day_is_there()
    {
        // Case D04.
        var none = await OverviewAsync(Host.OwnerA, "?period=30d");
        Assert.All(none["summary"]!.AsObject().Where(one => one.Key.EndsWith("_rate", StringComparison.Ordinal)),
            one => Assert.Equal(0m, (decimal)one.Value!));
        Assert.Null(none["summary"]!["cost_per_meeting"]);
        var days = (await Host.DoneAsync(200, Host.OwnerA, "GET",
            "/dashboard/timeseries?period=custom&start_date=2026-02-10&end_date=2026-02-16"))["timeseries"]!.AsArray();
        Assert.Equal(Enumerable.Range(10, 7).Select(day => $"2026-02-{day}"), days.Select(day => (string)day!["date"]!));
        Assert.All(days, day => Assert.Equal(0, (int)day!["total_calls"]!));
    }

    [Fact]
    public async Task A_period_is_whole_days_of_the_zone_and_what_is_none_is_refused()
    {
        // Cases D05 and D07.
        var week = (await OverviewAsync(Host.OwnerA, "?timezone=UTC"))["period"]!;
        var (start, end) = (DateOnly.Parse((string)week["start_date"]!), DateOnly.Parse((string)week["end_date"]!));
        Assert.Equal(6, end.DayNumber - start.DayNumber);
        Assert.InRange(DateOnly.FromDateTime(DateTimeOffset.UtcNow.DateTime).DayNumber - end.DayNumber, 0, 1);
        foreach (string query in new[]
            {
                "?period=custom", "?period=custom&start_date=2026-02-10", "?period=custom&start_date=2026-02-10&end_date=2026-02-09",
                "?period=custom&start_date=2026-02-10&end_date=soon", "?period=custom&start_date=2025-01-01&end_date=2026-01-02",
                "?timezone=Mars/Olympus",
            })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/dashboard/overview" + query);
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/dashboard/overview?period=1y");
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/dashboard/heatmap?period=today");
        await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "GET", "/dashboard/heatmap?metric=luck");
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task A_call_is_of_the_hour_in_which_it_began_and_is_billed_by_whole_minutes()
    {
        // Cases D07 and D09, by a call that is put where its hour is known.
        string id = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "ok-1");
        await _lab.EndsAsync(id);
        foreach (var (talk, minutes) in new[] { (0, 0m), (5, 1m), (31, 1m), (60, 1m), (61, 2m) })
        {
            await Host.Node.Node.Database.Sql.WriteAsync(db =>
            {
                db.Execute("update rw_leg set started_at = @at where uuid = @id", new { id, at = Times.Cut(At) });
                return db.Execute("""
                    update rw_call_record set talk_seconds = @talk where leg_id in (select id from rw_leg where uuid = @id)
                    """, new { id, talk });
            }, Stop);
            var shown = await OverviewAsync(Host.OwnerA, "?period=custom&start_date=2026-02-10&end_date=2026-02-10&timezone=UTC");
            Assert.Equal((talk, 1, minutes), (talk, (int)shown["summary"]!["total_calls"]!, (decimal)shown["summary"]!["minutes_billed"]!));
        }
        foreach (var (zone, date, calls) in new[] { ("UTC", "2026-02-10", 1), ("Asia/Tokyo", "2026-02-10", 1),
            ("Pacific/Kiritimati", "2026-02-10", 0), ("Pacific/Kiritimati", "2026-02-11", 1), ("Asia/Kathmandu", "2026-02-10", 1) })
        {
            var day = await OverviewAsync(Host.OwnerA, $"?period=custom&start_date={date}&end_date={date}&timezone={zone}");
            Assert.Equal((zone, date, calls), (zone, date, (int)day["summary"]!["total_calls"]!));
        }
    }

    [Fact, Depth("the gate has calls of a client that are charged once, in AgencyBillingTests")]
    public async Task Minutes_are_billed_by_the_increment_that_the_agency_has_settled()
    {
        // Case D09, of 30/6 and of 1/1.
        var database = Host.Node.Node.Database;
        string id = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "ok-1");
        await _lab.EndsAsync(id);
        foreach (string wrong in new[] { "60", """{"initial":0}""", """{"step":"6"}""", """{"later":6}""" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"billing_increment":{{{wrong}}}}}""");
        await SettleAsync("""{"initial":30,"step":6}""");
        foreach (var (talk, minutes) in new[] { (0, 0m), (5, 0.5m), (31, 0.6m), (61, 1.1m) })
        {
            await database.Sql.WriteAsync(db =>
            {
                db.Execute("update rw_leg set started_at = @at where uuid = @id", new { id, at = Times.Cut(At) });
                return db.Execute("""
                    update rw_call_record set talk_seconds = @talk where leg_id in (select id from rw_leg where uuid = @id)
                    """, new { id, talk });
            }, Stop);
            Assert.Equal((talk, minutes), (talk, await MinutesAsync()));
        }
        // What is kept of the hour is added up anew when the increment changes.
        await new FigureHourTable(database).AddAsync(Stop);
        Assert.Equal(1.1m, await MinutesAsync());
        foreach (var (increment, minutes) in new[] { ("""{"initial":1,"step":1}""", 1.02m), ("null", 2m) })
        {
            await SettleAsync(increment);
            await new FigureHourTable(database).AddAsync(Stop);
            Assert.Equal(minutes, await MinutesAsync());
        }

        Task SettleAsync(string increment) => Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency",
            $$$"""{"settings":{"billing_increment":{{{increment}}}}}""");

        async Task<decimal> MinutesAsync() => (decimal)(await OverviewAsync(Host.OwnerA,
            "?period=custom&start_date=2026-02-10&end_date=2026-02-10&timezone=UTC"))["summary"]!["minutes_billed"]!;
    }

    private static DateTimeOffset At => DateTimeOffset.Parse("2026-02-10T14:05:00Z");

    private Task<JsonObject> OverviewAsync(string token, string query) =>
        Host.DoneAsync(200, token, "GET", "/dashboard/overview" + query);
}
