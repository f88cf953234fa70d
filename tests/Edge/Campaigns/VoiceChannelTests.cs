using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Campaigns;

/// <summary>
/// Calls to numbers that are paid by channel take one of the account's in the number's zone, and are busy when none is free.
/// </summary>
public sealed class VoiceChannelTests : GateRig
{
    private const string Berlin = "+4930123456", Paris = "+33123456789", Denver = "+13035550100", Minutes = "+4930999999",
        TheirBerlin = "+4930777777", London = "+442071234567";

    private DialGate Node(int? euro = 2, int? states = 1, int? limit = null)
    {
        var channels = new Dictionary<string, int>();
        if (euro is { } e) channels[ChannelZone.Euro.Name] = e;
        if (states is { } s) channels[ChannelZone.UnitedStates.Name] = s;
        var snapshot = new RoutingSnapshot(
            [
                new() { Id = TenantA, Name = "a", VoiceChannels = channels, Limits = new() { Channels = limit } },
                new() { Id = TenantB, Name = "b", VoiceChannels = new Dictionary<string, int> { [ChannelZone.Euro.Name] = 1 } },
            ],
            [
                new() { Id = Application, Tenant = TenantA, Kind = ConnectionKind.CallControl, Name = "app", OutboundProfile = 5 },
                new() { Id = Second, Tenant = TenantB, Kind = ConnectionKind.CallControl, Name = "app" },
            ],
            [
                Paid(Berlin, TenantA), Paid(Paris, TenantA), Paid(Denver, TenantA) with { Country = "US" }, Paid(TheirBerlin, TenantB),
                Paid(London, TenantA), new(Minutes, TenantA, Application),
            ], [Spender], [], []);
        return new(new Fixed(snapshot), NumberingPlansTests.Plans, NumberingPlansTests.Emergencies, new() { IsLoopbackOnly = true }, Clock);
    }

    private static Number Paid(string text, TenantId tenant) => new(text, tenant, Application) { Voice = new() { IsPaidByChannel = true } };

    private CallAttempt To(string number, TenantId? tenant = null)
    {
        var connection = tenant == TenantB ? Second : Application;
        return Ask(number) with { Direction = Direction.Inbound, From = Theirs, Tenant = tenant ?? TenantA, Connection = connection };
    }

    [Fact]
    public void The_channels_of_a_zone_are_shared_by_its_numbers_and_free_again_when_a_call_ends()
    {
        var gate = Node();
        var first = To(Berlin);
        Assert.True(gate.Enter(first).IsOpen);
        Assert.True(gate.Enter(first).IsOpen);              // asked twice, counted once
        Assert.True(gate.Enter(To(Paris)).IsOpen);
        var busy = gate.Enter(To(Berlin));
        Assert.Equal((Refusal.TenantChannelLimit, "voice_channels"), (busy.Refusal, busy.Rule));
        Assert.Equal("All 2 voice channels of the account's numbers in the zone euro are in use.", busy.Detail);
        Assert.Equal("voice_channels", gate.Ask(To(Paris)).Rule);
        gate.Leave(first.Leg);
        Assert.True(gate.Enter(To(Paris)).IsOpen);
        Assert.False(gate.Enter(To(Paris)).IsOpen);
    }

    [Fact]
    public void Another_zone_another_account_and_numbers_that_are_paid_by_the_minute_are_none_of_its()
    {
        var gate = Node(euro: 0);
        Assert.False(gate.Enter(To(Berlin)).IsOpen);
        Assert.True(gate.Enter(To(Denver)).IsOpen);
        Assert.False(gate.Enter(To(Denver)).IsOpen);
        Assert.True(gate.Enter(To(TheirBerlin, TenantB)).IsOpen);
        Assert.False(gate.Enter(To(TheirBerlin, TenantB)).IsOpen);
        for (int i = 0; i < 5; i++) Assert.True(gate.Enter(To(Minutes)).IsOpen);
        for (int i = 0; i < 5; i++) Assert.True(gate.Enter(To(London)).IsOpen);     // of no zone
        // A leg of this account's to another one's number is not what that account pays for.
        Assert.True(gate.Enter(To(TheirBerlin)).IsOpen);
        for (int i = 0; i < 3; i++) Assert.True(gate.Enter(Ask("+4930123457")).IsOpen);   // calls out take none
    }

    [Fact]
    public void The_leg_to_the_accounts_equipment_takes_no_second_channel()
    {
        var gate = Node(euro: 1);
        Assert.True(gate.Enter(To(Berlin)).IsOpen);
        Assert.True(gate.Enter(To(Berlin) with { Kind = DestinationKind.Here, StaysHere = true }).IsOpen);
    }

    [Fact]
    public void Who_said_nothing_has_as_many_as_the_account_may_have()
    {
        var gate = Node(euro: null, limit: 3);
        for (int i = 0; i < 3; i++) Assert.True(gate.Enter(To(Berlin)).IsOpen);
        Assert.Equal("tenant_channel_limit", gate.Enter(To(Berlin)).Rule);
    }

    [Fact]
    public void Many_at_once_take_no_more_than_there_are_and_leave_nothing_behind()
    {
        var gate = Node(euro: 7);
        var calls = Enumerable.Range(0, 200).Select(_ => To(Berlin)).ToList();
        var open = calls.AsParallel().WithDegreeOfParallelism(8).Where(call => gate.Enter(call).IsOpen).ToList();
        Assert.Equal(7, open.Count);
        foreach (var call in calls) gate.Leave(call.Leg);
        Assert.True(gate.IsEmpty);
    }

    private sealed record Fixed(RoutingSnapshot Current) : IRouting;
}
