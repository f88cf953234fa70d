using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What a killed process leaves for the far ends of its legs.</summary>
public abstract class RecoveryByeTests(Product product)
{
    [Fact]
    public async Task The_newest_recovery_BYE_of_each_live_leg_is_there_for_the_next_start_until_it_is_said()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        Script ringing = new(tenant), answered = new(tenant, 2), moved = new(tenant, 3), ended = new(tenant, 4), without = new(tenant, 5);
        await ledger.AppendAsync(ringing.Initiated(), "ringing");
        await ledger.AppendAsync(ringing.Ringing());
        await ledger.AppendAsync(answered.Initiated(), "dialled");
        await ledger.AppendAsync(answered.Answered(), "answered");
        await ledger.AppendAsync(moved.Initiated(), "here");
        await ledger.AppendAsync(moved.Answered());
        Assert.True(await KeepAsync(ledger, moved, "there"));
        await ledger.AppendAsync(ended.Initiated(), "gone");
        await ledger.AppendAsync(ended.Ended());
        Assert.True(await KeepAsync(ledger, ended, "too late"));
        await ledger.AppendAsync(without.Initiated());
        Assert.Empty(await ledger.ListRecoveryByesAsync(TestDatabase.Stop));

        var next = Open(test);
        Assert.Equal(4, await next.RecoverAsync(TestDatabase.Stop));
        var kept = await next.ListRecoveryByesAsync(TestDatabase.Stop);
        Assert.Equal([("ringing", false), ("answered", true), ("there", true)],
            kept.OrderBy(k => k.Leg.Id.ToString()).Select(k => (k.Text, k.Leg.AnsweredAt is not null)));

        // An answer comes to what was still being dialled.
        Assert.True(await KeepAsync(next, ringing, "answered late"));
        Assert.Equal(["answered", "answered late", "there"], (await next.ListRecoveryByesAsync(TestDatabase.Stop))
            .Select(k => k.Text).Order());

        // This start dies before it comes to all of them.
        next.Forget(kept.Single(k => k.Text == "ringing").Leg);
        await next.FlushAsync();
        var last = Open(test);
        Assert.Equal(0, await last.RecoverAsync(TestDatabase.Stop));
        Assert.Equal(["answered", "there"], (await last.ListRecoveryByesAsync(TestDatabase.Stop)).Select(k => k.Text).Order());
    }

    [Fact]
    public async Task What_was_kept_while_a_leg_was_dialled_does_not_take_the_place_of_what_came_with_its_answer()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var ledger = Open(test);
        var script = new Script(await test.TenantAsync());
        await ledger.AppendAsync(script.Initiated(), "dialled");
        var dialled = script.Facts;
        await ledger.AppendAsync(script.Answered(), "answered");
        var kept = new TaskCompletionSource<bool>();
        ledger.Keep(dialled, "dialled again", kept.SetResult);
        Assert.True(await kept.Task);

        var next = Open(test);
        await next.RecoverAsync(TestDatabase.Stop);
        Assert.Equal("answered", Assert.Single(await next.ListRecoveryByesAsync(TestDatabase.Stop)).Text);
    }

    private static Ledger Open(TestDatabase test) => new(test.Database, Script.Anchor, [], NullLogger.Instance);

    private static Task<bool> KeepAsync(Ledger ledger, Script script, string text)
    {
        var done = new TaskCompletionSource<bool>();
        ledger.Keep(script.Facts, text, done.SetResult);
        return done.Task;
    }
}

public sealed class RecoveryByesOnSqlite() : RecoveryByeTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RecoveryByesOnPostgres() : RecoveryByeTests(Product.Postgres);
