using System.Data.Common;
using Microsoft.Data.Sqlite;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// Copies what has been written from SQLite's log into the file, on a thread and a connection of its own: on the writer's, every call that
/// begins would wait until the disk has taken it all.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>What is written during one turn is left for the next; when nothing is left the log begins again by itself.</summary>
    private const int MostTurns = 4;
    /// <summary>Bytes of the log that stay on the disk for the next round; less would be cut off and grown again all the time.</summary>
    private const long MostIdleLog = 64L << 20;
    /// <summary>Intervals after which it copies though nobody has noted a commit: the touches of an idle node add up.</summary>
    private const int MostRests = 15;

    private readonly SqliteConnection _connection;
    private readonly FileInfo _log;
    private readonly TimeSpan _interval;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private bool _isDue;

    /// <param name="connection">Belongs to this object.</param>
    public Checkpoints(SqliteConnection connection, TimeSpan interval)
    {
        (_connection, _interval, _log) = (connection, interval, new(connection.DataSource + "-wal"));
        // Cutting the log waits for no reader, and so lets no writer wait.
        connection.Run("pragma busy_timeout = 0;");
        _thread = new(Loop) { Name = "store copier", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Something was committed.</summary>
    public void Note() => Volatile.Write(ref _isDue, true);

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _connection.Dispose();
        _stop.Dispose();
    }

    private void Loop()
    {
        for (int rests = 0; !_stop.WaitOne(_interval);)
        {
            if (!Volatile.Read(ref _isDue) && ++rests < MostRests) continue;
            rests = 0;
            Volatile.Write(ref _isDue, false);
            try
            {
                for (int turns = 0; turns < MostTurns && !Copy("passive") && !_stop.WaitOne(0); turns++) { }
                _log.Refresh();
                // It grew while somebody read for long, or the disk was slow; once more until nobody reads in it.
                if (_log.Exists && _log.Length > MostIdleLog && !Copy("truncate")) Note();
            }
            catch (SqliteException)
            {
                // A disk that takes nothing: the writer meets it too, and says so.
            }
        }
    }

    /// <summary>
    /// It waits for nobody; for <c>truncate</c>, which cuts the log when nobody uses it, a write waits that comes meanwhile.
    /// </summary>
    /// <returns>False when something is left of the log: more had been written meanwhile, or somebody reads in it.</returns>
    private bool Copy(string mode)
    {
        using DbCommand command = _connection.CreateCommand();
        command.CommandText = $"pragma wal_checkpoint({mode})";
        using var answer = command.ExecuteReader();
        return !answer.Read() || answer.GetInt64(0) == 0 && answer.GetInt64(1) == answer.GetInt64(2);
    }
}
