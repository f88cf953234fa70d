using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Registrations;

namespace Ringwright.Pure.Switch;

/// <summary>Whoever registers without end is put off, and nothing is kept of it.</summary>
public sealed class RegisterPaceTests
{
    private readonly ShardRig _rig = new(nat: new() { KeepAlive = KeepAliveKind.Off }) { Current = Phones.Snapshot() };
    private int _requests;

    [Fact]
    public void One_user_is_heard_at_a_pace_and_others_of_its_account_beside_it()
    {
        for (int i = 0; i < Limits.RegistersAtOnce; i++) Assert.StartsWith("SIP/2.0 200", Register("alice1"));
        int transactions = _rig.State.Transactions;
        for (int i = 0; i < 100; i++)
        {
            Assert.StartsWith("SIP/2.0 503", Register("alice1"));
            Assert.Contains($"Retry-After: {Limits.RetryAfterSeconds}", _rig.Last);
        }
        Assert.Equal(transactions, _rig.State.Transactions);
        Assert.StartsWith("SIP/2.0 200", Register("bob1"));
        _rig.Advance(1);
        for (int i = 0; i < Limits.RegistersASecond; i++) Assert.StartsWith("SIP/2.0 200", Register("alice1"));
        Assert.StartsWith("SIP/2.0 503", Register("alice1"));
        Assert.Equal(RegistrationState.Registered, _rig.Registrations.StatusOf("alice1").State);
    }

    [Fact]
    public void Each_place_that_changes_counts()
    {
        for (int i = 0; i < Limits.RegistersAtOnce / 10; i++) Assert.StartsWith("SIP/2.0 200", Register("alice1", places: 10));
        Assert.StartsWith("SIP/2.0 503", Register("alice1"));
        _rig.Advance(1);
        Assert.StartsWith("SIP/2.0 200", Register("alice1"));
    }

    [Fact]
    public void All_users_of_an_account_and_of_those_below_it_have_a_pace_together()
    {
        _rig.Current = _rig.Current.With(new()
        {
            Tenants = [new() { Id = Sample.Tenant, Name = "one" }, new() { Id = Phones.Other, Name = "two", Parent = Sample.Tenant }]
        });
        for (int i = 0; i < Limits.RegistersOfFamilyAtOnce; i++) Register($"caller{i}");
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.StartsWith("SIP/2.0 503", Register("one-more"));
        var below = Phones.Desk with { Tenant = Phones.Other };
        _rig.ReceiveFrom(new(below, "one-below"), Phones.Request("REGISTER", "one-below", ++_requests));
        Assert.StartsWith("SIP/2.0 503", _rig.Last);
        _rig.Advance(1);
        Assert.StartsWith("SIP/2.0 200", Register("one-more"));
    }

    /// <summary>An account makes as many users as it likes, and each has ten places.</summary>
    [Fact]
    public void All_users_of_an_account_leave_places_for_those_of_others()
    {
        for (int i = 0; i < Limits.BindingsOfFamily / 10; i++)
        {
            if (i % (Limits.RegistersOfFamilyASecond / 10) == 0) _rig.Advance(1);
            Register($"caller{i}", places: 10);
        }
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
        Assert.StartsWith("SIP/2.0 503", Register("one-more"));
        Assert.StartsWith("SIP/2.0 200", Register("caller7", places: 10));
        var others = Phones.Desk with { Tenant = Phones.Other };
        _rig.ReceiveFrom(new(others, "stranger"), Phones.Request("REGISTER", "stranger", ++_requests));
        Assert.StartsWith("SIP/2.0 200", _rig.Last);
    }

    [Fact]
    public void Users_of_accounts_below_one_are_counted_with_it()
    {
        TenantId one = Sample.Tenant, below = Phones.Other, other = new(new Guid("00000000-0000-0000-0000-0000000000b3"));
        Tenant[] family = [new() { Id = one, Name = "one" }, new() { Id = below, Name = "two", Parent = one }];
        var alone = new RoutingSnapshot(family, [], [], [], [], []);
        var routing = new RoutingSnapshot([.. family, new() { Id = other, Name = "three" }], [], [], [], [], []);
        Assert.Equal((one, one), (FamilyHoldings.HeadOf(routing, below), FamilyHoldings.HeadOf(routing, one)));
        var holdings = new FamilyHoldings(5);
        holdings.Set("alice", one, 3);
        Assert.True(holdings.HasRoom(routing, one));
        holdings.Set("bob", one, 2);
        Assert.False(holdings.HasRoom(routing, one));
        Assert.True(holdings.HasRoom(routing, other));
        // Nobody else is there from whom anything could be taken.
        Assert.True(holdings.HasRoom(alone, one));
        holdings.Set("alice", head: null, 2);
        Assert.True(holdings.HasRoom(routing, one));
        holdings.Set("alice", one, 3);
        Assert.False(holdings.HasRoom(routing, one));
        holdings.Set("alice", head: null, 0);
        holdings.Set("nobody", head: null, 9);
        Assert.True(holdings.HasRoom(routing, one));
    }

    private string Register(string user, int places)
    {
        string contacts = string.Join(", ", Enumerable.Range(0, places).Select(i => $"<sip:{user}@10.0.0.5:{6_000 + i}>"));
        _rig.ReceiveFrom(new(Phones.Desk, user), Phones.Request("REGISTER", user, ++_requests)
            .Replace($"<sip:{user}@10.0.0.5:5060>", contacts, StringComparison.Ordinal));
        return _rig.Last;
    }

    private string Register(string user)
    {
        _rig.ReceiveFrom(new(Phones.Desk, user), Phones.Request("REGISTER", user, ++_requests));
        return _rig.Last;
    }
}
