using System.Globalization;
using Microsoft.Data.Sqlite;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What a transaction adds to the log of a file goes out together, and is there for others when it is committed.</summary>
public sealed class GatheredLogTests
{
    private const string Counts = "/proc/thread-self/io";

    [Fact]
    public void A_commit_is_a_few_writes_however_many_pages_it_has()
    {
        Assert.SkipUnless(File.Exists(Counts), "the kernel counts no calls of a thread");
        using var folder = new TempFolder();
        using var session = Open(folder);
        Assert.SkipUnless(GatheredLog.Name is not null, "SQLite is not the system's");
        session.Begin();
        Insert(session, rows: 1);
        session.Commit();       // where the log ends is known from here on
        session.Begin();
        Insert(session, rows: 60);
        long before = Writes();
        session.Commit();
        Assert.InRange(Writes() - before, 1, 8);
    }

    [Fact]
    public void What_is_committed_is_there_for_others_whatever_was_spilled_or_undone_before()
    {
        using var folder = new TempFolder();
        using var session = Open(folder);
        // So few pages are kept that most of a transaction is in the log before it is over.
        session.Connection.Run("pragma cache_size = 5;");
        using var other = new SqliteConnection($"Data Source={folder.File("a.db")};Pooling=False");
        other.Open();
        long rows = 0;
        for (int turn = 0; turn < 60; turn++)
        {
            session.Begin();
            Insert(session, rows: 1 + turn);
            if (turn % 4 == 3)
            {
                session.Rollback();
            }
            else
            {
                session.Commit();
                rows += 1 + turn;
            }
            Assert.Equal(rows, Ask<long>(other, "select count(*) from t"));
            if (turn % 16 == 0) other.Run("pragma wal_checkpoint(passive);");
        }
        Assert.Equal("ok", Ask<string>(other, "pragma integrity_check"));
    }

    /// <summary>As an operator may who mends something with SQLite's own program.</summary>
    [Fact]
    public void What_was_spilled_and_undone_is_not_written_over_what_another_program_writes_in_its_place()
    {
        using var folder = new TempFolder();
        using var session = Open(folder);
        session.Connection.Run("pragma cache_size = 5;");
        using var other = new SqliteConnection($"Data Source={folder.File("a.db")};Pooling=False");
        other.Open();
        session.Begin();
        Insert(session, rows: 20);
        session.Rollback();
        other.Run("insert into t (b) values (randomblob(3000)), (randomblob(3000));");
        Assert.Equal(2, Ask<long>((SqliteConnection)session.Connection, "select count(*) from t"));
        session.Begin();
        Insert(session, rows: 1);
        session.Commit();
        Assert.Equal(3, Ask<long>(other, "select count(*) from t"));
        Assert.Equal("ok", Ask<string>(other, "pragma integrity_check"));
    }

    private static IWriteSession Open(TempFolder folder)
    {
        var session = new SqliteEngine(folder.File("a.db"), Durability.Process).OpenWriter();
        session.Connection.Run("create table t (i integer primary key, b blob);");
        return session;
    }

    /// <summary>Each has a page of its own.</summary>
    private static void Insert(IWriteSession session, int rows) => session.Connection.Run(string.Create(CultureInfo.InvariantCulture, $"""
        with recursive n (i) as (select 1 union all select i + 1 from n where i < {rows}) insert into t (b) select randomblob(3000) from n;
        """));

    private static T Ask<T>(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return (T)command.ExecuteScalar()!;      // each has an answer
    }

    /// <summary>System calls that write, of this thread.</summary>
    private static long Writes() => long.Parse(
        File.ReadLines(Counts).First(line => line.StartsWith("syscw:", StringComparison.Ordinal))["syscw:".Length..],
        CultureInfo.InvariantCulture);
}
