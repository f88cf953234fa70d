using System.Net;
using Ringwright.Calls;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Numbers of North America as some of its carriers write them: without the 1 of their country.</summary>
public sealed class NationalNumberTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        FromDomain = "us.example", Sources = [IPNetwork.Parse("127.0.0.0/8")], CallerIds = CallerChoice.Any,
    };

    private static readonly Number Ours = new("+12125550100", Sample.Tenant, Sample.Connection);

    private readonly ShardRig _rig = new() { Current = Snapshot(trunks: [Carrier], numbers: [Ours]) };

    private LegFacts Leg => _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;

    private static string From(string caller, string called, string? extra = null) =>
        Invite(called, extra: extra).Replace("<sip:+4930123@example.net>", $"<sip:{caller}@example.net>", StringComparison.Ordinal);

    [Theory]
    [InlineData("2125550199", "2125550100", "+12125550199"), InlineData("12125550199", "212-555-0100", "+12125550199")]
    [InlineData("0114930123", "2125550100", "+4930123"), InlineData("+4930123", "2125550100", "+4930123")]
    [InlineData("4930123456", "12125550100", "+4930123456")]       // whoever writes the country writes all of them
    public void A_carrier_calls_a_number_of_ours_in_ten_digits(string caller, string called, string expected)
    {
        _rig.Receive(From(caller, called));
        Assert.Equal((Ours.Text, expected), (Leg.To, Leg.From));
    }

    [Theory]
    [InlineData("P-Asserted-Identity: <sip:2125550199@carrier.example>")]
    [InlineData("Remote-Party-ID: <sip:2125550199@carrier.example>;party=calling")]
    public void The_caller_beside_a_gateway_in_From_is_written_so_too(string header)
    {
        _rig.Receive(From("gateway", "2125550100", header));
        Assert.Equal((Ours.Text, "+12125550199"), (Leg.To, Leg.From));
    }

    [Fact]
    public void A_call_to_our_login_at_a_carrier_is_for_the_number_in_To()
    {
        var registered = Carrier with { AuthUser = "line7", AuthPassword = "secret", Registers = true, Sources = [] };
        _rig.Current = Snapshot(trunks: [registered], numbers: [Ours]);
        _rig.FireAt(_rig.Now);
        string contact = Header(_rig.SentLast("REGISTER"), "Contact").Trim('<', '>');
        _rig.Receive(From("2125550199", "2125550100")
            .Replace("INVITE sip:2125550100@127.0.0.1:5060", $"INVITE {contact}", StringComparison.Ordinal),
            IPEndPoint.Parse("198.51.100.7:5060"));
        Assert.Equal((Ours.Text, "+12125550199", registered.Id), (Leg.To, Leg.From, Leg.Trunk!.Value));      // a trunk brings it
    }

    [Fact]
    public void What_is_a_number_of_ours_as_it_stands_is_that_one_and_others_are_nobodys()
    {
        _rig.Receive(From("2125550199", "2125550111"));
        Assert.StartsWith("SIP/2.0 404", _rig.Last, StringComparison.Ordinal);
        _rig.Current = Snapshot(trunks: [Carrier], numbers: [Ours, Ours with { Text = "+2125550100" }]);
        _rig.Receive(From("2125550199", "2125550100").Replace("call-1", "call-2", StringComparison.Ordinal)
            .Replace("z9hG4bKone", "z9hG4bKtwo", StringComparison.Ordinal));
        Assert.Equal(("+2125550100", "+2125550199"), (Leg.To, Leg.From));
    }
}
