using Dapper;
using Npgsql;
using Ringwright.Store.Engines;
using Ringwright.Store.Postgres;

namespace Ringwright.Edge.Store;

/// <summary>Statements that are gathered on the way to a server: what they do is what they do one by one, on either database.</summary>
public sealed class PipelineTests
{
    private const string Name = "pipeline of a test";

    private static readonly Statement Insert = new("insert into pipe (id, word) values (@id, @word)"),
        Numbered = new("insert into pipe_number (word) values (@word) returning id"),
        Same = new("insert into pipe (id, word) values (@id, @id)"),
        Rename = new("update pipe set word = @word where id = @id");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task What_was_posted_is_there_for_what_follows_and_numbers_come_in_their_order(Product product)
    {
        await using var test = await OpenAsync(product);
        var numbers = new List<long>();
        int seen = await test.Database.Sql.WriteAsync(db =>
        {
            numbers.Clear();
            Insert.Post(db, "a", "one");
            for (int i = 0; i < 600; i++) Numbered.PostInsert(db, numbers.Add, $"word {i}");
            Same.Post(db, "b");
            Assert.True(Rename.PostOne(db, "two", "a"));
            Assert.Equal(1, Rename.Run(db, "three", "b"));
            Insert.Post(db, "c", null);
            return db.ExecuteScalar<int>("select count(*) from pipe");
        }, Stop);
        Assert.Equal(3, seen);
        Assert.Equal(Enumerable.Range(1, 600).Select(n => (long)n), numbers);
        Assert.Equal(["a two", "b three", "c "], await WordsAsync(test));
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task What_is_refused_undoes_only_its_own_job_wherever_it_was_sent(Product product)
    {
        await using var test = await OpenAsync(product);
        await test.Database.Sql.WriteAsync(db => Insert.Run(db, "a", "here"), Stop);
        // Held up until all of them are queued, so that they share a transaction.
        using var queued = new ManualResetEventSlim();
        var gate = test.Database.Sql.WriteAsync(_ => queued.Wait(TimeSpan.FromSeconds(20), Stop), Stop).AsTask();
        Task<int>[] jobs =
        [
            .. new[] { "b", "a", "c" }.Select(id => test.Database.Sql.WriteAsync(db =>
            {
                Insert.Post(db, id, "new");
                return 1;
            }, Stop).AsTask()),
            test.Database.Sql.WriteAsync(db => Rename.PostOne(db, "x", "nobody") ? 1 : 0, Stop).AsTask(),
            test.Database.Sql.WriteAsync(db => Rename.PostOne(db, "there", "a") ? 1 : 0, Stop).AsTask(),
        ];
        queued.Set();
        await gate;
        await Task.WhenAll(jobs).ContinueWith(static _ => { }, Stop);
        Assert.Equal([true, false, true, true, true], jobs.Select(job => job.IsCompletedSuccessfully));
        Assert.Equal((0, 1), (await jobs[3], await jobs[4]));
        Assert.Equal(["a there", "b new", "c new"], await WordsAsync(test));
    }

    [Fact]
    public async Task What_changed_nothing_undoes_the_commit_that_was_sent_with_it()
    {
        await using var test = await OpenAsync(Product.Postgres);
        using var queued = new ManualResetEventSlim();
        var gate = test.Database.Sql.WriteAsync(_ =>
        {
            queued.Wait(Stop);
            return 0;
        }, Stop).AsTask();
        var inserted = test.Database.Sql.WriteAsync(db =>
        {
            Insert.Post(db, "once", "new");
            return 1;
        }, Stop).AsTask();
        var renamed = test.Database.Sql.WriteAsync(db => Rename.PostOne(db, "x", "nobody") ? 1 : 0, Stop).AsTask();
        queued.Set();
        await gate;
        // Had the first try been committed, the second would find the row that it inserts.
        Assert.Equal((1, 0), (await inserted, await renamed));
        Assert.Equal(["once new"], await WordsAsync(test));
    }

    [Fact]
    public async Task Nothing_is_sent_before_somebody_waits_for_an_answer()
    {
        await using var test = await OpenAsync(Product.Postgres);
        var address = PostgresAddress.Read(test.Connection)!;        // the test's own
        address.ApplicationName = Name;
        using var connection = new PipelinedConnection(new NpgsqlConnection(address.ConnectionString));
        connection.Open();
        connection.Gathers = true;
        connection.Post("begin", []);
        for (int i = 0; i < 50; i++) Insert.Post(connection, $"{i}", "x");
        Assert.Equal("0", await BegunAsync(test));
        connection.Run("select 1", []);
        Assert.Equal(("1", "0"), (await BegunAsync(test), await CountAsync(test)));
        connection.Run("commit", []);
        Assert.Equal(("0", "50"), (await BegunAsync(test), await CountAsync(test)));

        // What was dropped never arrives, and a wrong expectation is said.
        connection.Post("begin", []);
        Insert.Post(connection, "dropped", "x");
        connection.Drop();
        connection.Post("begin", []);
        Assert.True(Rename.PostOne(connection, "x", "nobody"));
        Assert.Equal("22012", Assert.Throws<PostgresException>(connection.Send).SqlState);
        connection.Run("rollback", []);
        Assert.Equal("50", await CountAsync(test));
    }

    private static async Task<string> CountAsync(TestDatabase test) =>
        Assert.Single(await test.QueryAsync("select cast(count(*) as text) from pipe where word = 'x'"));

    /// <summary>Transactions that the server knows of the connection, as it says itself.</summary>
    private static async Task<string> BegunAsync(TestDatabase test) => Assert.Single(await test.QueryAsync(
        $"select cast(count(*) as text) from pg_stat_activity where application_name = '{Name}' and xact_start is not null"));

    private static Task<IReadOnlyList<string>> WordsAsync(TestDatabase test) =>
        test.QueryAsync("select id || ' ' || coalesce(word, '') from pipe order by id");

    private static async Task<TestDatabase> OpenAsync(Product product)
    {
        var test = await TestDatabase.OpenAsync(product);
        string number = product is Product.Sqlite ? "id integer primary key autoincrement"
            : "id bigint generated always as identity primary key";
        await test.Database.Sql.WriteAsync(db => db.Execute($"create table pipe (id text not null primary key, word text); "
            + $"create table pipe_number ({number}, word text not null)"), Stop);
        return test;
    }
}
