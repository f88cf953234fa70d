using Ringwright.Agency.Billing;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>What a client is charged, by its plan.</summary>
public sealed class RatedClientTests
{
    private const string Month = "2026-02";

    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2026-02-28T23:30:00Z");

    private static RatedClient Client(long initial = 60, long step = 60, long included = 0) => new()
    {
        Id = Guid.NewGuid(), Plan = Guid.NewGuid(), Currency = "EUR", MinuteMicros = 100_000, NumberMicros = 1_500_000,
        InitialSeconds = initial, StepSeconds = step, IncludedMinutes = included,
    };

    private static UsageLine Line(RatedClient client, long talk, long used = 0) =>
        client.LineOf(new UnchargedCall { Uuid = "u", TalkSeconds = talk, EndedAt = At }, Month, used, At);

    [Theory]
    [InlineData(60, 60, "0 60 60 120")]
    [InlineData(30, 6, "0 30 36 66")]
    [InlineData(1, 1, "0 5 31 61")]
    public void Seconds_are_billed_by_the_increments_of_the_plan(int initial, int step, string billed)
    {
        // Case D09.
        var client = Client(initial, step);
        Assert.Equal(billed, string.Join(' ', new[] { 0, 5, 31, 61 }.Select(talk => Line(client, talk).BilledSeconds)));
    }

    [Fact]
    public void A_price_is_of_the_seconds_that_are_billed_and_rounded_up()
    {
        Assert.Equal((0L, 100_000L, 200_000L), (Line(Client(), 0).Micros, Line(Client(), 5).Micros, Line(Client(), 61).Micros));
        // A sixtieth of a hundred thousand is none of whole millionths.
        Assert.Equal(1_667, Line(Client(1, 1), 1).Micros);
        Assert.Equal("EUR", Line(Client(), 5).Currency);
    }

    [Fact]
    public void Minutes_that_are_included_cost_nothing_until_they_are_used()
    {
        var client = Client(included: 2);
        Assert.Equal((60L, 60L, 0L), Shares(Line(client, 5, used: 0)));
        Assert.Equal((120L, 60L, 100_000L), Shares(Line(client, 61, used: 60)));
        Assert.Equal((60L, 0L, 100_000L), Shares(Line(client, 5, used: 120)));
        // Of another plan more were used than this one has.
        Assert.Equal((60L, 0L, 100_000L), Shares(Line(client, 5, used: 600)));

        static (long Billed, long Included, long Micros) Shares(UsageLine line) => (line.BilledSeconds, line.IncludedSeconds, line.Micros);
    }

    [Fact]
    public void A_number_is_charged_for_the_whole_month()
    {
        var line = Client().LineOf("+15550100001", Month, At);
        Assert.Equal((UsageLine.Number, "+15550100001", 1_500_000L, 0L), (line.Kind, line.Subject, line.Micros, line.BilledSeconds));
    }

    [Fact]
    public void Months_are_by_the_clock_of_the_agency()
    {
        Assert.Equal("2026-02", Client().MonthOf(At));
        Assert.Equal("2026-03", (Client() with { Timezone = "Europe/Berlin" }).MonthOf(At));
        Assert.Equal("2026-02", (Client() with { Timezone = "America/New_York" }).MonthOf(At));
        Assert.Equal("2026-02", (Client() with { Timezone = "Mars/Olympus" }).MonthOf(At));
    }
}
