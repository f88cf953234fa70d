using Ringwright.Store.Keeping;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>How much a node holds, and by how much it grows.</summary>
public sealed class GrowthTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Todays_rate_is_of_the_last_day_only()
    {
        for (int hour = 0; hour <= 100; hour++) Growth.Note(_folder.Path, Noon.AddHours(hour), hour < 70 ? hour * 1_000 : 70_000 + (hour - 70) * 10);
        Assert.Equal(240, Growth.BytesADay(_folder.Path, Noon.AddHours(100.5))!.Value, 0.001);
        Assert.InRange(File.ReadLines(_folder.File(Growth.FileName)).Count(), 24, 27);
        Assert.Null(Growth.BytesADay(_folder.Path, Noon.AddHours(200)));       // nothing of today
    }

    [Fact]
    public void Of_one_moment_of_a_torn_line_and_of_no_file_there_is_no_rate()
    {
        Assert.Null(Growth.BytesADay(_folder.Path, Noon));
        Growth.Note(_folder.Path, Noon, 5);
        Assert.Null(Growth.BytesADay(_folder.Path, Noon.AddMinutes(1)));
        File.AppendAllText(_folder.File(Growth.FileName), "2026-03-01T13:00");
        Assert.Null(Growth.BytesADay(_folder.Path, Noon.AddHours(2)));
        Growth.Note(_folder.Path, Noon.AddHours(1), 0);
        Assert.Equal(-120, Growth.BytesADay(_folder.Path, Noon.AddHours(2)));
    }

    [Fact]
    public void A_clock_that_was_wrong_is_forgotten()
    {
        Growth.Note(_folder.Path, Noon.AddYears(10), 1);
        Growth.Note(_folder.Path, Noon, 1);
        Growth.Note(_folder.Path, Noon.AddHours(1), 2);
        Assert.Equal(24, Growth.BytesADay(_folder.Path, Noon.AddHours(1)));
    }
}
