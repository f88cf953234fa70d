using System.Text.Json.Nodes;
using Ringwright.Server.Doctor;

namespace Ringwright.Edge.Server;

/// <summary>What doctor says of phones and of where they call in an emergency.</summary>
public sealed class EmergencyChecksTests
{
    private static readonly JsonNode On = Trunk("1", isEnabled: true), Off = Trunk("2", isEnabled: false);

    [Fact]
    public void A_node_without_phones_needs_no_such_route() => Assert.Empty(EmergencyChecks.Of(0, [Route("+", "1")], [On]));

    [Fact]
    public void Phones_without_one_are_named_with_the_command()
    {
        var finding = Assert.Single(EmergencyChecks.Of(3, [Route("+", "1")], [On]));
        Assert.Equal((Verdict.Warning, "3 SIP users, and no route leads to an emergency number: their phones get 404"),
            (finding.Verdict, finding.Says));
        Assert.Contains("ringwright route add 112 TRUNK", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_is_off_or_leads_to_a_trunk_that_is_off_is_none()
    {
        Assert.Equal(Verdict.Warning, Assert.Single(EmergencyChecks.Of(1, [Route("911", "1", isEnabled: false)], [On])).Verdict);
        Assert.Equal(Verdict.Warning, Assert.Single(EmergencyChecks.Of(1, [Route("911", "2")], [On, Off])).Verdict);
    }

    [Fact]
    public void Those_that_are_there_are_named()
    {
        var finding = Assert.Single(EmergencyChecks.Of(1, [Route("911", "1"), Route("112", "1"), Route("911", "1")], [On]));
        Assert.Equal((Verdict.Good, "one SIP user; routes lead to 112, 911"), (finding.Verdict, finding.Says));
    }

    private static JsonNode Trunk(string id, bool isEnabled) => new JsonObject { ["id"] = id, ["enabled"] = isEnabled };

    private static JsonNode Route(string prefix, string trunk, bool isEnabled = true) =>
        new JsonObject { ["prefix"] = prefix, ["trunk_id"] = trunk, ["enabled"] = isEnabled };
}
