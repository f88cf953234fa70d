using Dapper;
using Npgsql;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Notices a pooler that lends the connections of a server by the transaction. Behind one, the lock of a node stays with a connection that
/// is lent to others, which keeps the node out at its next start, and channels are not heard; nothing of it is told as an error.
/// </summary>
internal static class Pooler
{
    // What it sets has a pooler that keeps a connection with a state for its client do so: that is all a node needs.
    private const string Process = "select pg_backend_pid() from set_config('ringwright.kept', 'yes', false)";
    // In other words, so that the driver prepares neither: a name of a statement may be another client's on a connection that is lent.
    private const string Again = "select pg_backend_pid() as again", Other = "select pg_backend_pid() as other";

    /// <exception cref="StoreException">It stands before this server.</exception>
    public static void Refuse(PostgresEngine engine)
    {
        using var connection = engine.Open();
        Refuse(engine, connection);
    }

    /// <param name="connection">Whose transactions are to be served by one process of the server.</param>
    /// <exception cref="StoreException">They are not.</exception>
    public static void Refuse(PostgresEngine engine, NpgsqlConnection connection)
    {
        int first = connection.ExecuteScalar<int>(Process);
        // A pooler of any kind names its clients numbers of its own; where the server's is told, there is none.
        if (first == connection.ProcessID) return;
        using var second = engine.Open();
        // Which is lent next, the one that was used last or the one that has waited longest, is a setting of its own.
        if (second.ExecuteScalar<int>(Other) != first && connection.ExecuteScalar<int>(Again) == first) return;
        throw new StoreException(
            $"{engine.Place} is a pooler that lends a connection for each transaction, and a node needs connections that stay its own: "
            + "give the pooler pool_mode = session, or the node the address of the server itself.");
    }
}
