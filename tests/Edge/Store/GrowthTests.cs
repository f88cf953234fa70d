using Microsoft.Data.Sqlite;
using Ringwright.Store.Keeping;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>How much there is, and how much of the disk comes back.</summary>
public sealed class GrowthTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private const long Megabyte = 1 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Todays_rate_is_of_the_last_day_only()
    {
        for (int hour = 0; hour <= 100; hour++)
            Growth.Note(_folder.Path, Noon.AddHours(hour), hour < 70 ? hour * 1_000 : 70_000 + (hour - 70) * 10);
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

    [Fact, Depth("the gate has each kind going by its own age, and what waits for it staying")]
    public async Task The_log_of_the_database_shrinks_again_when_nobody_holds_it_any_more()
    {
        await using var test = await TestDatabase.OpenAsync();
        string file = Path.Combine(test.Folder, "ringwright.db"), log = file + "-wal";
        await using (var reader = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            reader.Open();
            Run(reader, "begin; select count(*) from rw_tenant");
            for (int i = 0; i < 12; i++)
                await test.Database.Sql.WriteAsync(db => Run(db, $"create table filling_{i} as select zeroblob({8 * Megabyte}) as b"),
                    TestDatabase.Stop);
            Assert.True(new FileInfo(log).Length > 90 * Megabyte, $"{new FileInfo(log).Length}");
        }
        // It is looked at after a write.
        using var rests = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        await Eventually.SomeAsync(async () =>
        {
            await rests.WaitForNextTickAsync(TestDatabase.Stop);
            await test.Database.Sql.WriteAsync(db => Run(db, "update rw_node set epoch = epoch"), TestDatabase.Stop);
            return new FileInfo(log).Length <= 64 * Megabyte ? "short" : null;
        }, () => $"the log is short again; it has {new FileInfo(log).Length} bytes", TimeSpan.FromSeconds(60));
    }

    private static int Run(System.Data.IDbConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteScalar();
        return 0;
    }
}
