using Dapper;
using Ringwright.Store.Engines;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A connection keeps as many statements as it may, and never so many that the next one does not run.</summary>
public sealed class KeptStatementsTests
{
    [Fact]
    public void However_many_statements_came_before_the_next_one_runs()
    {
        SqliteLibrary.Describe();
        using var folder = new TempFolder();
        using var connection = new PreparingConnection($"Data Source={folder.File("kept.db")};Pooling=False");
        connection.Open();
        // 1,600 commits, none of which has to outlive the machine, or needs a file to be undone.
        connection.Execute("pragma synchronous = off");
        connection.ExecuteScalar<string>("pragma journal_mode = memory");
        connection.Execute("create table taken (a integer not null)");
        var statements = Enumerable.Range(0, 2 * PreparingConnection.MostKept)
            .Select(n => new Statement($"insert into taken (a) values (@a + {n})")).ToList();
        // The first ones again too, which were forgotten meanwhile, and one that runs at each turn and is not.
        foreach (var statement in statements.Concat(statements))
        {
            Assert.Equal(1, statement.Run(connection, 0));
            Assert.Equal(1, statements[0].Run(connection, 0));
        }
        Assert.Equal(4 * statements.Count, connection.ExecuteScalar<int>("select count(*) from taken"));
    }

    [Fact]
    public void An_insertion_that_asks_for_the_number_of_its_row_is_told_it()
    {
        SqliteLibrary.Describe();
        using var folder = new TempFolder();
        using var connection = new PreparingConnection($"Data Source={folder.File("numbers.db")};Pooling=False");
        connection.Open();
        connection.Execute("create table taken (seq integer primary key autoincrement, a integer not null)");
        connection.Execute("create table told (a integer not null)");
        // What a trigger inserts has numbers, too, and none of them is meant.
        connection.Execute("create trigger tell after insert on taken begin insert into told (a) values (new.a), (new.a); end");
        var insertion = new Statement("insert into taken (a) values (@a) returning seq");
        List<long> posted = [];
        Assert.Equal(1, insertion.Insert(connection, 7));
        insertion.PostInsert(connection, posted.Add, 8);
        Assert.Equal(2, Assert.Single(posted));
        Assert.Equal(1, insertion.Run(connection, 9));
        Assert.Equal(4, insertion.Insert(connection, 10));
        Assert.Equal([7, 8, 9, 10], connection.Query<int>("select a from taken order by seq"));
        Assert.Equal(8, connection.ExecuteScalar<int>("select count(*) from told"));
    }

    [Fact]
    public void One_that_may_change_a_row_instead_is_told_what_it_asks_for()
    {
        SqliteLibrary.Describe();
        using var folder = new TempFolder();
        using var connection = new PreparingConnection($"Data Source={folder.File("numbers.db")};Pooling=False");
        connection.Open();
        connection.Execute("create table taken (seq integer primary key autoincrement, name text not null unique)");
        var insertion = new Statement("""
            insert into taken (name) values (@name) on conflict (name) do update set name = excluded.name returning seq
            """);
        Assert.Equal(1, insertion.Insert(connection, "a"));
        Assert.Equal(2, insertion.Insert(connection, "b"));
        Assert.Equal(1, insertion.Insert(connection, "a"));
    }
}
