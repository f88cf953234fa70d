using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

public sealed class DoNotCallOnSqliteTests() : DoNotCallTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class DoNotCallOnPostgresTests() : DoNotCallTests(Product.Postgres);

/// <summary>The gate with the lists of a real database: an account, one below it, and a stranger.</summary>
public abstract class DoNotCallTests(Product product) : IAsyncLifetime
{
    private const string Listed = "+12125550123", Free = "+12125550124";

    private readonly FakeTimeProvider _time = new();
    private TestDatabase _test = null!;         // set before each test
    private DialGate _gate = null!;
    private TenantId _tenant, _child, _stranger;
    private uint _counter;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private DoNotCallTable Lists => _test.Database.DoNotCall;
    private IDialGate Gate => _gate;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _tenant = await _test.TenantAsync("agency");
        _stranger = await _test.TenantAsync("stranger");
        _child = (await _test.Database.Tenants.CreateAsync("client", TenantLimits.None, _tenant, Stop))!.Tenant.Id;
        _gate = GateOf(_test.Database, _time);
        await Lists.StartAsync(Stop);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    internal static DialGate GateOf(Database database, TimeProvider time) =>
        new(database.Routing, NumberingPlansTests.Plans, NumberingPlansTests.Emergencies, new() { IsLoopbackOnly = true }, time,
            doNotCall: new(database.DoNotCall, database.Routing));

    internal static DoNotCallEntry Entry(TenantId? owner, string number, DateTimeOffset at, DateTimeOffset? until = null) => new()
    {
        Id = Guid.CreateVersion7(), Owner = owner, Number = number, Source = DoNotCallSource.Spoken, Reason = DoNotCallReason.Litigator,
        AddedBy = "the clerk of the agency", Evidence = "said so in a call that is nobody else's business", ExpiresAt = until, At = at,
    };

    private Task<IReadOnlySet<string>> AddAsync(TenantId? owner, string number = Listed, DateTimeOffset? until = null) =>
        Lists.AddAsync([Entry(owner, number, _time.GetUtcNow(), until)], _ => null, Stop).AsTask();

    private CallAttempt Ask(TenantId tenant, string to = Listed) => new()
    {
        Leg = LegId.Compose(1, 0, 1, ++_counter, 7), Direction = Direction.Outbound, Tenant = tenant, Connection = default,
        From = "+15550100000", To = to, IsByOperator = true,
        Kind = to.StartsWith("sip:", StringComparison.Ordinal) ? DestinationKind.Elsewhere : DestinationKind.Number,
    };

    private async Task<GateAnswer> EnterAsync(TenantId tenant, string to = Listed)
    {
        var answer = await Gate.EnterAsync(Ask(tenant, to));
        Assert.True(answer.IsOpen || answer.Detail is not null);
        return answer;
    }

    [Fact]
    public async Task An_entry_holds_for_its_account_and_those_below_it_and_for_nobody_else()
    {
        await AddAsync(_tenant);
        var own = await EnterAsync(_tenant);
        Assert.Equal((Refusal.DoNotCall, "do_not_call", "The number is on the account's do-not-call list (source: spoken)."),
            (own.Refusal, own.Rule, own.Detail));
        Assert.Equal(0, _gate.Count);
        // What the account above has written there is not told below.
        Assert.Equal("The number is on the do-not-call list of the account above this one (source: spoken).",
            (await EnterAsync(_child)).Detail);
        Assert.True((await EnterAsync(_stranger)).IsOpen);
        Assert.True((await EnterAsync(_tenant, Free)).IsOpen);

        await AddAsync(_child, Free);
        Assert.Equal("do_not_call", (await EnterAsync(_child, Free)).Rule);
        Assert.True((await EnterAsync(_tenant, Free)).IsOpen);
        await AddAsync(null, Free);
        Assert.Equal("The number is on the do-not-call list of this platform (source: spoken).",
            (await EnterAsync(_stranger, Free)).Detail);
    }

    [Fact]
    public async Task Those_of_many_numbers_that_are_on_a_list_are_found_together()
    {
        string[] many = [.. Enumerable.Range(0, DoNotCallTable.MostAtOnce + 100).Select(n => $"+1213555{n:0000}")];
        Assert.Empty(await Lists.ListHeldAsync(_child, _tenant, many, Stop));
        await AddAsync(_tenant, many[0]);
        await AddAsync(_child, many[1]);
        await AddAsync(null, many[^1]);
        await AddAsync(_stranger, many[2]);
        await AddAsync(_tenant, many[3], _time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([many[0], many[1], many[^1]], (await Lists.ListHeldAsync(_child, _tenant, many, Stop)).Order());
        Assert.Equal([many[0], many[^1]], (await Lists.ListHeldAsync(_tenant, null, many, Stop)).Order());
    }

    /// <summary>The one has come from a messenger, the other is dialled.</summary>
    [Theory]
    [InlineData("+5215512345678", "+525512345678"), InlineData("+541123456789", "+5491123456789")]
    [InlineData("+553191234567", "+5531991234567")]
    public async Task An_entry_holds_for_the_telephones_other_number(string listed, string other)
    {
        await AddAsync(_tenant, listed);
        Assert.True(Lists.MayHold(_child, _tenant, other));
        Assert.False(Lists.MayHold(_stranger, null, other));
        Assert.Equal(listed, (await Lists.FindHoldAsync(_child, _tenant, other, Stop))?.Entry?.Number);
        Assert.Null(await Lists.FindHoldAsync(_stranger, null, other, Stop));
        Assert.Equal([other], await Lists.ListHeldAsync(_child, _tenant, [Free, other], Stop));
        Assert.Equal([listed], await Lists.ListHeldAsync(_child, _tenant, [listed], Stop));
        await Lists.RemoveAsync(_tenant, listed, _ => null, Stop);
        Assert.Null(await Lists.FindHoldAsync(_child, _tenant, other, Stop));
    }

    [Fact]
    public async Task What_was_agreed_to_by_one_number_of_a_telephone_is_taken_back_by_the_other()
    {
        var consents = _test.Database.Consents;
        await consents.AddAsync(Agreed("+5215512345678"), null, Stop);
        await consents.AddAsync(Agreed("+525512345678"), null, Stop);
        await consents.AddAsync(Agreed("+5531991234567"), null, Stop);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await RevokeAsync("+525512345678"));
        Assert.Equal(1, await RevokeAsync("+553191234567"));
        // A list that is sent again gives nothing back.
        Assert.Equal(0, await consents.BringAsync(_tenant,
            [Agreed("+553191234567") with { GivenAt = _time.GetUtcNow().AddMinutes(-30) }], _ => null, Stop));
        Assert.Empty(await consents.ListAgreedAsync(_tenant, ["+5215512345678", "+525512345678", "+5531991234567", "+553191234567"],
            ConsentKind.Express, _time.GetUtcNow(), Stop));

        // Nor does one that was given in between hold for a number by which it was taken back, as an earlier version left it.
        var revoked = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromHours(1));
        await consents.AddAsync(Agreed("+525512345678") with { GivenAt = revoked.AddMinutes(-1) }, null, Stop);
        Assert.Null(await FindAsync("+5215512345678"));
        // What is agreed to anew by one number holds for the other.
        await consents.AddAsync(Agreed("+525512345678"), null, Stop);
        await consents.AddAsync(Agreed("+552131234567"), null, Stop);
        Assert.Equal("+525512345678", (await FindAsync("+5215512345678"))?.Number);
        Assert.Null(await FindAsync("+5521931234567"));
        string[] asked = ["+5215512345678", "+525512345678", "+5531991234567", "+5521931234567"];
        Assert.Equal(asked[..2],
            (await consents.ListAgreedAsync(_tenant, asked, ConsentKind.Express, _time.GetUtcNow(), Stop)).Order(StringComparer.Ordinal));
        // Whoever looks for a consent sees the one that holds.
        foreach (string number in asked[..2])
        {
            var (rows, total) = await consents.ListAsync(_tenant, number, 0, 10, Stop);
            Assert.Equal((4, 4L), (rows.Count, total));
            (rows, total) = await consents.ListSomeAsync([_tenant], number, 3, 10, Stop);
            Assert.Equal(("+525512345678", 4L), (Assert.Single(rows).Number, total));
        }

        Task<Consent?> FindAsync(string number) =>
            consents.FindAgreedAsync(_tenant, number, ConsentKind.Express, _time.GetUtcNow(), Stop).AsTask();

        Consent Agreed(string number) => new()
        {
            Id = Guid.NewGuid(), Tenant = _tenant, Number = number, Kind = ConsentKind.Express, Channel = ConsentChannel.Voice,
            Source = "form", GivenAt = _time.GetUtcNow(), At = _time.GetUtcNow(),
        };

        Task<int> RevokeAsync(string number) =>
            consents.RevokeAsync(_tenant, number, ConsentChannel.Voice, "him", _time.GetUtcNow(), _ => null, Stop).AsTask();
    }

    [Theory, InlineData("+5215512345678"), InlineData("+525512345678")]
    public async Task A_consent_is_listed_by_either_number_of_its_telephone(string asked)
    {
        var consents = _test.Database.Consents;
        await consents.AddAsync(new()
        {
            Id = Guid.NewGuid(), Tenant = _tenant, Number = "+5215512345678", Kind = ConsentKind.Express, Channel = ConsentChannel.Voice,
            Source = "form", GivenAt = _time.GetUtcNow(), At = _time.GetUtcNow(),
        }, null, Stop);
        foreach (var (rows, total) in new[]
        {
            await consents.ListAsync(_tenant, asked, 0, 10, Stop), await consents.ListSomeAsync([_tenant], asked, 0, 10, Stop),
            await consents.ListAsync(_tenant, null, 0, 10, Stop),
        })
            Assert.Equal(("+5215512345678", 1L), (Assert.Single(rows).Number, total));
        Assert.Empty((await consents.ListAsync(_tenant, "+525512345679", 0, 10, Stop)).Rows);
    }

    [Fact]
    public async Task What_is_removed_or_over_may_be_called_and_of_two_entries_the_longer_one_stays()
    {
        var now = _time.GetUtcNow();
        Assert.Equal([Listed], await AddAsync(_tenant, until: now.AddHours(2)));
        Assert.Empty(await AddAsync(_tenant, until: now.AddHours(1)));
        _time.Advance(TimeSpan.FromMinutes(90));
        Assert.False((await EnterAsync(_tenant)).IsOpen);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True((await EnterAsync(_tenant)).IsOpen);
        Assert.Equal([Listed], await AddAsync(_tenant));        // for good
        Assert.Empty(await AddAsync(_tenant, until: now.AddYears(9)));
        _time.Advance(TimeSpan.FromDays(5_000));
        Assert.False((await EnterAsync(_tenant)).IsOpen);

        Assert.Null(await Lists.RemoveAsync(_stranger, Listed, _ => null, Stop));
        Assert.Null(await Lists.RemoveAsync(null, Listed, _ => null, Stop));
        Assert.False((await EnterAsync(_tenant)).IsOpen);
        Assert.Equal(Listed, (await Lists.RemoveAsync(_tenant, Listed, _ => null, Stop))!.Number);
        Assert.True((await EnterAsync(_tenant)).IsOpen);
    }

    [Theory]
    [InlineData("sip:+12125550123@elsewhere.example"), InlineData("sip:12125550123@elsewhere.example;transport=tcp"),
        InlineData("sip:%2B12125550123@elsewhere.example"), InlineData("sip:+12125550123;x=y@elsewhere.example")]
    public async Task A_number_in_a_sip_uri_of_somewhere_else_is_that_number(string to)
    {
        Assert.True((await EnterAsync(_tenant, to)).IsOpen);
        await AddAsync(_tenant);
        Assert.Equal("do_not_call", (await EnterAsync(_tenant, to)).Rule);
        Assert.True((await EnterAsync(_tenant, "sip:alice@elsewhere.example")).IsOpen);
    }

    [Fact]
    public async Task Messages_are_held_as_calls_are_and_emergency_calls_of_phones_never()
    {
        await AddAsync(null);
        await AddAsync(null, "+1911");
        var message = new MessageAttempt { Tenant = _tenant, From = "+15550100000", To = Listed };
        Assert.Equal("do_not_call", (await Gate.AskAsync(message)).Rule);
        Assert.True((await Gate.AskAsync(message with { To = Free })).IsOpen);
        Assert.True((await Gate.EnterAsync(Ask(_tenant, "+1911") with { IsFromPhone = true })).IsOpen);
        // Who calls in is held by nothing.
        Assert.True((await Gate.EnterAsync(Ask(_tenant) with { Direction = Direction.Inbound })).IsOpen);
    }

    [Fact]
    public async Task A_call_that_is_redirected_to_a_number_on_the_list_stays_what_it_was()
    {
        await AddAsync(_tenant);
        var call = Ask(_tenant, Free);
        Assert.True((await Gate.EnterAsync(call)).IsOpen);
        Assert.Equal("do_not_call", (await Gate.MoveAsync(call with { To = Listed })).Rule);
        Assert.Equal(1, _gate.Count);
        await Lists.RemoveAsync(_tenant, Listed, _ => null, Stop);
        var moving = Gate.MoveAsync(call with { To = Listed });
        Gate.Leave(call.Leg);
        await moving;
        Assert.Equal(0, _gate.Count);      // whoever left before the answer has left nothing behind
    }

    [Fact]
    public async Task Where_no_list_has_the_number_the_answer_is_there_at_once()
    {
        Assert.True(Gate.EnterAsync(Ask(_tenant)).AsTask().IsCompletedSuccessfully);
        await AddAsync(_tenant);
        Assert.True(Gate.EnterAsync(Ask(_tenant, Free)).AsTask().IsCompletedSuccessfully);
        Assert.True(Gate.EnterAsync(Ask(_stranger)).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task When_the_database_does_not_answer_what_may_be_on_a_list_is_refused()
    {
        await AddAsync(_tenant);
        await _test.Database.DisposeAsync();
        var answer = await Gate.EnterAsync(Ask(_tenant));
        Assert.Equal((Refusal.Overloaded, "gate_silent"), (answer.Refusal, answer.Rule));
        Assert.Equal(0, _gate.Count);
        Assert.True((await EnterAsync(_tenant, Free)).IsOpen);
    }

    [Fact, Depth("long lists in pieces; the gate has each list and what it holds")]
    public async Task Lists_are_read_at_the_start_in_pieces_and_before_they_are_each_call_is_looked_up()
    {
        const int Many = 45_000;
        for (int i = 0; i < Many; i += DoNotCallTable.MostAtOnce)
        {
            var some = Enumerable.Range(i, DoNotCallTable.MostAtOnce).Select(n => Entry(_tenant, $"+1312{n:d7}", _time.GetUtcNow()));
            await Lists.AddAsync([.. some], _ => null, Stop);
        }
        await _test.ReopenAsync();
        _gate = GateOf(_test.Database, _time);
        var early = Gate.EnterAsync(Ask(_tenant, "+13120000007"));
        Assert.Equal("do_not_call", (await early).Rule);
        Assert.Equal(0, Lists.Index.Count);
        await Lists.StartAsync(Stop);
        Assert.Equal(Many, Lists.Index.Count);
        foreach (int n in (int[])[0, 19_999, 20_000, 44_999])
            Assert.Equal("do_not_call", (await EnterAsync(_tenant, $"+1312{n:d7}")).Rule);
        Assert.True(Gate.EnterAsync(Ask(_tenant, "+13129999999")).AsTask().IsCompletedSuccessfully);
        Assert.Equal(Many, (await Lists.ListAsync(_tenant, null, isProvisional: false, 0, 1, Stop)).Total);
    }

    [Fact]
    public async Task What_an_account_was_asked_outlives_it_as_a_hash_and_holds_when_it_comes_back()
    {
        string file = Path.Combine(_test.Folder, "backup.jsonl");
        await _test.Database.Snapshots.SaveAsync(file, _tenant, [], withFiles: false, overwrites: true, Stop);
        await AddAsync(_tenant);
        await _test.Database.Consents.AddAsync(new()
        {
            Id = Guid.NewGuid(), Tenant = _tenant, Number = Free, Kind = ConsentKind.Written, Channel = ConsentChannel.Voice,
            Source = "form", GivenAt = _time.GetUtcNow(), At = _time.GetUtcNow(),
        }, null, Stop);
        // As it was before anybody asked: the account goes, and comes back from the file.
        await _test.Database.Snapshots.LoadAsync(file, [], (_, _) => null, replaces: true, () => 1, Stop);

        Assert.Null(await Lists.FindAsync(_tenant, Listed, Stop));
        Assert.Equal("The number is on the account's do-not-call list (source: an account that has gone).",
            (await EnterAsync(_tenant)).Detail);
        Assert.Equal("do_not_call", (await EnterAsync(_child)).Rule);
        Assert.Equal([Listed], await Lists.ListHeldAsync(_child, _tenant, [Free, Listed], Stop));
        Assert.True((await EnterAsync(_stranger)).IsOpen);
        Assert.Equal(["consent", "do_not_call"], await _test.QueryAsync("select kind from rw_contact_tombstone order by kind"));
        Assert.Empty(await _test.QueryAsync($"select id from rw_contact_tombstone where number_hash like '%{Listed[1..]}%'"));
        // It can be put back on the list, and taken off it for good.
        await AddAsync(_tenant);
        await Lists.RemoveAsync(_tenant, Listed, _ => null, Stop);
        Assert.True((await EnterAsync(_tenant)).IsOpen);
    }

    [Fact]
    public async Task A_backup_has_the_lists_of_accounts_and_of_the_platform()
    {
        await AddAsync(_tenant);
        await AddAsync(null, Free);
        string file = Path.Combine(_test.Folder, "all.jsonl");
        await _test.Database.Snapshots.SaveAsync(file, null, [], withFiles: false, overwrites: true, Stop);
        await using var other = await TestDatabase.OpenAsync(product, _time);
        await other.Database.DoNotCall.StartAsync(Stop);
        await other.Database.Snapshots.LoadAsync(file, [], (_, _) => null, replaces: false, () => 1, Stop);
        IDialGate there = GateOf(other.Database, _time);
        Assert.Equal("do_not_call", (await there.EnterAsync(Ask(_tenant))).Rule);
        Assert.Equal("do_not_call", (await there.EnterAsync(Ask(_stranger, Free))).Rule);
        Assert.True((await there.EnterAsync(Ask(_stranger))).IsOpen);
    }
}

/// <summary>Two nodes of one PostgreSQL.</summary>
public sealed class DoNotCallOfTwoNodesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_node_is_told_the_other_one_knows()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        await one.Database.DoNotCall.StartAsync(Stop);
        await two.Database.DoNotCall.StartAsync(Stop);
        Assert.False(two.Database.DoNotCall.MayHold(tenant, null, "+12125550123"));
        await one.Database.DoNotCall.AddAsync([DoNotCallTests.Entry(tenant, "+12125550123", DateTimeOffset.UtcNow)], _ => null, Stop);
        await Eventually.TrueAsync(() => two.Database.DoNotCall.MayHold(tenant, null, "+12125550123"), "the other node knows");
        Assert.False(two.Database.DoNotCall.MayHold(tenant, null, "+12125550124"));

        // While it hears nothing, it looks up each number; and knows what came meanwhile when it hears again.
        await server.Database.Sql.ReadAsync(db => db.Query<bool>(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen ringwright_do_not_call%'").AsList(), Stop);
        await one.Database.DoNotCall.AddAsync([DoNotCallTests.Entry(tenant, "+12125550125", DateTimeOffset.UtcNow)], _ => null, Stop);
        await Eventually.TrueAsync(() => two.Database.DoNotCall.Index.IsCurrent
            && two.Database.DoNotCall.MayHold(tenant, null, "+12125550125")
            && !two.Database.DoNotCall.MayHold(tenant, null, "+12125550124"), "it hears again");
    }
}
