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
    /// <summary>Pages of the log that wait for no rest of the writer: it copies by itself what is left of twice as many.</summary>
    private const int LongLog = 32_768;
    /// <summary>While somebody reads in the log, or the writer is about to write.</summary>
    private const int MostTurns = 4;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(1);
    /// <summary>Bytes of the log that stay on the disk for the next round; less would be cut off and grown again all the time.</summary>
    private const long MostIdleLog = 64L << 20;
    /// <summary>Intervals after which it copies though nobody has noted a commit: the touches of an idle node add up.</summary>
    private const int MostRests = 15;
    /// <summary>A look is calm when less than this part of a long log was written since the one before.</summary>
    private const int Calm = 16;
    /// <summary>Calm looks, one behind the other, before the log is cut: half a minute. Calls may come in bursts.</summary>
    private const int LongCalm = 7;

    private readonly Func<SqliteConnection> _open;
    private readonly FileInfo _log;
    private readonly TimeSpan _interval;
    private readonly long _longLog;
    private readonly ManualResetEvent _stop = new(false);
    private readonly AutoResetEvent _hurry = new(false);
    private readonly Thread _thread;
    /// <summary>Null until the first copy: each connection reads the schema anew, and what lives for seconds has no copy made.</summary>
    private SqliteConnection? _connection;
    private bool _isDue;
    /// <summary>Pages, since the last look.</summary>
    private long _written;
    private int _calm;

    /// <param name="path">Of the file.</param>
    /// <param name="open">Of its own thread; what it gives belongs to this object.</param>
    /// <param name="longLog">Pages.</param>
    public Checkpoints(string path, Func<SqliteConnection> open, TimeSpan interval, long longLog = LongLog)
    {
        (_open, _interval, _longLog, _log) = (open, interval, longLog, new(path + "-wal"));
        _thread = new(Loop) { Name = "store copier", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Something was committed. Half of a long log is not left lying until the interval is over.</summary>
    public void Note(int pages = 0)
    {
        Volatile.Write(ref _isDue, true);
        long written = Interlocked.Add(ref _written, pages), many = _longLog / 2;
        if (written >= many && written - pages < many) _hurry.Set();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _connection?.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void Loop()
    {
        WaitHandle[] wakes = [_stop, _hurry];
        for (int rests = 0; WaitHandle.WaitAny(wakes, _interval) != 0;)
        {
            // Once more when it has been calm for long, too: the log may be cut then.
            if (!Volatile.Read(ref _isDue) && ++rests < MostRests && ++_calm != LongCalm) continue;
            rests = 0;
            try
            {
                Copy();
            }
            catch (SqliteException)
            {
                // A disk that takes nothing: the writer meets it too, and says so.
            }
        }
    }

    private void Copy()
    {
        Volatile.Write(ref _isDue, false);
        long written = Interlocked.Exchange(ref _written, 0);
        var (isWhole, pages) = Copy("passive");
        for (int turns = 1; turns < MostTurns && !isWhole && !_stop.WaitOne(0); turns++) (isWhole, pages) = Copy("passive");
        _calm = isWhole && written < _longLog / Calm ? _calm + 1 : 0;
        if (Volatile.Read(ref _isDue))
        {
            if (pages >= _longLog) Restart();
        }
        else if (_calm >= LongCalm) Cut();
    }

    /// <summary>
    /// It grew under load, while somebody read for long, or when the disk was slow. Nothing is cut from a log that is being written to: the
    /// writer would wait, and then for a new block of the disk with each page.
    /// </summary>
    private void Cut()
    {
        _log.Refresh();
        // Once more until nobody reads in it.
        if (_log.Exists && _log.Length > MostIdleLog && !Copy("truncate").IsWhole) Note();
    }

    /// <summary>
    /// The log begins again by itself when all of it is copied and nothing more was written by then. On a node that never rests something
    /// was: the writer waits here for what has come since a copy a moment ago, which is little.
    /// </summary>
    private void Restart()
    {
        Copy("passive");
        for (int turns = 0; turns < MostTurns && !Copy("restart").IsWhole && !_stop.WaitOne(Breath); turns++) { }
    }

    /// <summary>
    /// It waits for nobody. For <c>truncate</c>, which cuts the log when nobody uses it, and <c>restart</c>, which leaves it as it is to be
    /// overwritten, a write waits that comes meanwhile.
    /// </summary>
    /// <returns>Not whole when something is left of the log: somebody reads in it, or writes. What is written while a passive copy is made
    /// SQLite does not count. And the pages that were there.</returns>
    private (bool IsWhole, long Pages) Copy(string mode)
    {
        using DbCommand command = (_connection ??= Connect()).CreateCommand();
        command.CommandText = $"pragma wal_checkpoint({mode})";
        using var answer = command.ExecuteReader();
        if (!answer.Read()) return (true, 0);
        long pages = answer.GetInt64(1);
        return (answer.GetInt64(0) == 0 && pages == answer.GetInt64(2), pages);
    }

    private SqliteConnection Connect()
    {
        var connection = _open();
        try
        {
            // Cutting the log waits for no reader, and so lets no writer wait.
            connection.Run("pragma busy_timeout = 0;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
