using System.Text.Json.Nodes;
using Ringwright.Campaigns.Windows;

namespace Ringwright.Edge.Campaigns.Windows;

public sealed class CallingWindowJsonTests
{
    [Fact]
    public void Windows_are_read_and_written_as_they_were()
    {
        const string text = """[{"days":["mon","tue"],"start":"09:00","end":"20:00"},{"days":["sun"],"start":"22:30","end":"02:00"},{"days":["sat"],"start":"00:00","end":"24:00"}]""";
        var faults = new List<WindowFault>();
        var windows = CallingWindowJson.ReadWindows(JsonNode.Parse(text), "windows", faults);

        Assert.Empty(faults);
        Assert.Equal(
            [
                new(WeekDays.Monday | WeekDays.Tuesday, TimeSpan.FromHours(9), TimeSpan.FromHours(20)),
                new(WeekDays.Sunday, TimeSpan.FromHours(22.5), TimeSpan.FromHours(2)),
                new(WeekDays.Saturday, TimeSpan.Zero, TimeSpan.FromHours(24)),
            ], windows);
        Assert.Equal(text, CallingWindowJson.Write(windows).ToJsonString());
    }

    [Fact]
    public void Dates_are_read_and_written_in_order()
    {
        var faults = new List<WindowFault>();
        var dates = CallingWindowJson.ReadDates(JsonNode.Parse("""["2027-01-01","2026-12-25","2027-01-01"]"""), "excluded_dates", faults);

        Assert.Empty(faults);
        Assert.Equal("""["2026-12-25","2027-01-01"]""", CallingWindowJson.Write(dates).ToJsonString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void No_windows_are_no_fault(string text)
    {
        var faults = new List<WindowFault>();
        Assert.Empty(CallingWindowJson.ReadWindows(JsonNode.Parse(text), "windows", faults));
        Assert.Empty(CallingWindowJson.ReadDates(JsonNode.Parse(text), "dates", faults));
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("""{"mon":1}""", "windows", "An object is no list of windows.")]
    [InlineData("\"09:00\"", "windows", "\"09:00\" is no list of windows.")]
    [InlineData("[7]", "windows[0]", "7 is no window; one is an object with days, start and end.")]
    [InlineData("[null]", "windows[0]", "null is no window; one is an object with days, start and end.")]
    [InlineData("""[{"start":"09:00","end":"10:00"}]""", "windows[0].days",
        "The days are missing; they are a list of mon, tue, wed, thu, fri, sat, sun.")]
    [InlineData("""[{"days":[],"start":"09:00","end":"10:00"}]""", "windows[0].days", "A window has at least one day.")]
    [InlineData("""[{"days":"mon","start":"09:00","end":"10:00"}]""", "windows[0].days", "\"mon\" is no list of days.")]
    [InlineData("""[{"days":["mon","Tue"],"start":"09:00","end":"10:00"}]""", "windows[0].days[1]",
        "\"Tue\" is no day; days are mon, tue, wed, thu, fri, sat, sun.")]
    [InlineData("""[{"days":["mon","mon"],"start":"09:00","end":"10:00"}]""", "windows[0].days[1]", "mon stands there twice.")]
    [InlineData("""[{"days":["mon"],"end":"10:00"}]""", "windows[0].start",
        "The time is missing; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"9:00","end":"10:00"}]""", "windows[0].start",
        "\"9:00\" is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"24:00","end":"10:00"}]""", "windows[0].start",
        "\"24:00\" is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"09:60","end":"10:00"}]""", "windows[0].start",
        "\"09:60\" is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":9,"end":"10:00"}]""", "windows[0].start",
        "9 is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"09:00","end":"24:01"}]""", "windows[0].end",
        "\"24:01\" is no time of day; it is written as 09:00, from 00:00 to 24:00.")]
    [InlineData("""[{"days":["mon"],"start":"+9:00","end":"24:00"}]""", "windows[0].start",
        "\"+9:00\" is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"half past nine, or a little later, if need be","end":"24:00"}]""", "windows[0].start",
        "\"half past nine, or a little later, if n… is no time of day; it is written as 09:00, from 00:00 to 23:59.")]
    [InlineData("""[{"days":["mon"],"start":"09:00","end":"09:00"}]""", "windows[0].end",
        "The window ends when it starts; a whole day is from 00:00 to 24:00.")]
    [InlineData("""[{"days":["mon"],"start":"09:00","end":"10:00","zone":"x"}]""", "windows[0].zone",
        "A window has days, start and end, and nothing else.")]
    [InlineData("""[{"days":["mon"],"start":"09:00","start":"08:00","end":"10:00"}]""", "windows[0]",
        "A member of the window stands there twice.")]
    public void What_is_no_window_is_named(string text, string path, string sentence)
    {
        var faults = new List<WindowFault>();
        Assert.Empty(CallingWindowJson.ReadWindows(JsonNode.Parse(text), "windows", faults));
        Assert.Equal([new(path, sentence)], faults);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var faults = new List<WindowFault>();
        var windows = CallingWindowJson.ReadWindows(
            JsonNode.Parse("""[{"days":["mo"],"start":"x","end":"y"},{"days":["mon"],"start":"09:00","end":"10:00"},[]]"""),
            "plan.windows", faults);

        Assert.Single(windows);
        Assert.Equal(["plan.windows[0].days[0]", "plan.windows[0].start", "plan.windows[0].end", "plan.windows[2]"],
            faults.Select(f => f.Path));
    }

    [Theory]
    [InlineData("2026-02-29")]
    [InlineData("25.12.2026")]
    [InlineData("2026-12-25T00:00:00Z")]
    public void What_is_no_date_is_named(string date)
    {
        var faults = new List<WindowFault>();
        Assert.Empty(CallingWindowJson.ReadDates(new JsonArray(date), "excluded_dates", faults));
        Assert.Equal([new("excluded_dates[0]", $"\"{date}\" is no date; it is written as 2026-12-25.")], faults);
    }

    [Fact]
    public void There_is_a_most_of_windows_and_dates()
    {
        static JsonArray Windows(int count) => new([.. Enumerable.Range(0, count)
            .Select(_ => JsonNode.Parse("""{"days":["mon"],"start":"09:00","end":"10:00"}"""))]);
        var faults = new List<WindowFault>();

        Assert.Equal(100, CallingWindowJson.ReadWindows(Windows(100), "windows", faults).Count);
        Assert.Empty(faults);
        Assert.Empty(CallingWindowJson.ReadWindows(Windows(101), "windows", faults));
        Assert.Equal([new("windows", "101 windows are too many; 100 are the most.")], faults);
        faults.Clear();
        var dates = new JsonArray([.. Enumerable.Range(0, 1001).Select(_ => (JsonNode)"2026-12-25")]);
        Assert.Empty(CallingWindowJson.ReadDates(dates, "dates", faults));
        Assert.Equal([new("dates", "1001 dates are too many; 1000 are the most.")], faults);
    }
}
