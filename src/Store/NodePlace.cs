using System.Data.Common;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Engines;

namespace Ringwright.Store;

/// <summary>
/// The place of a node in a database that several processes reach: one at a time has it, by a lock that ends with its connection. A
/// stand-by waits for it (ADR 148).
/// </summary>
public static class NodePlace
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), WhileAway = TimeSpan.FromSeconds(1);
    /// <summary>Whoever is alive and has lost his connection alone, or whose server was restarted, is back within this.</summary>
    private static readonly TimeSpan Vacant = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Ends when no process has had the place for two seconds. A connection over which nothing came for the time of a lease is closed: its
    /// machine is gone, or stands still. Opening the database takes the place, and fails for all but the first of several that waited.
    /// </summary>
    /// <exception cref="StoreException">With one sentence for the operator.</exception>
    public static Task WaitAsync(DatabaseOptions options, TimeProvider time, ILogger logger, CancellationToken stop) =>
        WaitAsync(Database.EngineOf(options), options, time, logger, stop);

    internal static async Task WaitAsync(IEngine engine, DatabaseOptions options, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        if (!engine.IsShared)
            throw new StoreException("A stand-by needs a database on a server: a file belongs to one process of one machine.");
        DbConnection? connection = null;
        bool isSaid = false, isAway = false;
        long? vacantSince = null;
        try
        {
            while (true)
            {
                try
                {
                    var db = connection ??= await Task.Run(() => engine.OpenReader(), stop).ConfigureAwait(false);
                    bool isVacant = await Task.Run(() => IsVacant(engine, db, options), stop).ConfigureAwait(false);
                    isAway = false;
                    if (!isVacant) vacantSince = null;
                    else if (vacantSince is not { } since) vacantSince = time.GetTimestamp();
                    else if (time.GetElapsedTime(since) >= Vacant) return;
                    if (!isVacant && !isSaid)
                    {
                        CheckKey(options);
                        logger.StandsBy(options.Node, engine.Place);
                        isSaid = true;
                    }
                    await Task.Delay(Look, time, stop).ConfigureAwait(false);
                }
                catch (Exception failed) when (engine.IsTransient(failed))
                {
                    // Nobody knows who has it: he who has may come back with the server.
                    vacantSince = null;
                    connection?.Dispose();
                    connection = null;
                    if (!isAway) logger.StandByWaits(engine.Place, failed.Message);
                    isAway = true;
                    await Task.Delay(WhileAway, time, stop).ConfigureAwait(false);
                }
            }
        }
        catch (DbException broken)
        {
            throw new StoreException($"The database {engine.Place} cannot be opened: {broken.Message}", broken);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private static bool IsVacant(IEngine engine, DbConnection db, DatabaseOptions options)
    {
        if (engine.TryShutOut(db, options.Node)) return true;
        engine.Disconnect(db, options.Node, options.Lease);
        return false;
    }

    /// <summary>Better now than in the moment in which it is needed.</summary>
    private static void CheckKey(DatabaseOptions options)
    {
        string path = Path.Combine(options.DataFolder, "key");
        if (!File.Exists(path))
            throw new StoreException($"The key file {path} is missing: copy it from the node whose place this one is to take.");
    }
}
