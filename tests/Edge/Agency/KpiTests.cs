using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>The formulas of figures, by sums.</summary>
public sealed class KpiTests
{
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    private static CallSum Sum(long calls, string? disposition = null, bool isAnswered = true, string cause = "remote_hangup",
        string direction = "outbound", string slot = "2026-02-10T14", long talk = 0) => new()
        {
            Slot = slot, Direction = direction, Answered = isAnswered ? 1 : 0, Ended = 1, Cause = cause, Disposition = disposition,
            Calls = calls, Talk = talk, Billed = talk,
        };

    private static FigurePeriod Period(TimeZoneInfo zone, int days = 30) =>
        new(new(2026, 2, 1), new DateOnly(2026, 2, 1).AddDays(days - 1), "custom", zone);

    [Fact]
    public void Rates_are_those_of_the_documented_sample()
    {
        // Case D01, by counts: a lead that is qualified and not booked nobody can say of a call here yet.
        var sample = new Kpis
        {
            Total = 150, Connected = 110, Conversations = 85, Qualified = 25, Meetings = 12, Completed = 120, DurationSeconds = 21_600,
        };
        var (funnel, rates) = sample.Funnel(isOfService: false);
        Assert.Equal("""{"total_calls":150,"connected":110,"conversation":85,"qualified":25,"appointment_booked":12}""",
            funnel.ToJsonString());
        Assert.Equal((73.3m, 77.3m, 29.4m, 48.0m, 8.0m), ((decimal)rates["contact_rate"]!, (decimal)rates["connected_to_conversation"]!,
            (decimal)rates["conversation_to_qualified"]!, (decimal)rates["qualified_to_booked"]!, (decimal)rates["overall_conversion"]!));
        Assert.Equal(180, (long)sample.Write()["avg_duration_seconds"]!);
        // Case D09, of all four calls at 60/60.
        Assert.Equal(4.00m, (sample with { BilledSeconds = 0 + 60 + 60 + 120 }).Minutes);
        Assert.Equal(2.5m, Kpis.Rate(5, 200));
        Assert.Equal(33.3m, Kpis.Rate(3325, 10_000));      // half away from zero
    }

    [Fact]
    public void Waits_for_the_first_answer_are_those_of_the_nearest_rank()
    {
        static string Of(params int[] millis) => FirstResponses.Of(millis.Select(one => TimeSpan.FromMilliseconds(one))).ToJsonString();
        Assert.Equal("""{"first_response_p50":null,"first_response_p95":null,"first_response_calls":0}""", Of());
        Assert.Equal("""{"first_response_p50":0.812,"first_response_p95":0.812,"first_response_calls":1}""", Of(812));
        // Whoever has begun before the other was through has not waited at all.
        Assert.Equal("""{"first_response_p50":1,"first_response_p95":2,"first_response_calls":2}""", Of(2_000, -300, 1_000));
        Assert.Equal("""{"first_response_p50":0.5,"first_response_p95":0.95,"first_response_calls":100}""",
            Of([.. Enumerable.Range(1, 100).Reverse().Select(n => n * 10)]));
    }

    [Fact]
    public void Of_nothing_each_rate_is_nothing()
    {
        // Case D04.
        var none = Kpis.Of([]).Write();
        Assert.All(none.Where(one => one.Key.EndsWith("_rate", StringComparison.Ordinal)), one => Assert.Equal(0m, (decimal)one.Value!));
        Assert.Null(none["attempts_per_connect"]);
        Assert.All(new Kpis().Funnel(isOfService: true).Rates, one => Assert.Equal(0m, (decimal)one.Value!));
    }

    [Fact]
    public void Calls_are_counted_by_how_they_ended_and_by_what_is_said_of_them()
    {
        var kpis = Kpis.Of(
        [
            Sum(4, "conversation", talk: 400), Sum(2, "appointment_booked", talk: 100), Sum(1, "voicemail", talk: 10), Sum(3, talk: 30),
            Sum(5, isAnswered: false, cause: "callee_busy"), Sum(2, isAnswered: false, cause: "transport_failure"),
            Sum(1, "resolved", direction: "inbound", talk: 60), Sum(1) with { Ended = 0, Cause = null },
            // Of somebody who was not reached nobody has talked to anybody.
            Sum(1, "conversation", isAnswered: false, cause: "ring_timeout"),
        ]);
        Assert.Equal((20L, 19L, 12L, 11L, 2L, 6L),
            (kpis.Total, kpis.Attempts, kpis.Answered, kpis.Completed, kpis.Failed, kpis.Unanswered));
        Assert.Equal((11L, 7L, 2L, 2L, 1L, 0L), (kpis.Connected, kpis.Conversations, kpis.Qualified, kpis.Meetings, kpis.ResolvedIssues,
            kpis.Escalations));
        var shown = kpis.Write();
        Assert.Equal((57.9m, 55.0m, 8.3m, 63.6m, 600L, 55L, 10.0m, 1.9m), ((decimal)shown["answer_rate"]!, (decimal)shown["contact_rate"]!,
            (decimal)shown["machine_rate"]!, (decimal)shown["conversation_rate"]!, (long)shown["total_duration_seconds"]!,
            (long)shown["avg_duration_seconds"]!, (decimal)shown["minutes_billed"]!, (decimal)shown["attempts_per_connect"]!));
        Assert.Equal([null, "busy", "answered"], new[]
        {
            Sum(1) with { Ended = 0 }, Sum(1, isAnswered: false, cause: "callee_busy"), Sum(1),
        }.Select(Kpis.OutcomeOf));
    }

    [Fact]
    public void Leads_are_those_that_a_model_found_and_those_whose_meeting_somebody_agreed()
    {
        var kpis = Kpis.Of(
        [
            Sum(8, "conversation") with { Leads = 3 }, Sum(2, "appointment_booked") with { Leads = 1, Booked = 2 },
            Sum(1, "callback_requested") with { Booked = 1 }, Sum(1, "voicemail") with { Leads = 1, Booked = 1 },
        ]);
        Assert.Equal((11L, 6L, 3L), (kpis.Conversations, kpis.Qualified, kpis.Meetings));
        Assert.Equal((54.5m, 50.0m), ((decimal)kpis.Write()["qualification_rate"]!, (decimal)kpis.Write()["booking_rate"]!));
    }

    [Fact]
    public void Issues_are_those_that_a_model_found_resolved_and_those_of_which_somebody_says_so()
    {
        var shown = Kpis.Of(
        [
            Sum(6, "conversation") with { Resolved = 2, Escalated = 1, Rated = 3, Stars = 13, Retried = 3 }, Sum(1, "resolved"),
            Sum(1, "escalated"), Sum(2, "conversation", isAnswered: false, cause: "ring_timeout") with { Resolved = 1, Retried = 2 },
        ]).Write();
        Assert.Equal((3L, 2L, 37.5m, 25.0m, 4.33m, 3L, 0.375m), ((long)shown["resolved_issues"]!, (long)shown["escalations"]!,
            (decimal)shown["resolution_rate"]!, (decimal)shown["escalation_rate"]!, (decimal)shown["csat"]!, (long)shown["csat_calls"]!,
            (decimal)shown["retry_lift"]!));
        var none = Kpis.Of([]).Write();
        Assert.Equal((null, 0L, 0m), ((decimal?)none["csat"], (long)none["csat_calls"]!, (decimal)none["retry_lift"]!));
    }

    [Fact]
    public void An_hour_of_the_week_is_that_of_the_zone()
    {
        // Case D07.
        CallSum[] sums = [Sum(3), Sum(1, "appointment_booked"), Sum(2, slot: "2026-02-17T14:05"), Sum(1, slot: "2026-02-10T03")];
        var (hours, best) = HeatMap.Of(sums, Period(TimeZoneInfo.Utc), "calls");
        Assert.Equal([(2, 3, 1L), (2, 14, 6L)], hours.Select(one => ((int)one!["day"]!, (int)one["hour"]!, (long)one["total_calls"]!)));
        Assert.Equal("""{"day":2,"hour":14,"value":6,"label":"Tuesday 14:00"}""", best[0]!.ToJsonString());
        var (local, booked) = HeatMap.Of(sums, Period(NewYork), "meetings_booked");
        Assert.Equal([(1, 22, 1L), (2, 9, 6L)], local.Select(one => ((int)one!["day"]!, (int)one["hour"]!, (long)one["total_calls"]!)));
        Assert.Equal("""{"day":2,"hour":9,"value":1,"label":"Tuesday 09:00"}""", Assert.Single(booked)!.ToJsonString());
    }

    [Fact]
    public void A_number_costs_its_share_of_the_month_for_each_day_that_the_agency_has_it()
    {
        var prices = new Dictionary<string, NumberPrice>
        {
            ["+12125550100"] = new() { MonthlyMicros = 2_800_000, Currency = "USD" },
            ["+442071838750"] = new() { MonthlyMicros = 1_400_000, Currency = "GBP" },
        };
        static AgencyNumber Bought(string text, string at, string? gone = null) => new()
        {
            Id = Guid.Empty, Text = text, Status = gone is null ? AgencyNumber.Active : AgencyNumber.Released,
            PurchasedAt = DateTimeOffset.Parse(at), ReleasedAt = gone is null ? null : DateTimeOffset.Parse(gone),
        };
        AgencyNumber[] numbers =
        [
            Bought("+12125550100", "2026-02-09T23:00:00Z"), Bought("+442071838750", "2026-01-01T00:00:00Z", "2026-02-02T10:00:00Z"),
            Bought("+13125550100", "2026-01-01T00:00:00Z"),
        ];
        var now = DateTimeOffset.Parse("2026-02-11T12:00:00Z");
        // Three days of 28, and two: the other numbers were not bought from the stock.
        Assert.Equal([("GBP", 100_000L), ("USD", 300_000L)],
            NumberCosts.Of(numbers, prices, Period(TimeZoneInfo.Utc, days: 28), now).Select(cost => (cost.Currency, cost.Micros)));
        Assert.Empty(NumberCosts.Of(numbers, prices, Period(TimeZoneInfo.Utc, days: 28), DateTimeOffset.Parse("2026-01-01T00:00:00Z")));
        Assert.Empty(NumberCosts.Of(numbers[..1], prices, Period(TimeZoneInfo.Utc, days: 8), now));
    }

    [Fact]
    public void A_day_begins_by_the_clock_of_the_zone()
    {
        var spring = new FigurePeriod(new(2026, 3, 8), new(2026, 3, 8), "custom", NewYork);
        Assert.Equal((DateTimeOffset.Parse("2026-03-08T05:00:00Z"), DateTimeOffset.Parse("2026-03-09T04:00:00Z"), true),
            (spring.From.ToUniversalTime(), spring.Before.ToUniversalTime(), spring.HasWholeHours));
        Assert.Equal((new DateOnly(2026, 3, 7), new DateOnly(2026, 3, 7)), (spring.Preceding.Start, spring.Preceding.End));
        Assert.False(Period(TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu")).HasWholeHours);
        Assert.Equal(new DateTime(2026, 2, 10, 19, 50, 0),
            Period(TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu")).LocalOf("2026-02-10T14:05"));
    }
}
