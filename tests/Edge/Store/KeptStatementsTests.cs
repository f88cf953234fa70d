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
}
