using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Ringwright.Bench.Api;

/// <summary>
/// The least that bringing in a file could take: its rows inserted by the database's own driver, into a SQLite file that has a node's
/// tables and their indexes, and nothing else.
/// </summary>
internal static class BareInsert
{
    private const int RowsOfCommit = 500;

    /// <param name="node">The node's database.</param>
    /// <param name="file">What is brought in; the other database is beside it, and gone in the end.</param>
    /// <param name="rows">As many must have been inserted.</param>
    /// <param name="insert">Gives how many were.</param>
    /// <returns>Seconds.</returns>
    public static double Measure(string node, string file, IReadOnlyList<string> tables, int rows, Func<SqliteConnection, int> insert)
    {
        string path = file + ".db";
        try
        {
            List<string> schema;
            using (var known = BareSqlite.Open(node)) schema = [.. tables.SelectMany(table => SchemaOf(known, table))];
            using var connection = new SqliteConnection($"Data Source={path}");
            connection.Open();
            Run(connection, "pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = off;");
            foreach (string statement in schema) Run(connection, statement);
            var watch = Stopwatch.StartNew();
            int written = insert(connection);
            double seconds = watch.Elapsed.TotalSeconds;
            return written == rows ? seconds : throw new BenchFailure($"{written} rows were inserted, not {rows}");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (string one in (string[])[path, path + "-wal", path + "-shm"]) File.Delete(one);
        }
    }

    /// <summary>Each line of a CSV file whose first cell is a number, behind the line of names; with a commit now and then.</summary>
    /// <param name="insert">What becomes of its cells.</param>
    /// <returns>How many there are.</returns>
    public static int OfNumbers(SqliteConnection connection, string file, Action<string[], SqliteTransaction> insert)
    {
        int written = 0;
        var transaction = connection.BeginTransaction();
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] cells = line.Split(',');
            bool isNumber = cells[0].Length is >= 4 and <= 16 && cells[0][0] == '+'
                && !cells[0].AsSpan(1).ContainsAnyExceptInRange('0', '9');
            if (!isNumber) continue;
            insert(cells, transaction);
            if (++written % RowsOfCommit != 0) continue;
            transaction.Commit();
            transaction.Dispose();
            transaction = connection.BeginTransaction();
        }
        transaction.Commit();
        transaction.Dispose();
        return written;
    }

    /// <returns>The parameter, whose value is set for each row.</returns>
    public static SqliteParameter Parameter(this SqliteCommand insert, string name) =>
        insert.Parameters.Add(new SqliteParameter { ParameterName = name });

    private static List<string> SchemaOf(DbConnection node, string table)
    {
        using var ask = node.CreateCommand();
        ask.CommandText = "select sql from sqlite_master where sql is not null and type in ('table', 'index') "
            + $"and tbl_name = '{table}' order by type desc";
        using var reader = ask.ExecuteReader();
        var statements = new List<string>();
        while (reader.Read()) statements.Add(reader.GetString(0));
        return statements;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
