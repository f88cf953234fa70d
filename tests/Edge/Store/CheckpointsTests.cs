using Microsoft.Data.Sqlite;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Beside a real file: what is read without its log is what was copied.</summary>
public sealed class CheckpointsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => System.IO.Path.Combine(_folder.Path, "calls.db");

    private SqliteConnection Open()
    {
        SqliteLibrary.Describe();
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        Run(connection, "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;");
        return connection;
    }

    private static object? Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    /// <summary>0 while it is being copied: a page may be newer than the one that names it.</summary>
    private long RowsInFile()
    {
        using var connection = new SqliteConnection($"Data Source=file:{Path}?immutable=1;Mode=ReadOnly;Pooling=False");
        connection.Open();
        try
        {
            return (long)Run(connection, "select count(*) from kept")!;
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    [Fact]
    public async Task It_opens_the_file_when_there_is_something_to_copy()
    {
        int opened = 0;
        using var writer = Open();
        using var checkpoints = new Checkpoints(Path, () =>
        {
            Interlocked.Increment(ref opened);
            return Open();
        }, TimeSpan.FromHours(1), longLog: 100);
        Run(writer, "create table kept (n integer)");
        checkpoints.Note();
        Assert.Equal(0, Volatile.Read(ref opened));
        checkpoints.Note(pages: 60);
        await Eventually.TrueAsync(() => Volatile.Read(ref opened) == 1, "it has a connection");
    }

    [Fact]
    public async Task What_was_committed_comes_into_the_file_while_the_writer_goes_on()
    {
        using var writer = Open();
        using var checkpoints = new Checkpoints(Path, Open, TimeSpan.FromMilliseconds(10));
        Run(writer, "create table kept (n integer)");
        Run(writer, "insert into kept values (1)");
        checkpoints.Note();
        await Eventually.TrueAsync(() => RowsInFile() == 1, "the first row is in the file");

        Run(writer, "begin immediate; insert into kept values (2)");
        Run(writer, "commit");
        checkpoints.Note();
        await Eventually.TrueAsync(() => RowsInFile() == 2, "and the second");
    }

    [Fact]
    public async Task A_reader_who_stays_in_the_past_holds_up_neither_it_nor_the_writer()
    {
        using var writer = Open();
        using var reader = Open();
        Run(writer, "create table kept (n integer)");
        Run(reader, "begin; select count(*) from kept");
        using var checkpoints = new Checkpoints(Path, Open, TimeSpan.FromMilliseconds(10));
        for (int n = 0; n < 100; n++)
        {
            Run(writer, $"insert into kept values ({n})");
            checkpoints.Note();
        }
        Run(reader, "commit");
        checkpoints.Note();
        await Eventually.TrueAsync(() => RowsInFile() == 100, "all rows are in the file");
    }

    [Fact]
    public void A_log_that_is_written_to_without_a_rest_is_overwritten_from_its_beginning()
    {
        const long frame = 4_096 + 24, commits = 14_000;        // fewer than a log has that is cut
        using var writer = Open();
        foreach (string text in (string[])["pragma synchronous = off", "pragma busy_timeout = 5000", "create table kept (n integer)",
            "insert into kept values (0)"]) Run(writer, text);
        using var checkpoints = new Checkpoints(Path, Open, TimeSpan.FromMilliseconds(10), longLog: 100);
        var log = new FileInfo(Path + "-wal");
        long written = 0;
        do
        {
            Run(writer, "update kept set n = n + 1");
            checkpoints.Note(pages: 1);
            written++;
            log.Refresh();
        }
        while (log.Length > written * frame / 2 && written < commits);
        Assert.True(written < commits, $"the log has {log.Length} bytes");
        Assert.Equal(written, (long)Run(writer, "select n from kept")!);
    }
}
