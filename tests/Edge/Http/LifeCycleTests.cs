using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Testing;

namespace Ringwright.Edge.Http;

/// <summary>A declared life cycle, moved by requests, the operator, jobs and time, on a real database; the clock is the tests'.</summary>
public abstract class LifeCycleTests(Product product)
{
    private static readonly TimeSpan Holding = TimeSpan.FromMinutes(10), Keeping = TimeSpan.FromHours(1);
    private static readonly string[] Names = ["held", "released", "screened", "approved", "expired", "archived", "reopened"];
    private static readonly Mover[] Movers = [Mover.Api, Mover.Operator, Mover.Job];

    private static CancellationToken Stop => TestDatabase.Stop;

    internal static readonly ResourceKind Permit = new("permit")
    {
        Awaits = ["open", "screened"],
        Transitions =
        [
            new(Transition.Created, [], "open"),
            new("held", ["open"], "held") { Role = CallerRole.Owner, Says = "note" },
            new("released", ["held"], "open") { By = Mover.Api | Mover.Operator },
            new("screened", ["open"], "screened") { By = Mover.Job },
            new("approved", ["open", "held", "screened"], "approved") { By = Mover.Operator, Says = "note" },
            new("expired", ["held"], "open") { By = Mover.Timer, After = Holding, Sets = new() { ["note"] = null } },
            new("archived", ["approved"], "archived") { By = Mover.Timer, After = Keeping },
            new("reopened", ["approved", "archived"], "open"),
        ],
        Work = change => new(new UnitOfWork { Messages = [Message(change)] }),
    };

    private static OutboxMessage Message(ResourceChange change) => new()
    {
        Id = Guid.NewGuid(), Tenant = change.Row.Tenant, OrderKey = "permits", Format = "telnyx", EventType = $"permit.{change.Name}",
        Url = "https://example.com/hook", OccurredAt = change.At,
        Body = new JsonObject { ["by"] = change.By.ToString(), ["state"] = change.Row.Body["status"]!.DeepClone() }.ToJsonString(),
    };

    /// <summary>The same table once more, in other words.</summary>
    private static string? Model(string state, string move, Mover by) => (move, by, state) switch
    {
        ("held", Mover.Api, "open") => "held",
        ("released", Mover.Api or Mover.Operator, "held") => "open",
        ("screened", Mover.Job, "open") => "screened",
        ("approved", Mover.Operator, "open" or "held" or "screened") => "approved",
        ("reopened", Mover.Api, "approved" or "archived") => "open",
        _ => null,
    };

    private static (string Move, string To, TimeSpan After)? Timed(string state) => state switch
    {
        "held" => ("expired", "open", Holding),
        "approved" => ("archived", "archived", Keeping),
        _ => null,
    };

    internal static LifeCycle Cycle(Database database) => new(Permit, database.Documents.Rows(Permit));

    internal static async Task MakeAsync(LifeCycle cycle, TenantId tenant, string id, DateTimeOffset at)
    {
        var row = new ResourceRow { Id = id, Tenant = tenant, Body = new() { ["status"] = "open" }, CreatedAt = at, UpdatedAt = at };
        var work = await ResourceWrites.WorkOfAsync(Permit, new("created", null, row) { At = at }, new()
        {
            Tenant = tenant, At = at, By = Ringwright.Store.Audit.AuditActor.Owner, Change = "created",
            RecordType = Permit.RecordType, ResourceId = id,
        });
        Assert.Equal(WriteOutcome.Done, await cycle.Rows.InsertAsync(row, work, Stop));
    }

    private static async Task<string> StateAsync(LifeCycle cycle, TenantId tenant, string id) =>
        (string)(await cycle.Rows.FindAsync(tenant, id, Stop))!.Body["status"]!;

    private static async Task BecomesAsync(LifeCycle cycle, TenantId tenant, string id, string state) =>
        await Eventually.SomeAsync(async () => await StateAsync(cycle, tenant, id) == state ? state : null, $"{id} is {state}");

    private static Moves Moves => new(NullLogger.Instance);

    [Fact]
    public async Task Whoever_moves_it_and_in_whatever_order_it_goes_by_its_table()
    {
        for (int seed = 1; seed <= 6; seed++) await WanderAsync(seed);
    }

    private async Task WanderAsync(int seed)
    {
        var (random, time) = (new Random(seed), new FakeTimeProvider());
        await using var test = await TestDatabase.OpenAsync(product, time);
        var tenant = await test.TenantAsync();
        var cycle = Cycle(test.Database);
        await using var timers = new StateTimers(test.Database.States, [cycle], time, NullLogger.Instance);
        timers.Start();
        await MakeAsync(cycle, tenant, "p", time.GetUtcNow());
        var (state, due, told) = ("open", (DateTimeOffset?)null, new List<string> { "permit.created" });

        for (int step = 0; step < 60; step++)
        {
            if (random.Next(4) == 0)
            {
                // Time goes on: to the moment when the move is due, or not so far.
                var rest = due - time.GetUtcNow();
                bool isDue = rest is not null && random.Next(2) == 0;
                time.Advance(isDue ? rest!.Value : rest is { } some ? some / 2 : TimeSpan.FromMinutes(7));
                if (!isDue) continue;
                var (timed, to, _) = Timed(state)!.Value;
                await BecomesAsync(cycle, tenant, "p", state = to);
                told.Add($"permit.{timed}");
            }
            else
            {
                var (move, by) = (Names[random.Next(Names.Length)], Movers[random.Next(Movers.Length)]);
                var result = await Moves.RunAsync(cycle, new(tenant, "p", move, by) { At = time.GetUtcNow(), Said = "why" }, Stop);
                string? next = Model(state, move, by);
                Assert.True((next is null ? MoveOutcome.WrongState : MoveOutcome.Done) == result.Outcome,
                    $"seed {seed}, step {step}: {move} by {by} from {state} was {result.Outcome}");
                if (next is null) continue;
                state = next;
                told.Add($"permit.{move}");
            }
            due = Timed(state) is { } later ? time.GetUtcNow() + later.After : null;
            Assert.Equal(due, await test.Database.States.NextDueAsync([Permit.RecordType], Stop));
            bool waits = state is "open" or "screened";
            Assert.Equal(waits ? 1 : 0, (await test.Database.States.ListWaitingAsync([Permit.RecordType], 0, 10, Stop)).Total);
        }
        Assert.Equal(state, await StateAsync(cycle, tenant, "p"));
        // Each move told once and noted once, and nothing that was refused.
        Assert.Equal(told, await test.QueryAsync("select event_type from rw_outbox order by seq"));
        Assert.Equal(told.Select(t => t["permit.".Length..]),
            await test.QueryAsync("select change_type from rw_audit_event where record_type = 'permit' order by seq"));
    }

    [Fact]
    public async Task A_move_wants_its_words_its_role_and_what_was_seen()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, other) = (await test.TenantAsync(), await test.TenantAsync("other"));
        var cycle = Cycle(test.Database);
        await MakeAsync(cycle, tenant, "p", test.Time.GetUtcNow());
        var order = new MoveOrder(tenant, "p", "held", Mover.Api) { At = test.Time.GetUtcNow(), Said = "why", Role = CallerRole.Owner };

        Assert.Equal(MoveOutcome.NothingSaid, (await Moves.RunAsync(cycle, order with { Said = " " }, Stop)).Outcome);
        Assert.Equal(MoveOutcome.Forbidden, (await Moves.RunAsync(cycle, order with { Role = CallerRole.Member }, Stop)).Outcome);
        Assert.Equal(MoveOutcome.Missing, (await Moves.RunAsync(cycle, order with { Tenant = other }, Stop)).Outcome);
        Assert.Equal(MoveOutcome.Conflict, (await Moves.RunAsync(cycle, order with { Revision = 2 }, Stop)).Outcome);
        Assert.Equal("open", await StateAsync(cycle, tenant, "p"));
        var done = await Moves.RunAsync(cycle, order with { Revision = 1 }, Stop);
        Assert.Equal((MoveOutcome.Done, 2, "why"), (done.Outcome, done.Row!.Revision, (string?)done.Row.Body["note"]));
        Assert.Equal(done.Row.Revision, (await cycle.Rows.FindAsync(tenant, "p", Stop))!.Revision);
    }

    [Fact]
    public async Task Of_two_movers_at_once_one_wins_and_the_other_is_told()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var cycle = Cycle(test.Database);
        var at = test.Time.GetUtcNow();
        for (int i = 0; i < 30; i++)
        {
            string id = $"p{i}";
            await MakeAsync(cycle, tenant, id, at);
            // The operator decides on what he has seen, and the customer changes it at that moment.
            var results = await Task.WhenAll(
                Task.Run(() => Moves.RunAsync(cycle,
                    new(tenant, id, "held", Mover.Api) { At = at, Said = "wait", Role = CallerRole.Owner }, Stop).AsTask()),
                Task.Run(() => Moves.RunAsync(cycle,
                    new(tenant, id, "approved", Mover.Operator) { At = at, Said = "fine", Revision = 1 }, Stop).AsTask()));
            var outcomes = results.Select(r => r.Outcome).ToArray();
            Assert.True(outcomes is [MoveOutcome.Done, MoveOutcome.Conflict] or [MoveOutcome.WrongState, MoveOutcome.Done],
                string.Join(", ", outcomes));
            Assert.Equal(outcomes[0] is MoveOutcome.Done ? "held" : "approved", await StateAsync(cycle, tenant, id));
        }
        Assert.Equal(["60"], await test.QueryAsync("select cast(count(*) as text) from rw_outbox"));
    }

    [Fact]
    public async Task What_was_due_while_no_process_ran_is_done_by_the_next()
    {
        var time = new FakeTimeProvider();
        await using var test = await TestDatabase.OpenAsync(product, time);
        var tenant = await test.TenantAsync();
        await MakeAsync(Cycle(test.Database), tenant, "p", time.GetUtcNow());
        await Moves.RunAsync(Cycle(test.Database),
            new(tenant, "p", "held", Mover.Api) { At = time.GetUtcNow(), Said = "wait", Role = CallerRole.Owner }, Stop);

        await test.ReopenAsync();
        var cycle = Cycle(test.Database);
        await using (var early = new StateTimers(test.Database.States, [cycle], time, NullLogger.Instance))
        {
            early.Start();
            time.Advance(Holding - TimeSpan.FromSeconds(1));
            await Task.Delay(100, Stop);
            Assert.Equal("held", await StateAsync(cycle, tenant, "p"));
        }
        time.Advance(TimeSpan.FromDays(3));
        await test.ReopenAsync();
        cycle = Cycle(test.Database);
        await using var timers = new StateTimers(test.Database.States, [cycle], time, NullLogger.Instance);
        timers.Start();
        await BecomesAsync(cycle, tenant, "p", "open");
        Assert.Null((await cycle.Rows.FindAsync(tenant, "p", Stop))!.Body["note"]);
        Assert.Equal(["node"], await test.QueryAsync("select made_by from rw_audit_event where change_type = 'expired'"));
    }

    [Fact]
    public async Task Several_that_look_at_the_same_time_make_each_move_once()
    {
        const int Count = 40;
        var time = new FakeTimeProvider();
        await using var test = await TestDatabase.OpenAsync(product, time);
        var tenant = await test.TenantAsync();
        var cycle = Cycle(test.Database);
        for (int i = 0; i < Count; i++)
        {
            await MakeAsync(cycle, tenant, $"p{i}", time.GetUtcNow());
            await Moves.RunAsync(cycle,
                new(tenant, $"p{i}", "held", Mover.Api) { At = time.GetUtcNow(), Said = "wait", Role = CallerRole.Owner }, Stop);
        }
        // Another node, where the database is on a server.
        using var folder = new TempFolder();
        if (product is Product.Postgres) File.Copy(Path.Combine(test.Folder, "key"), folder.File("key"));
        await using var other = product is Product.Postgres
            ? await Database.OpenAsync(new() { DataFolder = folder.Path, Connection = test.Connection, Node = 2 }, time,
                NullLogger.Instance, Stop) : null;
        time.Advance(Holding);
        var timers = new[] { test.Database, other ?? test.Database, test.Database }.Select(db =>
            new StateTimers(db.States, [Cycle(db)], time, NullLogger.Instance)).ToList();
        foreach (var one in timers) one.Start();
        for (int i = 0; i < Count; i++) await BecomesAsync(cycle, tenant, $"p{i}", "open");
        foreach (var one in timers) await one.DisposeAsync();
        Assert.Equal([$"{Count}"],
            await test.QueryAsync("select cast(count(*) as text) from rw_outbox where event_type = 'permit.expired'"));
        Assert.Equal([$"{Count}"],
            await test.QueryAsync("select cast(count(*) as text) from rw_audit_event where change_type = 'expired'"));
    }

    [Fact]
    public void A_table_that_cannot_be_meant_is_refused()
    {
        Assert.Null(StateRules.FaultOf(Permit));
        Assert.NotNull(StateRules.FaultOf(Permit with { Transitions = [new("a", ["x"], "y") { After = Holding }] }));
        Assert.NotNull(StateRules.FaultOf(Permit with { Transitions = [new("a", ["x"], "y") { By = Mover.Timer }] }));
        Assert.NotNull(StateRules.FaultOf(
            Permit with { Transitions = [.. Permit.Transitions, new("again", ["held"], "open") { By = Mover.Timer, After = Keeping }] }));
        Assert.NotNull(StateRules.FaultOf(Permit with { Transitions = [new("a", ["x"], "y") { By = Mover.None }] }));
        Assert.NotNull(StateRules.FaultOf(Permit with { Awaits = ["archived"] }));
        // Another timed move out of a state is one that resources name, in a field that there is.
        var granted = new Transition("granted", ["held"], "open") { By = Mover.Timer, After = Keeping, IsNamed = true };
        Assert.NotNull(StateRules.FaultOf(Permit with { Transitions = [.. Permit.Transitions, granted] }));
        Assert.Null(StateRules.FaultOf(Permit with { Transitions = [.. Permit.Transitions, granted], NextMove = "next" }));
    }
}

public sealed class LifeCyclesOnSqlite() : LifeCycleTests(Product.Sqlite)
{
    [Fact, Depth("the gate kills a unit of work at any moment (UnitOfWorkTests), which a move is")]
    public async Task Killed_at_any_moment_a_node_leaves_the_state_with_its_webhook_note_and_time_or_none_of_it()
    {
        const int Count = 300;
        await using var test = await TestDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var (cycle, moves, at) = (Cycle(test.Database), new Moves(NullLogger.Instance), test.Time.GetUtcNow());
        for (int i = 0; i < Count; i++) await MakeAsync(cycle, tenant, $"p{i}", at);
        using var folder = new TempFolder();
        var copies = await KilledCopies.TakeAsync(test, folder.Path, Count, async i => await moves.RunAsync(cycle,
            new(tenant, $"p{i}", "held", Mover.Api) { At = at, Said = "wait", Role = CallerRole.Owner }, TestDatabase.Stop));

        var seen = new HashSet<long>();
        foreach (string copy in copies)
        {
            await using var next = await Database.OpenAsync(new() { DataFolder = copy }, TimeProvider.System,
                NullLogger.Instance, TestDatabase.Stop);
            var (held, told, noted, timed, waits) = await next.Sql.ReadAsync(db => (
                db.ExecuteScalar<long>("select count(*) from rw_resource where json_extract(doc, '$.status') = 'held'"),
                db.ExecuteScalar<long>("select count(*) from rw_outbox where event_type = 'permit.held'"),
                db.ExecuteScalar<long>("select count(*) from rw_audit_event where change_type = 'held'"),
                db.ExecuteScalar<long>("select count(*) from rw_resource where due_at is not null"),
                db.ExecuteScalar<long>("select count(*) from rw_resource where waits_since is not null")), TestDatabase.Stop);
            Assert.Equal((held, held, held, Count - held), (told, noted, timed, waits));
            seen.Add(held);
        }
        Assert.True(seen.Count > 5, $"{copies.Count} copies saw only {string.Join(", ", seen)} moves");
    }
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class LifeCyclesOnPostgres() : LifeCycleTests(Product.Postgres);
