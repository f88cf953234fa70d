using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>When a contact is due, and before whom.</summary>
public sealed class ContactDueTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_highest_priority_is_due_for_longest_and_one_below_nothing_comes_behind_those_who_come_with_it()
    {
        int[] given = [0, -1, 100, 1, -100, 0, 99];
        var contacts = given.Select((priority, nth) => new ContactRow
        {
            Priority = priority, CreatedAt = Noon.AddMicroseconds(nth), PhoneNumber = $"{nth}",
        }).ToList();
        Assert.Equal(["2", "6", "3", "0", "5", "1", "4"], contacts.OrderBy(ContactDue.Of).Select(one => one.PhoneNumber));
        Assert.All(contacts, one => Assert.True(ContactDue.Of(one) < Noon.AddSeconds(1)));
        // One that comes weeks later goes before all who have a lower one.
        var late = new ContactRow { Priority = 2, CreatedAt = Noon.AddDays(29) };
        Assert.Equal([false, false, true, false, false, false, true], contacts.Select(one => ContactDue.Of(one) < ContactDue.Of(late)));
    }

    [Theory, InlineData(-100), InlineData(0), InlineData(100)]
    public void Nobody_is_due_before_his_time_and_of_one_time_the_higher_priority_is_first(int priority)
    {
        var at = Noon.AddHours(2);
        var contact = new ContactRow { Priority = priority, ScheduledFor = at, CreatedAt = Noon };
        Assert.InRange(ContactDue.Of(contact), at, at.AddMilliseconds(1));
        if (priority < 100) Assert.True(ContactDue.Of(contact) > ContactDue.Of(contact with { Priority = priority + 1 }));
        var put = ContactDue.Put(contact);
        Assert.Equal((ContactRow.Scheduled, ContactDue.Of(contact)), (put.Status, put.NextAttemptAt!.Value));
        // A time that has passed is as good as none.
        put = ContactDue.Put(put with { ScheduledFor = Noon });
        Assert.Equal((ContactRow.Pending, null), (put.Status, put.NextAttemptAt));
        Assert.Equal(ContactRow.Failed, ContactDue.Put(contact with { Status = ContactRow.Failed }).Status);
    }

    [Theory]
    [InlineData("""{"priority":100}""", null), InlineData("""{"priority":"-100"}""", null), InlineData("""{"priority":null}""", null)]
    [InlineData("""{"priority":101}""", "invalid_priority"), InlineData("""{"priority":"high"}""", "invalid_priority")]
    [InlineData("""{"priority":1.5}""", "invalid_priority"), InlineData("""{"priority":true}""", "invalid_priority")]
    [InlineData("""{"scheduled_for":"2026-03-30T12:00:00Z"}""", null), InlineData("""{"scheduled_for":" "}""", null)]
    [InlineData("""{"scheduled_for":"2026-03-30T12:00:01Z"}""", "invalid_scheduled_for")]
    [InlineData("""{"scheduled_for":"tomorrow"}""", "invalid_scheduled_for")]
    public void What_is_no_time_or_no_priority_is_told(string given, string? fault) =>
        Assert.Equal(fault, ContactDue.Read(JsonNode.Parse(given)!.AsObject(), Noon, out _, out _));

    [Fact]
    public void A_moment_is_the_same_in_each_zone()
    {
        Assert.Null(ContactDue.Read(new() { ["scheduled_for"] = "2026-03-01T10:00:00+05:30", ["priority"] = "+7" }, Noon, out var at,
            out int priority));
        Assert.Equal((new DateTimeOffset(2026, 3, 1, 4, 30, 0, TimeSpan.Zero), 7), (at!.Value, priority));
    }

    [Theory]
    [InlineData("+12135550100", null, "2026-03-02T08:00:00Z")]              // by UTC it would begin at four in the afternoon before
    [InlineData("+493012345678", null, "2026-03-01T23:00:00Z")]
    [InlineData("+12135550100", "Asia/Tokyo", "2026-03-01T15:00:00Z")]
    [InlineData("+80012345678", null, "2026-03-02T00:00:00Z")]              // nobody knows where
    public void A_day_alone_begins_by_the_clock_of_whoever_is_called(string number, string? zone, string begins)
    {
        var expected = DateTimeOffset.Parse(begins, CultureInfo.InvariantCulture);
        Assert.Null(ContactDue.Read(new() { ["scheduled_for"] = " 2026-03-02 " }, Noon, out var at, out _, zone, number));
        Assert.Equal(expected, at);
        Assert.Equal(expected, ContactDue.Moment("2026-03-02", zone, number));
        Assert.Equal(Noon, ContactDue.Moment("2026-02-28T12:00:00Z", zone, number));
    }

    [Theory, InlineData("America/Los_Angeles", "2026-03-03T08:00:00Z"), InlineData("UTC", "2026-03-03T00:00:00Z")]
    public void A_batch_that_ends_on_a_day_calls_on_that_day(string clock, string ends)
    {
        Assert.Null(BatchMaking.End(new() { ["window_end"] = "2026-03-02" }, start: null, Noon, clock, out var end));
        Assert.Equal(DateTimeOffset.Parse(ends, CultureInfo.InvariantCulture), end);
    }

    [Theory, InlineData("+81312345678", 1), InlineData("+12125550100", 0)]
    public void A_consent_of_today_is_taken_in_the_morning_in_Asia_when_it_is_yesterday_by_UTC(string number, int accepted)
    {
        var contacts = new JsonArray(new JsonObject
        {
            ["phone_number"] = number, ["consent_kind"] = "express", ["consent_source"] = "form", ["consent_at"] = "2026-03-01",
        });
        var read = ContactReading.Read(contacts, new() { CreatedAt = Noon.AddHours(11) });
        Assert.Equal((accepted, 1 - accepted), (read.Accepted.Count, read.Invalid));
        if (accepted > 0) Assert.Equal(Noon.AddHours(3), Assert.Single(read.Consents).GivenAt);
    }
}
