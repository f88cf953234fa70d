using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>Whether a call was placed within the hours of the law, by what its attempt has kept.</summary>
public sealed class LegalHoursTests
{
    [Theory]
    [InlineData("2026-02-10T13:00:00Z", "America/New_York", true)]
    [InlineData("2026-02-10T12:59:59Z", "America/New_York", false)]
    [InlineData("2026-02-11T01:59:59Z", "America/New_York", true)]
    [InlineData("2026-02-11T02:00:00Z", "America/New_York", false)]
    [InlineData("2026-02-10T15:00:00Z", "America/New_York America/Los_Angeles", false)]
    [InlineData("2026-02-10T17:00:00Z", "America/New_York America/Los_Angeles", true)]
    [InlineData("2026-02-10T17:00:00Z", "", null)]
    [InlineData("2026-02-10T17:00:00Z", "America/New_York Nowhere/None", null)]
    public void All_clocks_of_whoever_is_called_count(string at, string zones, bool? holds) =>
        Assert.Equal(holds, LegalHours.HoldAt(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture),
            zones.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Calls_are_counted_by_who_answers_for_their_hour()
    {
        var noon = new DateTimeOffset(2026, 2, 10, 17, 0, 0, TimeSpan.Zero);
        var sum = new AttemptHours();
        foreach (var (hours, evidence) in new[]
            {
                (0, """{"zones":["America/New_York"]}"""), (12, """{"zones":["America/New_York"]}"""),
                (12, """{"zones":["America/New_York"],"legal_override":{"because":"asked"}}"""), (0, "{}"),
            })
            sum = sum.With(JsonNode.Parse(evidence)!.AsObject(), noon.AddHours(hours));
        Assert.Equal(new AttemptHours { Attempts = 4, BeyondHours = 1, Overridden = 1, Zoneless = 1 }, sum);
        Assert.Equal(new AttemptHours { Attempts = 8, BeyondHours = 2, Overridden = 2, Zoneless = 2 }, sum.Plus(sum));
    }
}
