using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Jobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class JobTableTests(Product product)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly string[] Kinds = ["report"];

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestDatabase.Stop;

    private static async Task<Job> AddAsync(TestDatabase test, TenantId tenant, string kind = "report") =>
        (await test.Database.Jobs.AddAsync(tenant, kind, new() { ["from"] = "2026-01-01" }, mostOpen: 100, note: null, Stop))!;

    [Fact]
    public async Task A_job_is_taken_once_renewed_and_completed()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var tenant = await test.TenantAsync();
        var added = await AddAsync(test, tenant);
        Assert.Equal(JobState.Pending, (await test.Database.Jobs.FindAsync(tenant, added.Id, Stop))!.State);

        var lease = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.Equal((added.Id, JobState.Running, 1, "2026-01-01"),
            (lease.Job.Id, lease.Job.State, lease.Job.Attempts, (string)lease.Job.Input["from"]!));
        Assert.Null(await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop));
        Assert.True(await test.Database.Jobs.RenewAsync(lease, Lease, 5, 10, Stop));
        var running = (await test.Database.Jobs.FindAsync(tenant, added.Id, Stop))!;
        Assert.Equal((JobState.Running, 5L, 10L), (running.State, running.Done, running.Total));

        Assert.True(await test.Database.Jobs.CompleteAsync(lease, new() { ["rows"] = 7 }, 10, 10, Stop));
        var done = (await test.Database.Jobs.FindAsync(tenant, added.Id, Stop))!;
        Assert.Equal((JobState.Complete, 7, 10L, true), (done.State, (int)done.Result!["rows"]!, done.Done, done.IsOver));
        Assert.False(await test.Database.Jobs.RenewAsync(lease, Lease, 0, null, Stop));
        Assert.Null(await test.Database.Jobs.NextDueAsync(Kinds, Stop));
    }

    [Fact]
    public async Task A_job_whose_lease_ran_out_is_anybodys_and_its_first_holder_has_nothing_more_to_say()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var tenant = await test.TenantAsync();
        var added = await AddAsync(test, tenant);
        var first = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.Equal(_time.GetUtcNow() + Lease, await test.Database.Jobs.NextDueAsync(Kinds, Stop));
        _time.Advance(Lease);
        var second = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.Equal((added.Id, 2), (second.Job.Id, second.Job.Attempts));

        Assert.False(await test.Database.Jobs.RenewAsync(first, Lease, 1, 1, Stop));
        Assert.False(await test.Database.Jobs.CompleteAsync(first, null, 1, 1, Stop));
        Assert.False(await test.Database.Jobs.FailAsync(first, "no", 1, 1, Stop));
        Assert.True(await test.Database.Jobs.CompleteAsync(second, null, 1, 1, Stop));
    }

    [Fact]
    public async Task Two_takers_at_once_never_get_the_same()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var tenant = await test.TenantAsync();
        for (int i = 0; i < 20; i++) await AddAsync(test, tenant);
        var taken = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => test.Database.Jobs.TakeAsync(Kinds, Lease, Stop).AsTask()));
        Assert.Equal(20, taken.Where(t => t is not null).Select(t => t!.Job.Id).Distinct().Count());
        Assert.Equal(10, taken.Count(t => t is null));
    }

    [Fact]
    public async Task A_job_that_is_given_back_waits_for_its_time()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var tenant = await test.TenantAsync();
        await AddAsync(test, tenant);
        var lease = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.True(await test.Database.Jobs.GiveBackAsync(lease, _time.GetUtcNow() + TimeSpan.FromMinutes(1), isCounted: true, Stop));
        Assert.Null(await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop));
        _time.Advance(TimeSpan.FromMinutes(1));
        var again = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.Equal(2, again.Job.Attempts);
        await test.Database.Jobs.GiveBackAsync(again, _time.GetUtcNow(), isCounted: false, Stop);
        Assert.Equal(2, (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!.Job.Attempts);
    }

    [Fact]
    public async Task A_cancelled_job_is_not_begun_and_a_running_one_is_not_its_holders_any_more()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var (pending, running) = (await AddAsync(test, acme), await AddAsync(test, acme));
        Assert.False(await test.Database.Jobs.CancelAsync(other, pending.Id, null, Stop));
        Assert.True(await test.Database.Jobs.CancelAsync(acme, pending.Id, null, Stop));
        Assert.False(await test.Database.Jobs.CancelAsync(acme, pending.Id, null, Stop));
        var lease = (await test.Database.Jobs.TakeAsync(Kinds, Lease, Stop))!;
        Assert.Equal(running.Id, lease.Job.Id);
        Assert.True(await test.Database.Jobs.CancelAsync(acme, running.Id, null, Stop));
        Assert.False(await test.Database.Jobs.RenewAsync(lease, Lease, 1, 1, Stop));
        Assert.Equal(JobState.Cancelled, (await test.Database.Jobs.FindAsync(acme, running.Id, Stop))!.State);
    }

    [Fact]
    public async Task Jobs_are_listed_by_tenant_and_kind_and_taken_by_kind()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var first = await AddAsync(test, acme);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await AddAsync(test, acme);
        await AddAsync(test, acme, "import");
        await AddAsync(test, other);

        var page = await test.Database.Jobs.ListAsync(acme, "report", 0, 10, Stop);
        Assert.Equal((2L, second.Id, first.Id), (page.Total, page.Jobs[0].Id, page.Jobs[1].Id));
        Assert.Null(await test.Database.Jobs.FindAsync(other, first.Id, Stop));
        Assert.False(await test.Database.Jobs.DeleteAsync(other, first.Id, null, Stop));
        Assert.True(await test.Database.Jobs.DeleteAsync(acme, first.Id, null, Stop));
        Assert.Equal("import", (await test.Database.Jobs.TakeAsync(["import"], Lease, Stop))!.Job.Kind);
        Assert.Null(await test.Database.Jobs.TakeAsync(["import"], Lease, Stop));
        Assert.Null(await test.Database.Jobs.TakeAsync([], Lease, Stop));
    }

    [Fact]
    public async Task An_account_has_only_so_many_open_jobs()
    {
        await using var test = await TestDatabase.OpenAsync(product, _time);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        Task<Job?> AddAsync(TenantId tenant) => test.Database.Jobs.AddAsync(tenant, "report", [], mostOpen: 2, note: null, Stop).AsTask();
        Assert.NotNull(await AddAsync(acme));
        var second = await AddAsync(acme);
        Assert.Null(await AddAsync(acme));
        Assert.NotNull(await AddAsync(other));
        await test.Database.Jobs.CancelAsync(acme, second!.Id, null, Stop);
        Assert.NotNull(await AddAsync(acme));
    }
}

public sealed class JobTableOnSqlite() : JobTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class JobTableOnPostgres() : JobTableTests(Product.Postgres);
